"""An image laid out as a directory is what other tools make of it: umoci is the oracle."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from builders.stacks import Layer, layout_of
from deadweight.core.changes import Changes
from deadweight.core.errors import UsageError
from deadweight.core.seams import Opening, Packing
from deadweight.formats.recognition import format_named, recognise

LOWER: Layer = [
    ("bin", "usr/bin"),
    ("usr/bin/tool", b"tool"),
    ("usr/bin/same", "=usr/bin/tool"),
    ("etc/kept", b"kept"),
    ("etc/gone", b"gone"),
    ("data/one", b"1"),
    ("data/two", b"2"),
    ("linked/first", b"shared body"),
    ("linked/second", "=linked/first"),
]
UPPER: Layer = [
    ("etc/.wh.gone", b""),
    ("data/.wh..wh..opq", b""),
    ("data/three", b"3"),
    ("linked/.wh.first", b""),
    ("etc/kept", b"changed"),
]
BELOW_A_LINK: Layer = [("bin/late", b"late")]


def seen(root: Path) -> dict[str, tuple[str, bytes]]:
    found = {}
    for folder, directories, names in os.walk(root):
        for name in (*directories, *names):
            path = Path(folder, name)
            if path.is_symlink():
                found[str(path.relative_to(root))] = ("link", os.fsencode(path.readlink()))
            elif path.is_file():
                found[str(path.relative_to(root))] = (oct(path.stat().st_mode), path.read_bytes())
            else:
                found[str(path.relative_to(root))] = ("directory", b"")
    return found


def by_umoci(layout: Path, out: Path) -> Path:
    if shutil.which("umoci") is None:
        pytest.skip("umoci is not installed")
    rootless = [] if os.geteuid() == 0 else ["--rootless"]
    subprocess.run(["umoci", "unpack", *rootless, "--image", f"{layout}:latest", out], check=True, capture_output=True)
    return out / "rootfs"


@pytest.mark.parametrize(
    "layers", [[LOWER], [LOWER, UPPER], [LOWER, BELOW_A_LINK]], ids=["one layer", "whiteouts", "a link below"]
)
def test_layers_come_to_the_tree_that_umoci_unpacks(layers: list[Layer], tmp_path: Path) -> None:
    layout = layout_of(tmp_path / "layout", layers)
    artifact = recognise(layout).open(layout, Opening())
    directory = format_named("directory")
    assert directory.pack is not None
    directory.pack(artifact, Changes(), tmp_path / "out", Packing())
    assert seen(tmp_path / "out") == seen(by_umoci(layout, tmp_path / "oracle"))


@pytest.mark.parametrize(
    "layers", [[LOWER], [LOWER, UPPER], [LOWER, BELOW_A_LINK]], ids=["one layer", "whiteouts", "a link below"]
)
def test_layers_come_to_a_tar_of_the_tree_that_umoci_unpacks(layers: list[Layer], tmp_path: Path) -> None:
    layout = layout_of(tmp_path / "layout", layers)
    pack = format_named("tar").pack
    assert pack is not None
    pack(recognise(layout).open(layout, Opening()), Changes(), tmp_path / "out.tar", Packing())
    (tmp_path / "out").mkdir()
    subprocess.run(["tar", "-xf", tmp_path / "out.tar", "-C", tmp_path / "out"], check=True, umask=0o022)
    assert seen(tmp_path / "out") == seen(by_umoci(layout, tmp_path / "oracle"))


def test_a_directory_is_never_packed_with_a_codec(tmp_path: Path) -> None:
    layout = layout_of(tmp_path / "layout", [LOWER])
    directory = format_named("directory")
    assert directory.pack is not None
    with pytest.raises(UsageError, match="not packed with zstd"):
        directory.pack(recognise(layout).open(layout, Opening()), Changes(), tmp_path / "out", Packing(codec="zstd"))
    assert not (tmp_path / "out").exists()
