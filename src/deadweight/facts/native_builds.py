"""What may build native code while the program runs, and so needs headers, sources and static libraries."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from deadweight.core.scene import Fact, Scene
from deadweight.facts.distributions import DISTRIBUTIONS
from deadweight.facts.run_time_compilers import compiles_against_others
from deadweight.facts.sources import COMPILING, SOURCES, Source

_BUILDERS = re.compile(r"(?:pytorch-)?triton(?:-.+)?|cppyy(?:-.+)?|cffi|pybind11|nanobind|cython|pythran|numba")
_COMPILER = re.compile(r"(?:^|/)bin/(?:[\w.-]*-)?(?:gcc|g\+\+|cc|c\+\+|clang|clang\+\+)(?:-\d+)?$")


def is_builder(name: str) -> bool:
    """Whether the distribution exists to build native code: what it carries for that is its function."""
    return _BUILDERS.fullmatch(name) is not None or compiles_against_others(name)


@dataclass(frozen=True, slots=True)
class NativeBuilds:
    """Who may build: a source of the application, sources by distribution that speak of torch's ways to compile.

    `with_others` is a distribution that compiles against what others carry as it runs: pytensor against numpy's
    headers, cupy (which needs no compiler but NVRTC) against those of nvidia-cuda-runtime; empty for none.
    `possible` is false for an image without a compiler: nothing in it can build (torch.compile needs a C++ compiler).
    """

    application: str
    with_torch: Mapping[str, str]
    with_others: str
    possible: bool

    def torch_user(self, torch: str) -> str:
        """One source of a distribution that may compile with the torch of that dist-info, empty for none."""
        return next((path for by, path in self.with_torch.items() if by != torch), "")


def _native_builds(scene: Scene) -> NativeBuilds:
    speaking = [one for one in scene.ask(SOURCES).values() if COMPILING in one.speaks]
    own = next((one.path for one in speaking if not one.distribution), "")
    others = {one.distribution: one.path for one in reversed(speaking) if one.distribution and _uses_torch(one)}
    is_image = scene.artifact.image is not None
    has_compiler = any(_COMPILER.search(entry.path) for entry in scene.listing.entries)
    compiling = next((one.info for one in scene.ask(DISTRIBUTIONS) if compiles_against_others(one.name)), "")
    return NativeBuilds(own, others, compiling, has_compiler or not is_image)


def _uses_torch(source: Source) -> bool:
    """Whether the source imports torch: many more have a word on its ways to compile in a comment."""
    return any(name == "torch" or name.startswith("torch.") for name in source.imports | source.nested)


NATIVE_BUILDS: Fact[NativeBuilds] = Fact("native builds", _native_builds)
