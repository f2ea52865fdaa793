import gzip
import io
import random
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from builders.scenes import artifact_of
from builders.stacks import documents, layout_of, unpacked_layers
from deadweight.core.artifact import Artifact
from deadweight.core.changes import Changes
from deadweight.core.seams import Opening, Packing
from deadweight.formats.docker_archive import FORMAT as DOCKER
from deadweight.formats.images.pull import gzip_size, layers_of, missing, pull_bytes
from deadweight.formats.images.writer import pack_docker_archive
from deadweight.formats.oci_layout import FORMAT

TEXT = b"".join(b"line %d of some text\n" % number for number in range(200_000))
LAYERS = [(("a", TEXT),), (("b", TEXT[:100_000]),), (("c", b"c"),)]


def opened(root: Path) -> Artifact:
    return FORMAT.open(root, Opening())


def test_packed_layers_are_pulled_as_they_are_stored(tmp_path: Path) -> None:
    root = layout_of(tmp_path / "image", LAYERS)
    _, manifest, _ = documents(root)
    wanted = manifest["config"]["size"] + sum(layer["size"] for layer in manifest["layers"])
    assert pull_bytes(opened(root)) == wanted


def test_layers_that_are_there_are_not_pulled_by_digest_or_diff_id(tmp_path: Path) -> None:
    root = layout_of(tmp_path / "image", LAYERS)
    _, manifest, config = documents(root)
    artifact, sizes = opened(root), [layer["size"] for layer in manifest["layers"]]
    have = frozenset({manifest["layers"][0]["digest"], config["rootfs"]["diff_ids"][2]})
    assert pull_bytes(artifact, have) == manifest["config"]["size"] + sizes[1]
    assert pull_bytes(artifact, layers_of(artifact)) == manifest["config"]["size"]


def test_a_blob_that_two_layers_share_is_pulled_once(tmp_path: Path) -> None:
    root = layout_of(tmp_path / "image", [LAYERS[0], LAYERS[1], LAYERS[0]])
    _, manifest, _ = documents(root)
    wanted = manifest["config"]["size"] + sum(layer["size"] for layer in manifest["layers"][:2])
    assert pull_bytes(opened(root)) == wanted


def test_a_base_of_another_format_is_known_by_its_diff_ids(tmp_path: Path) -> None:
    layout = opened(layout_of(tmp_path / "image", LAYERS))
    loose = opened(layout_of(tmp_path / "loose", LAYERS, packed=False))
    pack_docker_archive(loose, Changes(), tmp_path / "image.tar", Packing())
    archive = DOCKER.open(tmp_path / "image.tar", Opening())
    assert not missing(layout.layers, layers_of(archive))
    assert not missing(archive.layers, layers_of(layout))


def test_loose_layers_count_as_a_registry_holds_them(tmp_path: Path) -> None:
    root = layout_of(tmp_path / "image", LAYERS, packed=False)
    _, manifest, _ = documents(root)
    packed = manifest["config"]["size"] + sum(len(gzip.compress(tar, 6)) for tar in unpacked_layers(root))
    assert pull_bytes(opened(root)) == pytest.approx(packed, rel=0.01, abs=64)


@pytest.mark.parametrize("size", [0, 1, 1 << 20, (1 << 20) + 1, 3_500_000])
def test_the_size_is_that_of_a_stream_of_blocks_that_zlib_reads(size: int) -> None:
    body = random.Random(size).randbytes(size // 2) + TEXT[: size - size // 2]
    with ThreadPoolExecutor(2) as pool:
        measured = gzip_size(io.BytesIO(body), pool)
    packed, before = b"", b""
    for start in range(0, len(body), 1 << 20):
        block = body[start : start + (1 << 20)]
        packer = zlib.compressobj(6, zlib.DEFLATED, -15, 8, 0, before[-32768:])
        packed += packer.compress(block) + packer.flush(zlib.Z_SYNC_FLUSH)
        before = block
    end = zlib.compressobj(6, zlib.DEFLATED, -15).flush()
    assert zlib.decompress(packed + end, -15) == body
    assert abs(measured - (len(packed + end) + 18)) <= 3


def test_blocks_that_come_in_small_pieces_are_the_same_blocks(tmp_path: Path) -> None:
    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(min(size or 0, 70_001))

    with ThreadPoolExecutor(2) as pool:
        assert gzip_size(Slow(TEXT), pool) == gzip_size(io.BytesIO(TEXT), pool)


def test_what_is_no_image_is_not_pulled() -> None:
    assert pull_bytes(artifact_of({"a": b"a"})) is None


def test_a_layer_that_lies_elsewhere_costs_the_registry_nothing(tmp_path: Path) -> None:
    artifact = opened(layout_of(tmp_path / "image", LAYERS))
    _, manifest, _ = documents(tmp_path / "image")
    away = replace(artifact, layers=tuple(replace(layer, size=0) for layer in artifact.layers))
    assert pull_bytes(away) == manifest["config"]["size"]
