"""Grounds of own checks: an original, and what a result keeps of it, both in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from builders.sites import site_scene
from deadweight.core.closure import Closure, Step
from deadweight.core.scene import Scene
from deadweight.needs.closure import CLOSURE
from deadweight.proof.own_checks.ground import Ground, ground
from deadweight.sandbox.stand import Stand


def ground_of(
    files: Mapping[str, bytes], gone: Iterable[str] = (), reached: Iterable[str] | None = None, *, held: bool = True
) -> Ground:
    """The ground of a result without what is gone; with `reached` None nothing is known of what is reached."""
    original = site_scene(files)
    original.learn(CLOSURE, closure_of(reached))
    return ground(original, without(files, gone), Stand(Path("/made"), "/app"), held=held)


def closure_of(reached: Iterable[str] | None) -> Closure:
    """A closure with these members."""
    if reached is None:
        return Closure(known=False)
    return Closure({path: Step(path, "is needed") for path in reached})


def without(files: Mapping[str, bytes], gone: Iterable[str]) -> Scene:
    """The scene of the files that are left; a directory goes with all that lies in it."""
    cut = tuple(gone)
    left = {path: body for path, body in files.items() if not any(f"{path}/".startswith(f"{one}/") for one in cut)}
    return site_scene(left)
