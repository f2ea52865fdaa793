"""Model files that are cut, damaged, renamed or odd: read or refused with what and where, and never run."""

from __future__ import annotations

import io
import pickle
import random
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import h5py  # type: ignore[import-untyped]  # it has no types
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from builders.checkpoints import noise, of_safetensors, of_torch, that_calls, trained
from builders.models import headed
from deadweight.core.errors import DeadweightError
from deadweight.models.reading import read, reader_of
from deadweight.models.reporting import opened, weigh
from deadweight.models.selection import Wish
from deadweight.models.stripping import strip


def _onnx() -> bytes:
    weights = np.frombuffer(noise(600), np.float32).reshape(20, 30)
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in "xy"]
    node = helper.make_node("MatMul", ["x", "w"], ["y"])
    graph = helper.make_graph([node], "g", ends[:1], ends[1:], [numpy_helper.from_array(weights, "w")])
    return bytes(helper.make_model(graph).SerializeToString())


def _hdf5() -> bytes:
    out = io.BytesIO()
    with h5py.File(out, "w") as file:
        file["layer/weight"] = np.frombuffer(noise(600), np.float32)
    return out.getvalue()


def _npz() -> bytes:
    out = io.BytesIO()
    np.savez(out, a=np.frombuffer(noise(300), np.float32), b=np.arange(9))
    return out.getvalue()


def _npy() -> bytes:
    out = io.BytesIO()
    np.save(out, np.frombuffer(noise(300), np.float32))
    return out.getvalue()


def _gguf() -> bytes:
    def text(said: str) -> bytes:
        return len(said).to_bytes(8, "little") + said.encode()

    head = b"GGUF" + (3).to_bytes(4, "little") + (1).to_bytes(8, "little") + (1).to_bytes(8, "little")
    head += text("general.architecture") + (8).to_bytes(4, "little") + text("test")
    shape = (1).to_bytes(4, "little") + (300).to_bytes(8, "little")
    head += text("w") + shape + (0).to_bytes(4, "little") + (0).to_bytes(8, "little")
    return head + bytes(-len(head) % 32) + noise(300)


MADE: dict[str, Callable[[], bytes]] = {
    "a.safetensors": lambda: of_safetensors(("w", 300), ("v", 7)),
    "zip.pt": lambda: of_torch(("w", 300), ("v", 7)),
    "legacy.pt": lambda: trained(100, legacy=True),
    "a.pkl": lambda: pickle.dumps({"w": np.frombuffer(noise(300), np.float32), "step": 3}, 4),
    "a.onnx": _onnx,
    "a.h5": _hdf5,
    "a.npz": _npz,
    "a.npy": _npy,
    "a.gguf": _gguf,
}
EVERY = pytest.mark.parametrize("name", MADE)


def outcome(path: Path) -> str:
    """What weighing it says: read, or what is wrong with it."""
    try:
        weigh(path)
    except DeadweightError as error:
        return error.what or "nothing is said"
    return ""


