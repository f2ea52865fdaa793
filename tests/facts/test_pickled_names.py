from __future__ import annotations

import bz2
import collections
import decimal
import gzip
import io
import lzma
import pickle
import struct
import zipfile
import zlib
from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deadweight.facts.pickled_names import pickled_names

VALUE = {"a": decimal.Decimal("1.5"), "b": [Fraction(1, 3), collections.OrderedDict(x=decimal.Decimal(2))]}


def modules(body: bytes) -> tuple[str, ...]:
    return pickled_names(io.BytesIO(body)).modules


class Recording(pickle.Unpickler):
    """The oracle: which modules Python's own unpickler asks for."""

    def __init__(self, body: bytes) -> None:
        super().__init__(io.BytesIO(body))
        self.asked: set[str] = set()

    def find_class(self, module: str, name: str) -> object:
        self.asked.add(module)
        return super().find_class(module, name)


def asked(body: bytes) -> set[str]:
    unpickler = Recording(body)
    unpickler.load()
    return unpickler.asked


@pytest.mark.parametrize("protocol", range(6))
def test_the_names_are_those_that_unpickling_imports(protocol: int) -> None:
    body = pickle.dumps(VALUE, protocol)
    old = {"__builtin__": "builtins", "copy_reg": "copyreg"}
    assert {old.get(name, name) for name in modules(body)} == {old.get(name, name) for name in asked(body)}
    assert pickled_names(io.BytesIO(body)).gap == ""


@settings(max_examples=60, derandomize=True, deadline=None)
@given(
    st.recursive(
        st.one_of(st.integers(), st.text(), st.decimals(allow_nan=False), st.fractions(), st.dates(), st.uuids()),
        lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner), st.tuples(inner, inner)),
    ),
    st.sampled_from([2, 3, 4, 5]),
)
def test_any_value_names_just_what_its_unpickling_asks_for(value: object, protocol: int) -> None:
    body = pickle.dumps(value, protocol)
    assert set(modules(body)) - {"copy_reg", "__builtin__"} == asked(body) - {"copyreg", "builtins", "copy_reg"}


@pytest.mark.parametrize("packed", [zlib.compress, gzip.compress, bz2.compress, lzma.compress])
def test_compressed_ones_are_unpacked(packed: Callable[[bytes], bytes]) -> None:
    assert modules(packed(pickle.dumps(VALUE))) == modules(pickle.dumps(VALUE))


def test_a_zip_as_torch_writes_it_is_read_by_its_directory() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("archive/data.pkl", b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\nq\x00.")
        archive.writestr("archive/data/0", b"\x80\x04" + bytes(4096))
    assert modules(stream.getvalue()) == ("torch._utils",)


def test_several_pickles_behind_one_another_are_all_read_and_what_follows_them_is_not() -> None:
    parts = [pickle.dumps(0x1950A86A20F9469CFC6C, 2), pickle.dumps(1001, 2), pickle.dumps({}, 2)]
    body = b"".join(parts) + b"\x80\x02ctorch.nn.modules.linear\nLinear\n." + pickle.dumps(["0"], 2)
    found = pickled_names(io.BytesIO(body + struct.pack("<q", 3) + bytes(12)))
    assert found.modules == ("torch.nn.modules.linear",)
    assert found.gap == ""


def test_names_behind_raw_arrays_of_joblib_are_found() -> None:
    first = b"\x80\x04\x8c\x13joblib.numpy_pickle\x94\x8c\x11NumpyArrayWrapper\x94\x93\x94)\x81\x94}\x94b"
    array = b"\x05\xff\xff\xff\xff\xff" + bytes(range(256)) * 8
    second = b"\x8c\x15sklearn.ensemble._bag\x94\x8c\x07Bagging\x94\x93\x94."
    found = pickled_names(io.BytesIO(first + array + second))
    assert found.modules == ("joblib.numpy_pickle", "sklearn.ensemble._bag")
    assert found.gap == ""


def test_an_array_of_objects_is_a_pickle_and_one_of_numbers_is_not() -> None:
    def array(kind: bytes, body: bytes) -> bytes:
        head = b"{'descr': '" + kind + b"', 'fortran_order': False, 'shape': (1,), }\n"
        return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head + body

    assert "decimal" in modules(array(b"|O", pickle.dumps(VALUE)))
    assert modules(array(b"<f8", b"cdecimal\nDecimal\n.")) == ()


@pytest.mark.parametrize("cut", [1, 9, 40])
def test_a_cut_pickle_says_so_and_keeps_what_was_read(cut: int) -> None:
    body = pickle.dumps(VALUE)
    assert "end in the middle" in pickled_names(io.BytesIO(body[:-cut])).gap
    assert "end in the middle" in pickled_names(io.BytesIO(zlib.compress(body)[: -cut - 8])).gap


def test_a_cut_zip_and_broken_compression_say_so() -> None:
    assert "no whole zip" in pickled_names(io.BytesIO(b"PK\x03\x04" + bytes(100))).gap
    assert "decompressed" in pickled_names(io.BytesIO(b"BZh9" + bytes(100))).gap
    assert "first 16 bytes" in pickled_names(io.BytesIO(pickle.dumps(VALUE)), 16).gap


def test_nothing_is_run(tmp_path: object) -> None:
    body = b"cos\nsystem\n(S'touch " + str(tmp_path).encode() + b"/ran'\ntR."
    assert modules(body) == ("os",)


@settings(max_examples=200, derandomize=True, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_to_an_answer(body: bytes) -> None:
    pickled_names(io.BytesIO(body))
