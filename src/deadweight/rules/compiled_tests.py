"""Finds compiled test programs inside installed distributions.

Why it weighs
-------------
torch carries the compiled tests of its C++ side: 113 programs, 122 MB, in the build of 2.13 for the processor.

Evidence
--------
An ELF file that is no shared library by its name and whose name begins with `test_` or ends with `_test` or `Test`,
in the RECORD of a distribution. Shared libraries (`_test_ccallback.so`) stay: Python imports them. So do the programs
that a distribution puts among the commands of the environment (`bin/speed_test`): a person was to call them.

Edit
----
Removes the file. Safe.

Source
------
Measured: torch 2.13.0+cpu from its index, `torch/bin` and `torch/test`.
"""

from __future__ import annotations

from collections.abc import Iterator

from deadweight.core.edit import Safety
from deadweight.core.finding import Confidence, Evidence, Finding
from deadweight.core.paths import is_under
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.facts.distributions import DISTRIBUTIONS
from deadweight.facts.programs_within import OF_TESTS
from deadweight.native.elf import MAGIC
from deadweight.rules.distribution_files import ending_in, held_by
from deadweight.rules.reporting import Waste, finding

_NAME = "compiled-tests"


def _find(scene: Scene) -> Iterator[Finding]:
    entries = scene.listing.by_path
    for distribution in scene.ask(DISTRIBUTIONS):
        programs = [
            path
            for path in ending_in(scene, distribution, ("",))
            if is_under(path, distribution.site)
            and OF_TESTS.fullmatch(path.rpartition("/")[2])
            and entries[path].head[:4] == MAGIC
        ]
        if programs:
            evidence = tuple(Evidence("a program of the project's own tests", path) for path in programs)
            waste = Waste("compiled test programs", evidence, Confidence.LIKELY, Safety.SAFE)
            yield finding(scene, _NAME, held_by(distribution, programs), waste)


RULE: Rule = Rule(_NAME, "compiled test programs inside installed distributions", Safety.SAFE, _find)
