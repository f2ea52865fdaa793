"""Models are known by their content, and take with them what lies beside them."""

from __future__ import annotations

import io
import json
import pickle
import struct
import zipfile

import pytest

from builders.scenes import distribution_files, entry_of, scene_of
from deadweight.core.entry import Entry
from deadweight.core.owner import Basis, Owner, OwnerKind
from deadweight.owners.model_content import recognised
from deadweight.owners.models import SMALLEST_MODEL

BULK = b"\1" * SMALLEST_MODEL


def model(name: str) -> Owner:
    return Owner(OwnerKind.MODEL, name)


def safetensors() -> bytes:
    """As the format says: a length, a header of JSON, the tensors."""
    header = json.dumps({"w": {"dtype": "U8", "shape": [len(BULK)], "data_offsets": [0, len(BULK)]}}).encode()
    return struct.pack("<Q", len(header)) + header + BULK


def archive(member: str) -> bytes:
    """A zip that zipfile wrote."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as made:
        made.writestr(member, BULK)
    return body.getvalue()


def torch_zip() -> bytes:
    """The first local header as torch.save has written it since 1.6: version 0, flags 0x0808, no time."""
    return b"PK\3\4" + struct.pack("<HHHHH", 0, 0x0808, 0, 0, 0) + bytes(16) + BULK


BY_CONTENT = {
    "safetensors": safetensors(),
    "gguf": b"GGUF" + struct.pack("<I", 3) + BULK,
    "tflite": b"\x1c\0\0\0TFL3" + BULK,
    "torch": torch_zip(),
    "catboost": b"CBM1" + BULK,
    "lightgbm": b"tree\nversion=v4\n" + BULK,
}


@pytest.mark.parametrize(("name", "body"), BY_CONTENT.items())
def test_content_tells_the_format_whatever_the_name(name: str, body: bytes) -> None:
    kind = recognised(entry_of("a/blob", body))
    assert kind is not None
    assert (kind.format, kind.basis) == (name, Basis.LOCATED)


@pytest.mark.parametrize(
    ("path", "body", "name"),
    [
        ("m.onnx", b"\x08\x08\x12\x07pytorch\x1a\x05" + BULK, "onnx"),
        ("m.bin", b"\x08\x0a\x12\x0bonnx.quantize:" + BULK, "onnx"),
        ("m.onnx", b"\x08\x07\x3a\xff\xff\x03" + BULK, "onnx"),
        ("m.h5", b"\x89HDF\r\n\x1a\n" + BULK, "hdf5"),
        ("m.npy", b"\x93NUMPY\1\0" + BULK, "numpy"),
        ("m.npz", archive("a.npy"), "numpy"),
        ("m.pth", archive("archive/data.pkl"), "torch"),
        ("m.pkl", pickle.dumps(BULK, 4), "pickle"),
        ("m.joblib", pickle.dumps(BULK, 3), "pickle"),
    ],
)
def test_the_suffix_decides_what_the_content_leaves_open(path: str, body: bytes, name: str) -> None:
    kind = recognised(entry_of(path, body))
    assert kind is not None
    assert kind.format == name


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("a.zip", archive("x.txt")),
        ("a.whl", archive("x.py")),
        ("a.dat", pickle.dumps(BULK, 4)),
        ("a.bin", BULK),
        ("a.json", b'{"a": "' + BULK),
        ("saved_model.pb", b"\x08\x01\x12\xf7\xb1\x08\x0a\x9f" + BULK),
        ("a.safetensors", struct.pack("<Q", 1 << 60) + b"{" + BULK),
        ("a.so", b"\x7fELF\2\1\1" + BULK),
        ("empty", b""),
    ],
)
def test_other_files_are_no_models(path: str, body: bytes) -> None:
    assert recognised(entry_of(path, body)) is None


def test_a_small_file_is_no_model() -> None:
    body = b"GGUF" + b"\0" * 100
    assert scene_of({"app/tiny.gguf": body}).ownership.of("app/tiny.gguf").kind is OwnerKind.APPLICATION


def test_a_model_alone_is_called_by_its_file() -> None:
    assert scene_of({"app/x/a.gguf": BY_CONTENT["gguf"], "app/x/a.py": b"1"}).ownership.of("app/x/a.gguf") == model(
        "/app/x/a.gguf"
    )


def test_what_makes_a_model_work_goes_with_it_and_nothing_else() -> None:
    files = {
        "srv/m/model.safetensors": safetensors(),
        "srv/m/config.json": b"{}",
        "srv/m/vocab.txt": b"v",
        "srv/m/run.py": b"1",
    }
    files["srv/m/sub/config.json"] = b"{}"
    ownership = scene_of(files).ownership
    owners = {path for path in files if ownership.of(path) == model("/srv/m")}
    assert owners == {"srv/m/model.safetensors", "srv/m/config.json", "srv/m/vocab.txt"}


def test_shards_are_one_model() -> None:
    shards = {f"srv/m/model-0000{place}-of-00002.safetensors": safetensors() for place in (1, 2)}
    files = {**shards, "srv/m/model.safetensors.index.json": b"{}"}
    ownership = scene_of(files).ownership
    assert {ownership.of(path) for path in files} == {model("/srv/m")}


def test_tensors_kept_outside_an_onnx_file_go_with_it() -> None:
    onnx = b"\x08\x08\x12\x07pytorch\x1a\x05" + BULK
    ownership = scene_of({"srv/m/model.onnx": onnx, "srv/m/model.onnx.data": BULK}).ownership
    assert ownership.of("srv/m/model.onnx.data") == model("/srv/m")


def test_a_repository_in_a_cache_is_one_model() -> None:
    repository = "root/.cache/huggingface/hub/models--sentence--mini-lm"
    files = {f"{repository}/blobs/0a": safetensors(), f"{repository}/blobs/1b": b"{}", f"{repository}/refs/main": b"x"}
    other = "root/.cache/huggingface/hub/datasets--x/blobs/2c"
    ownership = scene_of({**files, other: b"d"}).ownership
    assert {ownership.of(path) for path in files} == {model("sentence/mini-lm")}
    assert ownership.of(other).kind is OwnerKind.CACHE


def test_a_model_that_tensorflow_saved_is_its_whole_folder() -> None:
    files = {"srv/tf/1/saved_model.pb": b"g", "srv/tf/1/variables/variables.index": b"i", "srv/tf/1/assets/vocab": b"v"}
    ownership = scene_of({**files, "srv/variables/x": b"y"}).ownership
    assert {ownership.of(path) for path in files} == {model("/srv/tf/1")}
    assert ownership.of("srv/variables/x").kind is OwnerKind.APPLICATION


def test_a_model_that_a_distribution_records_stays_the_distributions() -> None:
    files = distribution_files("lib/python3.12/site-packages", "mini", files={"mini/model.gguf": BY_CONTENT["gguf"]})
    assert scene_of(files).ownership.of("lib/python3.12/site-packages/mini/model.gguf").kind is OwnerKind.DISTRIBUTION


def test_a_model_in_a_history_stays_the_historys() -> None:
    files = {"app/.git/HEAD": b"ref", "app/.git/lfs/objects/aa/bb/aabb": safetensors()}
    assert scene_of(files).ownership.of("app/.git/lfs/objects/aa/bb/aabb").kind is OwnerKind.VERSION_CONTROL


def test_a_header_longer_than_the_file_is_no_safetensors() -> None:
    whole = entry_of("a", safetensors())
    cut: Entry = whole.but(size=20, stored=20)
    assert recognised(whole) is not None
    assert recognised(cut) is None
