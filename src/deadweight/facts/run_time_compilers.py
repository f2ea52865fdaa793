"""Which distributions compile when they run, by name; two rules and a fact look at this one list."""

from __future__ import annotations

import re

_AGAINST_OTHERS = re.compile(
    r"cupy(?:-.+)?|numba-cuda|pyopencl|pycuda|pytensor|theano(?:-.+)?|brian2|deepspeed|flashinfer-.+|tilelang"
)
_BY_THEMSELVES = re.compile(
    r"triton|pytriton|jax-triton|vllm|sglang|xformers|flash-attn|tensorrt-llm|torch-tensorrt|cppimport|codepy"
    r"|fenics-ffcx|pyximport|tinygrad|pythran|transonic|stan|pystan|cmdstanpy|cppyy|ninja"
)


def compiles_against_others(name: str) -> bool:
    """Whether it compiles against headers and libraries that other distributions carry: pytensor against numpy's."""
    return _AGAINST_OTHERS.fullmatch(name) is not None


def compiles(name: str) -> bool:
    """Whether it can call a compiler of the system when it runs: those, and what brings its own headers."""
    return compiles_against_others(name) or _BY_THEMSELVES.fullmatch(name) is not None
