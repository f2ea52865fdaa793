"""Model files are told by their first bytes, with their suffix only where those leave it open."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.scenes import entry_of
from deadweight.core.owner import Basis
from deadweight.owners.model_content import Recognised, recognised

ONNX = b"\x08\x07\x12\x07pytorch\x1a\x05"
PICKLE = b"\x80\x04\x95\x00\x00\x00\x00\x00\x00\x00\x00"


def told(path: str, body: bytes) -> Recognised | None:
    return recognised(entry_of(path, body))


def safetensors(length: int, size: int) -> bytes:
    return length.to_bytes(8, "little") + b"{" + b" " * (size - 9)


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"GGUF\3\0\0\0", "gguf"),
        (b"tjgg\1\0\0\0", "ggml"),
        (b"CBM1....", "catboost"),
        (b"\xba\x16\x4f\x2f\x0c\0\0\0", "fasttext"),
        (b"tree\nversion=v4\n", "lightgbm"),
        (b"\x1c\0\0\0TFL3\x14\0", "tflite"),
        (b"PK\x03\x04\0\0\x08\x08\0\0\0\0", "torch"),
    ],
)
def test_a_magic_number_says_all_whatever_the_file_is_called(head: bytes, name: str) -> None:
    assert told("weights", head) == told("notes.txt", head) == Recognised(name, Basis.LOCATED)


@pytest.mark.parametrize(("suffix", "name"), [(".npz", "numpy"), (".keras", "keras"), (".pth", "torch"), (".zip", "")])
def test_the_suffix_tells_which_kind_of_zip_it_is(suffix: str, name: str) -> None:
    assert told(f"m{suffix}", b"PK\x03\x04\x14\0\0\0") == (Recognised(name, Basis.GUESSED) if name else None)


@pytest.mark.parametrize("suffix", [".pkl", ".joblib", ".pt", ".sav"])
def test_a_pickle_is_a_model_by_its_suffix_only(suffix: str) -> None:
    assert told(f"m{suffix}", PICKLE) == Recognised("pickle", Basis.GUESSED)
    assert told("cache.dat", PICKLE) is None


@pytest.mark.parametrize("body", [b"\x80\x01old", b"\x80\x06new", b"(dp0\n", b"text", b""])
def test_what_does_not_begin_as_a_pickle_is_none(body: bytes) -> None:
    assert told("m.pkl", body) is None


@pytest.mark.parametrize(("length", "size", "is_one"), [(2, 10, True), (1, 10, False), (3, 10, False), (60, 100, True)])
def test_safetensors_hold_their_whole_header(length: int, size: int, is_one: bool) -> None:
    assert (told("m", safetensors(length, size)) == Recognised("safetensors", Basis.LOCATED)) is is_one


def test_an_onnx_file_is_sure_with_its_suffix_and_a_guess_without() -> None:
    assert told("m.onnx", ONNX) == Recognised("onnx", Basis.LOCATED)
    assert told("m.bin", ONNX) == Recognised("onnx", Basis.GUESSED)


@pytest.mark.parametrize(
    "head",
    [
        ONNX[:11],
        b"\x08\x00" + ONNX[2:],
        b"\x08\x20" + ONNX[2:],
        b"\x09\x07" + ONNX[2:],
        b"\x08\x07\x12\xff" + ONNX[4:],
        b"\x08\x07\x12\x07py\0orch\x1a\x05",
        b"\x08\x07\x99" + ONNX[3:],
    ],
)
def test_other_messages_of_protocol_buffers_are_no_onnx(head: bytes) -> None:
    assert told("m.onnx", head) is None


@settings(max_examples=100, derandomize=True, deadline=None)
@given(st.binary(max_size=64), st.sampled_from(["a", "a.txt", "a.py", "a.csv", "a.json"]))
def test_no_bytes_are_a_guess_by_a_suffix_that_says_nothing(body: bytes, name: str) -> None:
    found = told(name, body)
    assert found is None or found.basis is Basis.LOCATED or found.format in ("onnx", "hdf5", "numpy")
