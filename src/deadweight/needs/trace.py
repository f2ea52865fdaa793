"""What watched runs touched is needed: opened, executed, mapped, asked for or listed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from deadweight.core.closure import Step
from deadweight.core.scene import Scene
from deadweight.core.seams import Need
from deadweight.core.trace import Touch, Use
from deadweight.facts.trace import TRACE

_BYTECODE = re.compile(r"(?:^|/)__pycache__/([^/]+)\.(?:cpython-\d+t?|pypy\d+)(?:\.opt-\d)?\.pyc$")
_LISTED = re.compile(r"\.(?:dist|egg)-info/entry_points\.txt$")
"""What is read of every distribution when one asks who has plug-ins to offer: those asked for are another need."""


def _seeds(scene: Scene) -> Iterator[Step]:
    trace = scene.ask(TRACE)
    for touch in trace.touches if trace else ():
        if touch.path and not _LISTED.search(touch.path):
            yield Step(touch.path, _says(touch))
            yield from _source(touch)


def _says(touch: Touch) -> str:
    uses = ", ".join(f"{use.value} {times} times" if times > 1 else use.value for use, times in _ordered(touch))
    return f"was {uses} by {touch.process} in a watched run" if touch.process else f"was {uses} in a watched run"


def _ordered(touch: Touch) -> Iterator[tuple[Use, int]]:
    return ((use, touch.uses[use]) for use in Use if use in touch.uses)


def _source(touch: Touch) -> Iterator[Step]:
    """The source of bytecode that was read: what it imports is followed there."""
    match = _BYTECODE.search(touch.path)
    if match:
        directory = touch.path[: match.start()]
        yield Step(f"{directory}/{match[1]}.py" if directory else f"{match[1]}.py", f"its bytecode {_says(touch)}")


def _follow(_: Scene, __: str) -> Iterable[Step]:
    return ()


NEED: Need = Need("trace", "what watched runs touched", _seeds, _follow)
