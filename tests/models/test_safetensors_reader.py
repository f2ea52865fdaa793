"""safetensors: what its own library writes is read, what that refuses is refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy
import pytest
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from builders.models import floats, headed, safetensors
from deadweight.core.errors import Corrupt, Hostile, Refused, Unknown
from deadweight.models.accounts import account
from deadweight.models.bodies import elements
from deadweight.models.reading import read


def test_what_the_library_writes_is_read_to_the_byte(tmp_path: Path) -> None:
    arrays = {
        "a": numpy.arange(12, dtype=numpy.float32).reshape(3, 4),
        "b": numpy.array([True, False]),
        "c": numpy.array(7, dtype=numpy.int64),
        "d": numpy.zeros((0, 5), dtype=numpy.float16),
        "e": numpy.arange(5, dtype=numpy.uint16),
    }
    path = tmp_path / "model.safetensors"
    save_file(arrays, path, metadata={"format": "np"})
    found = read(path)
    for tensor in found.tensors:
        assert b"".join(elements(found, tensor)) == arrays[tensor.name].tobytes()
        assert tensor.shape == arrays[tensor.name].shape
    assert {one.name for one in found.tensors} == set(arrays)
    assert dict(found.metadata) == {"format": "np"}
    whole = account(found)
    assert whole.tensors + sum(whole.parts.values()) == path.stat().st_size
    assert whole.padding == whole.unseen == 0


def header(**tensors: object) -> bytes:
    return headed(tensors)


ONE = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}
REFUSED = {
    "a tensor that ends behind the file": header(a={**ONE, "data_offsets": [0, 80]}) + bytes(8),
    "tensors that overlap": header(a=ONE, b={**ONE, "data_offsets": [4, 12]}) + bytes(12),
    "a hole": header(a=ONE, b={**ONE, "data_offsets": [12, 20]}) + bytes(20),
    "bytes behind the tensors": header(a=ONE) + bytes(9),
    "truncated": header(a=ONE) + bytes(7),
    "offsets the wrong way round": header(a={**ONE, "data_offsets": [8, 0]}) + bytes(8),
    "negative offsets": header(a={**ONE, "data_offsets": [-8, 0]}) + bytes(8),
    "offsets that overflow": header(a={**ONE, "data_offsets": [0, 1 << 64]}) + bytes(8),
    "a shape that says otherwise": header(a={**ONE, "shape": [3]}) + bytes(8),
    "a shape that overflows": header(a={**ONE, "shape": [1 << 33, 1 << 33]}) + bytes(8),
    "a negative length": header(a={**ONE, "shape": [-2]}) + bytes(8),
    "a dtype of nobody": header(a={**ONE, "dtype": "F37"}) + bytes(8),
    "no dtype": header(a={"shape": [2], "data_offsets": [0, 8]}) + bytes(8),
    "no JSON": headed(b"{" + b"x" * 50),
    "metadata that are no texts": headed({"__metadata__": {"a": 1}, "a": ONE}) + bytes(8),
    "a tensor that is a number": header(a=3),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_the_library_refuses_is_refused_with_what_and_where(case: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.safetensors"
    path.write_bytes(REFUSED[case])
    with pytest.raises((SafetensorError, OSError)), safe_open(path, "np") as opened:
        opened.keys()
    with pytest.raises(Refused) as caught:
        read(path)
    assert "bad.safetensors" in caught.value.message


def test_a_name_twice_is_refused_though_the_library_takes_the_last(tmp_path: Path) -> None:
    twice = json.dumps({"a": ONE})[:-1] + "," + json.dumps({"a": ONE})[1:]
    path = tmp_path / "bad.safetensors"
    path.write_bytes(headed(twice.encode()) + bytes(8))
    with pytest.raises(Hostile, match="twice"):
        read(path)


def test_a_header_longer_than_the_file_is_no_safetensors(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    path.write_bytes((1 << 60).to_bytes(8, "little") + b"{}" + bytes(100))
    with pytest.raises(Unknown):
        read(path)


@pytest.fixture
def shards(tmp_path: Path) -> Path:
    safetensors(tmp_path / "one.safetensors", {"a": ("F32", (2,), floats(1, 2))})
    safetensors(tmp_path / "two.safetensors", {"b": ("F32", (1,), floats(3)), "c": ("U8", (3,), b"abc")})
    index = tmp_path / "model.safetensors.index.json"
    weights = {"a": "one.safetensors", "b": "two.safetensors", "c": "two.safetensors"}
    index.write_text(json.dumps({"metadata": {"total_size": 15}, "weight_map": weights}))
    return index


def test_shards_are_read_as_one_by_their_index(shards: Path) -> None:
    found = read(shards)
    assert [one.name for one in found.tensors] == ["a", "b", "c"]
    assert b"".join(elements(found, found.tensors[2])) == b"abc"
    assert list(found.files) == ["model.safetensors.index.json", "one.safetensors", "two.safetensors"]
    whole = account(found)
    assert whole.tensors + sum(whole.parts.values()) == whole.size


def test_a_shard_that_is_missing_is_an_error(shards: Path) -> None:
    (shards.parent / "two.safetensors").unlink()
    with pytest.raises(Corrupt, match=r"two\.safetensors: the index names this file and it is not there"):
        read(shards)


def test_a_tensor_that_is_not_in_its_shard_is_an_error(shards: Path) -> None:
    shards.write_text(shards.read_text().replace('"c"', '"d"'))
    with pytest.raises(Corrupt, match="'d' first"):
        read(shards)


def test_a_tensor_that_no_index_names_is_a_gap(shards: Path) -> None:
    shards.write_text(shards.read_text().replace(', "c": "two.safetensors"', ""))
    assert "'c' first" in read(shards).gaps[0].reason


@pytest.mark.parametrize("name", ["../one.safetensors", "/etc/passwd", "..", "a/b.safetensors"])
def test_an_index_that_leads_elsewhere_is_refused(shards: Path, name: str) -> None:
    shards.write_text(json.dumps({"weight_map": {"a": name}}))
    with pytest.raises(Hostile):
        read(shards)
