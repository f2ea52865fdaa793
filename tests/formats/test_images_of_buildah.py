"""Images that buildah made, and layers packed so that they can be fetched in pieces (zstd:chunked, eStargz)."""

from __future__ import annotations

import gzip
import json
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from builders.images import Made, image_of, layout_files, write_folder
from builders.tars import Item, tar_of
from deadweight.core.artifact import Artifact
from deadweight.core.entry import Kind
from deadweight.core.seams import Opening
from deadweight.formats.recognition import recognise

TOOLS = ("buildah", "skopeo")
MISSING = [tool for tool in TOOLS if shutil.which(tool) is None]
BODIES = {"d/x": b"hello\n", "d/y": b"y" * 9000, "big": bytes(range(256)) * 900}
MADE = ("oci", "docker")


def run(*command: object) -> str:
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One image in two layers, committed in both formats and copied as zstd:chunked."""
    if MISSING:
        pytest.skip(f"not installed: {', '.join(MISSING)}")
    root = tmp_path_factory.mktemp("buildah")
    write_folder(root / "context", BODIES)
    (root / "context" / "d" / "soft").symlink_to("x")
    buildah = ("buildah", "--storage-driver", "vfs", "--root", root / "store", "--runroot", root / "run")
    try:
        working = run(*buildah, "from", "scratch")
        run(*buildah, "copy", working, root / "context", "/app")
        run(*buildah, "config", "--cmd", '["python"]', "--env", "A=1", "--user", "1000", "--workingdir", "/d", working)
        run(*buildah, "commit", "-q", "--format", "oci", working, f"oci:{root / 'oci'}:t")
        run(*buildah, "commit", "-q", "--format", "docker", working, f"docker-archive:{root / 'docker'}:app:1")
    except subprocess.CalledProcessError as refused:
        pytest.skip(f"buildah makes nothing here: {refused.stderr[-200:]}")
    source, copy = f"docker-archive:{root / 'docker'}", f"oci:{root / 'chunked'}:t"
    run("skopeo", "copy", "-q", "--dest-compress-format", "zstd:chunked", source, copy)
    return root


def opened(path: Path) -> Artifact:
    return recognise(path).open(path, Opening())


def bodies(artifact: Artifact) -> dict[str, bytes]:
    return {entry.path: body.read() for entry, body in artifact.contents.stream(artifact.inventory.visible)}


@pytest.mark.parametrize("kind", [*MADE, "chunked"])
def test_every_file_of_the_context_is_seen_with_its_body(kind: str, made: Path) -> None:
    artifact = opened(made / kind)
    assert bodies(artifact) == {f"app/{name}": body for name, body in BODIES.items()}
    links = {entry.path: entry.target for entry in artifact.inventory.visible if entry.kind is Kind.SYMLINK}
    assert links == {"app/d/soft": "x"}


@pytest.mark.parametrize("kind", MADE)
def test_the_configuration_is_that_which_was_given(kind: str, made: Path) -> None:
    image = opened(made / kind).image
    assert image is not None
    assert (image.command, image.user, image.working_directory) == (("python",), "1000", "/d")
    assert "A=1" in image.environment


@pytest.mark.parametrize("kind", [*MADE, "chunked"])
def test_every_byte_of_it_is_counted_once(kind: str, made: Path) -> None:
    inventory = opened(made / kind).inventory
    files = [one for one in (made / kind).rglob("*") if one.is_file()] or [made / kind]
    assert inventory.total == sum(one.stat().st_size for one in files)


def test_a_chunked_layer_is_of_many_frames_and_the_same_unpacked(made: Path) -> None:
    chunked, plain = opened(made / "chunked"), opened(made / "docker")
    assert [layer.diff_id for layer in chunked.layers] == [layer.diff_id for layer in plain.layers]
    assert {layer.media_type.rpartition("+")[2] for layer in chunked.layers} == {"zstd"}
    told = json.loads(run("skopeo", "inspect", f"oci:{made / 'chunked'}:t"))
    assert told["Layers"] == [layer.digest for layer in chunked.layers]
    blob = (made / "chunked" / "blobs" / chunked.layers[0].digest.replace(":", "/")).read_bytes()
    assert blob.count(b"\x28\xb5\x2f\xfd") > 1


def stargz(items: list[Item]) -> tuple[bytes, bytes]:
    """A tar and the same as eStargz packs it: a gzip member for each file and the table, an empty one at the end."""
    ends = 2 * 512
    table = Item("stargz.index.json", json.dumps({"version": 1, "entries": []}).encode())
    pieces = [tar_of([item])[: 512 + -(-len(item.body) // 512) * 512] for item in items]
    last = tar_of([table])[: 512 + -(-len(table.body) // 512) * 512] + bytes(ends)
    offset = b"%016xSTARGZ" % sum(len(gzip.compress(piece, mtime=0)) for piece in pieces)
    extra = b"SG" + struct.pack("<H", len(offset)) + offset
    footer = b"\x1f\x8b\x08\x04" + bytes(5) + b"\xff" + struct.pack("<H", len(extra)) + extra
    footer += b"\x01\x00\x00\xff\xff" + bytes(8)
    packed = b"".join(gzip.compress(piece, mtime=0) for piece in (*pieces, last)) + footer
    return b"".join(pieces) + last, packed


def test_a_layer_of_estargz_is_read_over_all_of_its_members(tmp_path: Path) -> None:
    tar, blob = stargz([Item(f"usr/{name}", body) for name, body in BODIES.items()])
    right = image_of([[]], "gzip")
    right.config["rootfs"]["diff_ids"] = [told_by_coreutils(tar)]
    image = Made([tar], "gzip", right.config, [blob])
    path = write_folder(tmp_path / "layout", layout_files((image, {})))
    artifact = opened(path)
    assert {name.removeprefix("usr/"): body for name, body in bodies(artifact).items() if name[:4] == "usr/"} == BODIES
    assert artifact.inventory.total == sum(one.stat().st_size for one in path.rglob("*") if one.is_file())
    assert gzip.decompress(blob) == tar


def told_by_coreutils(body: bytes) -> str:
    return "sha256:" + subprocess.run(["sha256sum"], input=body, capture_output=True, check=True).stdout.decode()[:64]
