"""Images that umoci and skopeo made are opened as those tools see them."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from deadweight.core.artifact import Artifact
from deadweight.core.seams import Opening
from deadweight.formats.recognition import recognise

TOOLS = ("umoci", "skopeo")
MISSING = [tool for tool in TOOLS if shutil.which(tool) is None]
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}")


def run(*command: object) -> str:
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout


def umoci_insert(layout: Path, *rest: object) -> None:
    run("umoci", "insert", "--rootless", "--image", f"{layout}:t", *rest)


@pytest.fixture(scope="module")
def layout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four layers: files with a hard and a symbolic link, more files, an opaque directory, a whiteout."""
    root = tmp_path_factory.mktemp("umoci")
    one, two = root / "one", root / "two"
    (one / "d").mkdir(parents=True)
    two.mkdir()
    (one / "d" / "x").write_text("hello\n")
    (one / "d" / "hard").hardlink_to(one / "d" / "x")
    (one / "d" / "soft").symlink_to("x")
    (one / ("long" * 40)).write_text("a long name\n")
    (one / "big").write_bytes(bytes(range(256)) * 4000)
    (two / "n").write_text("new\n")
    made = root / "layout"
    run("umoci", "init", "--layout", made)
    run("umoci", "new", "--image", f"{made}:t")
    umoci_insert(made, one, "/one")
    umoci_insert(made, two, "/two")
    umoci_insert(made, "--opaque", two, "/one/d")
    umoci_insert(made, "--whiteout", "/one/big")
    run("umoci", "gc", "--layout", made)
    return made


def opened(path: Path) -> Artifact:
    return recognise(path).open(path, Opening())


def seen(artifact: Artifact) -> list[str]:
    return [entry.path for entry in artifact.inventory.visible]


EXPECTED = ["one", "one/d", "one/d/n", f"one/{'long' * 40}", "two", "two/n"]


def test_a_layout_of_umoci_is_seen_as_umoci_unpacks_it(layout: Path, tmp_path: Path) -> None:
    artifact = opened(layout)
    run("umoci", "unpack", "--rootless", "--image", f"{layout}:t", tmp_path / "bundle")
    root = tmp_path / "bundle" / "rootfs"
    assert seen(artifact) == sorted(str(path.relative_to(root)) for path in root.rglob("*"))
    bodies = {entry.path: body.read() for entry, body in artifact.contents.stream(artifact.inventory.visible)}
    assert bodies == {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.mark.parametrize("kind", ["docker-archive", "oci-archive"])
def test_an_archive_of_skopeo_is_opened(kind: str, layout: Path, tmp_path: Path) -> None:
    run("skopeo", "copy", "-q", f"oci:{layout}:t", f"{kind}:{tmp_path / 'made.tar'}:app:1")
    artifact = opened(tmp_path / "made.tar")
    assert (artifact.format, seen(artifact)) == (kind, EXPECTED)


def test_layers_that_skopeo_packed_with_zstd_are_opened(layout: Path, tmp_path: Path) -> None:
    run("skopeo", "copy", "-q", f"oci:{layout}:t", f"docker-archive:{tmp_path / 'made.tar'}:app:1")
    source, made = f"docker-archive:{tmp_path / 'made.tar'}", tmp_path / "zstd"
    run("skopeo", "copy", "-q", "--dest-compress-format", "zstd", source, f"oci:{made}:t")
    artifact = opened(made)
    assert seen(artifact) == EXPECTED
    assert any(layer.media_type.endswith("+zstd") for layer in artifact.layers)


def test_digests_layers_and_instructions_are_those_that_skopeo_tells(layout: Path) -> None:
    artifact = opened(layout)
    told = json.loads(run("skopeo", "inspect", f"oci:{layout}:t"))
    assert artifact.digest == told["Digest"]
    assert [layer.digest for layer in artifact.layers] == told["Layers"]
    config = json.loads(run("skopeo", "inspect", "--config", f"oci:{layout}:t"))
    assert [layer.diff_id for layer in artifact.layers] == config["rootfs"]["diff_ids"]
