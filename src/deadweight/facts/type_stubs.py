"""Which type stubs stand beside modules: type checkers read them, programs only where a source speaks of such."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from deadweight.core.scene import Fact, Scene
from deadweight.facts.distributions import DISTRIBUTIONS, Distribution
from deadweight.facts.held_endings import HELD_ENDINGS
from deadweight.facts.module_names import is_reached, regular_packages

_STUB = ".pyi"


def _type_stubs(scene: Scene) -> Mapping[str, tuple[str, ...]]:
    held = scene.ask(HELD_ENDINGS).get(_STUB, {})
    found = {one.info: _beside(one, held[one.info]) for one in scene.ask(DISTRIBUTIONS) if one.info in held}
    return {info: stubs for info, stubs in found.items() if stubs}


def _beside(one: Distribution, stubs: Sequence[str]) -> tuple[str, ...]:
    """The stubs beside modules, and those of packages of stubs; not those in a folder of data."""
    root = f"{one.site}/" if one.site else ""
    paths = [path.removeprefix(root) for path in one.files]
    regular = regular_packages(paths) | regular_packages(path[:-1] for path in paths if path.endswith(_STUB))
    inside = f"{one.info}/"
    stubs = sorted(path for path in stubs if not path.startswith(inside))
    return tuple(path for path in stubs if is_reached(path.removeprefix(root).rpartition("/")[0], regular))


TYPE_STUBS: Fact[Mapping[str, tuple[str, ...]]] = Fact("type stubs", _type_stubs)
"""By dist-info, the stubs of the distribution that stand where modules can be imported from."""


def _all(scene: Scene) -> frozenset[str]:
    return frozenset(path for stubs in scene.ask(TYPE_STUBS).values() for path in stubs)


STUB_PATHS: Fact[frozenset[str]] = Fact("paths of type stubs", _all)
"""All of them."""
