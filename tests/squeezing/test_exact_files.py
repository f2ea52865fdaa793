"""`lossless` and `half` from file to file: squeezed, restored, and held against what the first file's bytes are."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deadweight.cli.program import run
from deadweight.judging.array import Array
from deadweight.models.bfloat16 import from_words, words_of
from deadweight.squeezing.method import Choice, methods
from deadweight.squeezing.squeezing import Weights, kinds_of, squeezed
from deadweight.squeezing.storing.files import stored_of, write_checked, write_safetensors

_DTYPES = ("bfloat16", "float16", "float32", "float64", "int64", "bool")
_SHAPES: tuple[tuple[int, ...], ...] = ((), (0,), (1,), (0, 5), (3, 7), (70, 64), (16, 8, 5, 9), (9000,))
_Raw = dict[str, tuple[str, list[int], bytes]]


def _raw(path: Path) -> _Raw:
    """Dtype, shape and bytes of each tensor, read by the format's own few rules."""
    body = path.read_bytes()
    start = 8 + int.from_bytes(body[:8], "little")
    header = json.loads(body[8:start])
    header.pop("__metadata__", None)
    return {
        name: (one["dtype"], one["shape"], body[start + one["data_offsets"][0] : start + one["data_offsets"][1]])
        for name, one in header.items()
    }


def _restored(path: Path, method: str) -> Path:
    """The file squeezed by the method and made plain again."""
    small, plain = path.with_name("small.safetensors"), path.with_name("plain.safetensors")
    stored = stored_of(path)
    kinds = kinds_of(stored.tensors, set(), set())
    write_checked(small, squeezed(Weights(stored.tensors, kinds, dtypes=stored.dtypes), Choice(methods()[method])))
    assert run(["model", "restore", str(small), "-o", str(plain), "--quiet"]) == 0
    return plain


def _written(path: Path, tensors: dict[str, tuple[str, Array]]) -> Path:
    words = {name: dtype for name, (dtype, _) in tensors.items() if dtype == "bfloat16"}
    with path.open("wb") as stream:
        write_safetensors(stream, {name: one for name, (_, one) in tensors.items()}, {}, words)
    return path


def _of_any_bits(random: np.random.Generator, dtype: str, shape: tuple[int, ...]) -> Array:
    count = int(np.prod(shape))
    if dtype == "bfloat16":
        return from_words(random.integers(0, 1 << 16, count).astype(np.uint16)).reshape(shape)
    if dtype == "bool":
        return random.integers(0, 2, count).astype(bool).reshape(shape)
    return np.frombuffer(random.bytes(count * np.dtype(dtype).itemsize), dtype).reshape(shape)


@settings(max_examples=12, derandomize=True, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(_DTYPES), st.sampled_from(_SHAPES)), min_size=1, max_size=6), st.integers(0))
def test_lossless_gives_back_every_bit_of_any_file(said: list[tuple[str, tuple[int, ...]]], seed: int) -> None:
    random = np.random.default_rng(seed)
    tensors = {f"t.{at}": (dtype, _of_any_bits(random, dtype, shape)) for at, (dtype, shape) in enumerate(said)}
    with TemporaryDirectory() as folder:
        path = _written(Path(folder, "model.safetensors"), tensors)
        assert _raw(_restored(path, "lossless")) == _raw(path)


@pytest.mark.parametrize("method", ["lossless", "half"])
def test_what_is_no_number_too_small_or_endless_keeps_its_bits_in_sixteen_bits(method: str, tmp_path: Path) -> None:
    words = words_of(np.random.default_rng(1).normal(size=9000).astype(np.float32))
    words[:10] = [0x7F80, 0xFF80, 0x7FC0, 0xFFC1, 0x7F81, 0x0001, 0x8001, 0x007F, 0x0000, 0x8000]
    path = _written(tmp_path / "model.safetensors", {"w": ("bfloat16", from_words(words).reshape(90, 100))})
    assert _raw(_restored(path, method)) == _raw(path)


def test_half_rounds_float32_to_bfloat16_and_leaves_sixteen_bits_alone(tmp_path: Path) -> None:
    random = np.random.default_rng(2)
    wide, short = random.normal(size=(80, 90)).astype(np.float32), random.normal(size=(80, 90)).astype(np.float16)
    path = _written(tmp_path / "model.safetensors", {"wide": ("float32", wide), "short": ("float16", short)})
    back = stored_of(_restored(path, "half")).tensors
    assert np.array_equal(back["short"], short)
    assert back["wide"].dtype == np.float32
    assert np.array_equal(back["wide"], from_words(words_of(wide)))


def test_a_model_of_layers_and_small_tensors_is_a_fifth_smaller_than_its_plain_file(tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    layers = {
        f"block.{at}.weight": ("float32", random.normal(0, 0.1, (128, 256)).astype(np.float32)) for at in range(8)
    }
    norms = {f"block.{at}.norm": ("float32", np.ones(128, np.float32)) for at in range(60)}
    path = _written(tmp_path / "model.safetensors", {**layers, **norms})
    assert _raw(_restored(path, "lossless")) == _raw(path)
    assert path.stat().st_size > 1.2 * path.with_name("small.safetensors").stat().st_size
