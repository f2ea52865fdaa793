"""Finds installed distributions that libraries only make use of where they are there.

Why it weighs
-------------
Many libraries look whether others are there, and take them for what few programs do: pandas draws with matplotlib,
transformers knows a model for which it takes pandas, scikit-learn shows a sample with Pillow. Installed for a notebook,
they come along: matplotlib with its fonts and all that it needs is 57 MB.

Evidence
--------
Watched runs opened nothing of it but its metadata, or loaded it only because it is there: under `if` or `try` at the
top of a module, and nobody asked for it by name, in a requirement file or of pip (REQUESTED). Nothing that is needed
requires it, but for an extra that nobody asks for; no source that runs lead to, setting or command of the application
names it; and whatever imports it belongs to another distribution, in a module that defines nothing by a name which the
application's sources ask of that library or of a value (`df.plot()`, `pd.read_excel()`). Without a watched run nothing
is found.

Edit
----
Removes the distribution with its metadata, so that who looks finds it missing as a whole, one edit a distribution; a
tripwire says what removed it to who imports it after all. Proven.

Source
------
Core metadata, Provides-Extra; importlib.util.find_spec. Measured: images, Flask with scikit-learn and pandas.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from deadweight.core.closure import Closure
from deadweight.core.edit import Safety
from deadweight.core.finding import Evidence, Finding
from deadweight.core.level import Level
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.facts.distributions import DISTRIBUTIONS, Distribution
from deadweight.facts.optional_distributions import OPTIONAL
from deadweight.rules.distribution_files import held_by, module_files, whole
from deadweight.rules.reach import closure_of, unreached_waste
from deadweight.rules.reporting import finding

_NAME = "optional-distributions"


def _find(scene: Scene) -> Iterator[Finding]:
    closure = closure_of(scene)
    if closure is None or not closure.optional:
        return
    optional = scene.ask(OPTIONAL)
    going = [one for one in scene.ask(DISTRIBUTIONS) if one.info in optional and _is_done_without(closure, one)]
    shared = {path for one in scene.ask(DISTRIBUTIONS) if one not in going for path in one.files}
    for one in going:
        waste = unreached_waste(scene, "others only make use of it where it is there")
        asker = _asker(closure, one)
        more = (Evidence("makes use of it where it is there", asker),) if asker else ()
        paths = whole(scene, set(one.files) - shared)
        yield finding(scene, _NAME, held_by(one, paths), replace(waste, evidence=(*waste.evidence, *more)))


def _is_done_without(closure: Closure, one: Distribution) -> bool:
    """Whether something leads to it, and all that does is optional."""
    reached = [path for path in module_files(one) if path in closure]
    return one.info in closure and closure.optional.issuperset(reached)


def _asker(closure: Closure, one: Distribution) -> str:
    """A module that imports it, empty where it was only looked for."""
    own = frozenset(one.files)
    steps = (closure.steps[path] for path in module_files(one) if path in closure)
    return next((step.because for step in steps if step.because and step.because not in own), "")


RULE: Rule = Rule(
    _NAME, "installed distributions that others only use where they are there", Safety.PROVEN, _find, level=Level.TIGHT
)
