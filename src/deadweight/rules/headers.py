"""Finds C and C++ headers inside installed distributions.

Why it weighs
-------------
Headers are there to build extensions against a library. 9,566 of them, 40 MB of 1,642 MB, in an environment of 172
distributions, nearly all in torch/include.

Evidence
--------
Files with the endings of headers in the RECORD of a distribution, and what may build while the program runs:
torch.compile, torch.utils.cpp_extension, numba, triton and cffi read headers as their input (measured: without
torch/include, torch.compile ends in "torch/csrc/inductor/cpp_prefix.h: No such file"). They stay where the
application speaks of one of those, and where the distribution exists to build (pybind11, cffi, triton).

Edit
----
Removes the files. Safe where no source of the distribution speaks of headers; proven where one does; those of torch
only suggested where another distribution speaks of torch.compile or cpp_extension and a compiler can be there.

Source
------
Measured: dependencies, 6.7 (restoring torch/include mends torch.compile).
"""

from __future__ import annotations

from collections.abc import Iterator

from deadweight.core.edit import Safety
from deadweight.core.finding import Finding
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.facts.distributions import DISTRIBUTIONS
from deadweight.rules.build_inputs import build_inputs
from deadweight.rules.distribution_files import ending_in

_NAME = "headers"
_ENDINGS = (".h", ".hh", ".hpp", ".hxx", ".cuh", ".ipp", ".tcc")


def _find(scene: Scene) -> Iterator[Finding]:
    for distribution in scene.ask(DISTRIBUTIONS):
        headers = ending_in(scene, distribution, _ENDINGS)
        found = build_inputs(scene, _NAME, distribution, headers)
        if found is not None:
            yield found


RULE: Rule = Rule(_NAME, "C and C++ headers inside installed distributions", Safety.SUGGESTED, _find)
