"""Finds headers and static libraries of installed distributions in an image of which no compiler stays.

Why it weighs
-------------
torch brings 39 MB of C++ headers, numpy and others a few more: what torch.compile and extensions that are built as the
program runs compile against. The compiler that they would need is cut from a service that calls none.

Evidence
--------
The closure: no compiler of the image is a member, nor a distribution that brings one or compiles by a library of its
own (triton, CuPy and NVRTC); no watched run opened one of the files. Only in a whole file system, whose compilers are
all seen.

Edit
----
Removes the files, one edit a distribution. Proven.

Source
------
torch.utils.cpp_extension and torch._inductor (both call a compiler of the system). Measured: dependencies, 6.7:
torch.compile fails without torch/include.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from deadweight.core.closure import Closure
from deadweight.core.edit import Safety
from deadweight.core.finding import Finding
from deadweight.core.level import Level
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.facts.distributions import DISTRIBUTIONS
from deadweight.facts.native_builds import is_builder
from deadweight.facts.places import is_root_file_system
from deadweight.facts.run_time_compilers import compiles
from deadweight.facts.trace import TRACE
from deadweight.rules.distribution_files import ending_in, held_by
from deadweight.rules.reach import needed_closure, unreached_waste
from deadweight.rules.reporting import finding

_NAME = "unreached-build-inputs"
_ENDINGS = (".h", ".hh", ".hpp", ".hxx", ".cuh", ".ipp", ".tcc", ".a", ".cmake")
_COMPILER = re.compile(r"(?:^|/)bin/(?:[\w.-]*-)?(?:gcc|g\+\+|cc|c\+\+|clang|clang\+\+|nvcc|tcc|icx?|icpx?)(?:-\d+)?$")


def _find(scene: Scene) -> Iterator[Finding]:
    closure = needed_closure(scene) if is_root_file_system(scene) else None
    if closure is None or _builds(scene, closure):
        return
    trace = scene.ask(TRACE)
    touched = trace.paths if trace is not None else frozenset()
    for one in scene.ask(DISTRIBUTIONS):
        paths = [path for path in ending_in(scene, one, _ENDINGS) if path not in touched]
        if paths and not is_builder(one.name):
            waste = unreached_waste(scene, "read only by a compiler, and none is reached")
            yield finding(scene, _NAME, held_by(one, paths), waste)


def _builds(scene: Scene, closure: Closure) -> bool:
    """Whether something that is reached can compile."""
    if any(_COMPILER.search(path) for path in closure.steps):
        return True
    return any(compiles(one.name) and one.info in closure for one in scene.ask(DISTRIBUTIONS))


RULE: Rule = Rule(
    _NAME, "headers and static libraries where no compiler stays", Safety.PROVEN, _find, level=Level.TIGHT
)
