"""The files that watched runs opened, ran or mapped: not what they only looked for."""

from __future__ import annotations

import re

from deadweight.core.scene import Fact, Scene
from deadweight.core.trace import Use
from deadweight.facts.trace import TRACE

_BYTECODE = re.compile(r"__pycache__/([^/]+)\.(?:cpython|pypy)-?\d+t?(?:\.opt-\d)?\.pyc$")
_RAN = frozenset((Use.OPENED, Use.EXECUTED, Use.MAPPED))


def source_of(path: str) -> str:
    """The source of the bytecode at the path; any other path as it is."""
    return _BYTECODE.sub(r"\1.py", path)


def _run_files(scene: Scene) -> frozenset[str]:
    trace = scene.ask(TRACE)
    ran = (touch.path for touch in trace.touches if not _RAN.isdisjoint(touch.uses)) if trace else ()
    return frozenset(one for path in ran for one in (path, source_of(path)))


RUN_FILES: Fact[frozenset[str]] = Fact("run files", _run_files)
"""Their paths, with the source of each bytecode; empty where no run was watched."""
