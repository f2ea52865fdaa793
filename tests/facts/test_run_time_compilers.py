"""What compiles when it runs is told by name, in one place."""

from __future__ import annotations

import pytest

from deadweight.facts.native_builds import is_builder
from deadweight.facts.run_time_compilers import compiles, compiles_against_others

OTHERS = ["cupy", "cupy-cuda12x", "numba-cuda", "pytensor", "theano-pymc", "brian2", "flashinfer-python", "tilelang"]
ALONE = ["triton", "vllm", "cppimport", "pystan", "cppyy", "ninja", "torch-tensorrt"]


@pytest.mark.parametrize("name", OTHERS)
def test_what_compiles_against_others_compiles_and_builds(name: str) -> None:
    assert compiles(name)
    assert compiles_against_others(name)
    assert is_builder(name)


@pytest.mark.parametrize("name", ALONE)
def test_what_brings_its_own_headers_leaves_those_of_others_alone(name: str) -> None:
    assert compiles(name)
    assert not compiles_against_others(name)


@pytest.mark.parametrize("name", ["numpy", "tritonclient", "stanza", "cupyx", "vllm-client", "ninja2"])
def test_a_name_that_only_begins_so_compiles_nothing(name: str) -> None:
    assert not compiles(name)
    assert not compiles_against_others(name)
