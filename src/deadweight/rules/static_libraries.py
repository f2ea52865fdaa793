"""Finds static libraries and the files of build systems inside installed distributions.

Why it weighs
-------------
A static library is copied into what is linked against it; the loader never opens one. CMake and pkg-config files only
tell a build where things are.

Evidence
--------
Files ending in .a, .la, .lib, .cmake and .pc in the RECORD of a distribution. They stay where the application builds
native code, and where the distribution exists to build.

Edit
----
Removes the files. Safe where no source of the distribution speaks of them; proven where one does; those of torch only
suggested where another distribution may compile with it.

Source
------
ld.so(8) (loads shared objects only). Measured: dependencies, 6.2.
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

_NAME = "static-libraries"
_ENDINGS = (".a", ".la", ".lib", ".cmake", ".pc")


def _find(scene: Scene) -> Iterator[Finding]:
    for distribution in scene.ask(DISTRIBUTIONS):
        libraries = ending_in(scene, distribution, _ENDINGS)
        found = build_inputs(scene, _NAME, distribution, libraries)
        if found is not None:
            yield found


RULE: Rule = Rule(_NAME, "static libraries and build files inside installed distributions", Safety.SUGGESTED, _find)
