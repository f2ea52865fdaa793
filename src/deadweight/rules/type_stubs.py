"""Finds the type stubs of installed distributions.

Why it weighs
-------------
A `.pyi` file tells types to type checkers and editors; the interpreter never reads it. 22 MB of 1,642 MB in an
environment of 172 distributions.

Evidence
--------
A `.pyi` file in the RECORD of a distribution of which no source speaks of `.pyi` or `attach_stub`: lazy_loader reads
stubs at run time (scikit-image, librosa), jedi and mypy read those that they carry. All stubs of such a
distribution are left. So are stubs in a folder of data: basedpyright carries typeshed in its dist, which a program
in JavaScript reads. `py.typed` is left too.

Edit
----
Removes the files. Safe; the metadata stays and RECORD is rewritten, also where a distribution is nothing but stubs.

Source
------
PEP 484 and PEP 561 (stubs are for type checkers); scientific-python/lazy-loader, `attach_stub`.
"""

from __future__ import annotations

from collections.abc import Iterator

from deadweight.core.edit import Safety
from deadweight.core.finding import Confidence, Evidence, Finding
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.facts.distributions import DISTRIBUTIONS
from deadweight.facts.sources import SPOKEN
from deadweight.facts.type_stubs import TYPE_STUBS
from deadweight.rules.distribution_files import held_by
from deadweight.rules.reporting import Waste, finding

_NAME = "type-stubs"


def _find(scene: Scene) -> Iterator[Finding]:
    for distribution in scene.ask(DISTRIBUTIONS):
        stubs = scene.ask(TYPE_STUBS).get(distribution.info, ())
        if stubs and (distribution.info, ".pyi") not in scene.ask(SPOKEN):
            evidence = Evidence(
                f"{len(stubs)} .pyi file{'s' * (len(stubs) > 1)}, and no source of the distribution reads such",
                stubs[0],
            )
            waste = Waste("type stubs, which only type checkers read", (evidence,), Confidence.CERTAIN, Safety.SAFE)
            yield finding(scene, _NAME, held_by(distribution, stubs), waste)


RULE: Rule = Rule(_NAME, "type stubs of installed distributions", Safety.SAFE, _find)
