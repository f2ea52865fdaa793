"""Finds the C, C++, Fortran and Cython sources of extension modules inside installed distributions.

Why it weighs
-------------
A wheel carries the compiled module; the source that it was made of stays in by accident. 15.6 MB of 1,642 MB in an
environment of 172 distributions.

Evidence
--------
Files with the endings of such sources, and of templates of them, in the RECORD of a distribution. Some sources are
read at run time: triton's driver.c, the templates of f2py, what pyximport compiles. They stay where the distribution
exists to build or the application builds; a distribution whose sources speak of such endings is only changed with a
proof.

Edit
----
Removes the files. Safe where nothing speaks of them; proven where the distribution itself does; those of torch only
suggested where another distribution may compile with it.

Source
------
Measured: dependencies, 6.2. triton/backends/nvidia/driver.py (reads driver.c); numpy/f2py (reads src/).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from deadweight.core.edit import Safety
from deadweight.core.finding import Finding
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.facts.distributions import DISTRIBUTIONS
from deadweight.rules.build_inputs import build_inputs
from deadweight.rules.distribution_files import ending_in

_NAME = "c-sources"
_ENDINGS = (".c", ".cc", ".cpp", ".cxx", ".cu", ".f90", ".pyx", ".pxd", ".pxi")
_TEMPLATES = (".tp", ".in")
_MADE_OF = re.compile(r"\.(?:pyx|pxd|pxi|c|h)\.(?:tp|in)$")
"""What Cython's sources are made of (Tempita): 0.5 MB of scikit-learn."""


def _find(scene: Scene) -> Iterator[Finding]:
    for distribution in scene.ask(DISTRIBUTIONS):
        templates = (path for path in ending_in(scene, distribution, _TEMPLATES) if _MADE_OF.search(path))
        sources = [*ending_in(scene, distribution, _ENDINGS), *templates]
        found = build_inputs(scene, _NAME, distribution, sources)
        if found is not None:
            yield found


RULE: Rule = Rule(_NAME, "C, C++, Fortran and Cython sources inside installed distributions", Safety.SUGGESTED, _find)