@EVERY
def test_it_is_read_as_it_was_written(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(MADE[name]())
    assert outcome(path) == ""
    assert read(path).tensors


@EVERY
def test_cut_anywhere_it_is_refused_or_told(name: str, tmp_path: Path) -> None:
    body = MADE[name]()
    path = tmp_path / name
    for cut in range(1, len(body), max(1, len(body) // 60)):
        path.write_bytes(body[:cut])
        outcome(path)
    path.write_bytes(body[: len(body) * 2 // 3])
    assert outcome(path), "two thirds of a model are no model"


@EVERY
def test_with_any_byte_changed_it_is_read_or_refused_and_nothing_else_happens(name: str, tmp_path: Path) -> None:
    body = MADE[name]()
    drawn = random.Random(3)
    path = tmp_path / name
    for _ in range(120):
        at, bit = drawn.randrange(min(len(body), 2000)), 1 << drawn.randrange(8)
        path.write_bytes(body[:at] + bytes((body[at] ^ bit,)) + body[at + 1 :])
        outcome(path)


@pytest.mark.parametrize("name", ["model.safetensors", "model.onnx", "model.gguf", "model.npy", "weights.txt"])
def test_code_is_told_whatever_ending_it_hides_behind(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(that_calls("os", "system"))
    assert "os.system" in {code.name for code in read(path).code}


@EVERY
def test_the_ending_does_not_decide_what_a_file_is(name: str, tmp_path: Path) -> None:
    right, odd = tmp_path / name, tmp_path / "renamed.bin"
    for path in (right, odd):
        path.write_bytes(MADE[name]())
    found = [reader_of(path) for path in (right, odd)]
    assert found[0] is not None
    assert found[0] is found[1] or found[0].name == found[1].name  # type: ignore[union-attr]  # looked at above


OPCODES = {
    "an extension of two bytes": b"\x80\x02\x83\x07\x01)R.",
    "an extension of four bytes": b"\x80\x02\x84\x07\x00\x00\x01)R.",
    "a name in a frame": b"\x80\x04\x95\x14\x00\x00\x00\x00\x00\x00\x00\x8c\x02os\x8c\x06system\x93\x8c\x02id\x85R.",
    "a frame that says too much": b"\x80\x04\x95\xff\x00\x00\x00\x00\x00\x00\x00\x8c\x02os\x8c\x06system\x93)R.",
    "a memo by text": b"\x80\x04\x8c\x02osp9\n0g9\n\x8c\x06system\x93)R.",
    "a memo of four bytes": b"\x80\x04\x8c\x02osr\x00\x01\x00\x000j\x00\x01\x00\x00\x8c\x06system\x93)R.",
    "a memo that is taken twice": b"\x80\x04\x8c\x02os\x94\x8c\x06system\x94\x93\x940h\x02\x8c\x02id\x85R.",
    "a name that is dropped again": b"cos\nsystem\n0N.",
    "one that is kept in a list": b"](cos\nsystem\neN.",
    "one for the keys of a dictionary": b"}cos\nsystem\nNs.",
    "a set of what is imported": b"\x80\x04\x8f(\x8c\x02os\x8c\x06system\x93\x90.",
    "a frozen set": b"\x80\x04(\x8c\x02os\x8c\x06system\x93\x91.",
    "an instance without arguments": b"(ios\nsystem\n.",
    "words that are bytes": b"\x80\x04C\x02osC\x06system\x93)R.",
    "a copy of the top": b"\x80\x04\x8c\x02os20\x8c\x06system\x93)R.",
}


@pytest.mark.parametrize("case", OPCODES)
def test_no_opcode_hides_what_it_names(case: str, tmp_path: Path) -> None:
    path = tmp_path / "a.pkl"
    path.write_bytes(OPCODES[case])
    with suppress(DeadweightError):  # refused is as good: nobody is told that it is fine
        assert read(path).code


def test_pickletools_takes_what_we_take_for_whole(tmp_path: Path) -> None:
    import pickletools

    for body in OPCODES.values():
        path = tmp_path / "a.pkl"
        path.write_bytes(body)
        try:
            list(pickletools.genops(body))
        except ValueError:
            assert outcome(path)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_weights_that_are_not_finite_are_weighed_and_stripped_bit_by_bit(value: float, tmp_path: Path) -> None:
    body = np.full(3000, value, np.float32).tobytes()
    head = headed({"w": {"dtype": "F32", "shape": [3000], "data_offsets": [0, 12_000]}})
    (tmp_path / "a.safetensors").write_bytes(head + body)
    assert outcome(tmp_path / "a.safetensors") == ""
    strip(opened(tmp_path / "a.safetensors"), Wish(), tmp_path / "b.safetensors")
    assert (tmp_path / "b.safetensors").read_bytes().endswith(body)


def test_empty_tensors_and_scalars_are_weighed(tmp_path: Path) -> None:
    head = headed(
        {
            "none": {"dtype": "F32", "shape": [0, 7], "data_offsets": [0, 0]},
            "scalar": {"dtype": "F32", "shape": [], "data_offsets": [0, 4]},
        }
    )
    path = tmp_path / "a.safetensors"
    path.write_bytes(head + bytes(4))
    assert {(one.name, one.elements) for one in read(path).tensors} == {("none", 0), ("scalar", 1)}
    assert outcome(path) == ""


def test_a_dtype_of_onnx_that_nobody_knows_is_refused_or_told(tmp_path: Path) -> None:
    model = onnx.load_from_string(_onnx())
    model.graph.initializer[0].data_type = 99
    path = tmp_path / "a.onnx"
    path.write_bytes(model.SerializeToString())
    with suppress(DeadweightError):
        assert read(path).gaps


def test_a_member_that_stands_twice_in_a_zip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.npy", _npy())
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a.npy", _npy())
    assert outcome(path)


def test_a_zip_with_something_in_front_of_it_is_refused_or_no_model(tmp_path: Path) -> None:
    path = tmp_path / "a.pt"
    path.write_bytes(b"#!/bin/sh\nrm -rf /\n" + of_torch(("w", 300)))
    assert outcome(path)


def test_nothing_is_written_beside_what_is_read(tmp_path: Path) -> None:
    for name, made in MADE.items():
        (tmp_path / name).write_bytes(made())
    before = sorted(tmp_path.iterdir())
    weigh(tmp_path)
    assert sorted(tmp_path.iterdir()) == before
