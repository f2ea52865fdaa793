"""The entry points that distributions offer to each other are loaded, as a program does that looks for plug-ins."""

from __future__ import annotations

import json
from collections.abc import Iterator

from deadweight.core.probe import Probe, ProbeKind
from deadweight.facts.distributions import DISTRIBUTIONS
from deadweight.facts.importable import IMPORTABLE
from deadweight.proof.own_checks.ground import Checks, Ground

_SECONDS = 300.0
_SCRIPTS = frozenset({"console_scripts", "gui_scripts"})
_SOURCE = """
import json, os, signal, sys
from importlib.metadata import EntryPoint

points = json.load(sys.stdin)
told = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)

class Late(BaseException):
    pass

def late(*_):
    raise Late("not loaded in time")

signal.signal(signal.SIGALRM, late)
for group, name, value in points:
    outcome = "ok"
    try:
        signal.alarm(30)
        EntryPoint(name=name, value=value, group=group).load()
    except BaseException as error:
        outcome = "%s: %s" % (type(error).__name__, " ".join(str(error).split())[:300])
    finally:
        signal.alarm(0)
    told.write("%s: %s = %s\\t%s\\n" % (group, name, value, outcome))
os._exit(0)
"""
Point = tuple[str, str, str]


def plug_in_checks(ground: Ground) -> Checks:
    """Every entry point but scripts whose module can be expected to import; those that something reaches bind."""
    points = tuple(_points(ground))
    bound = [point for point in points if ground.reaches_module(_module(point))]
    loose = [point for point in points if point not in bound]
    made = [_probe("made: plug-ins", bound, binding=True), _probe("made: other plug-ins", loose, binding=False)]
    return Checks(tuple(probe for probe in made if probe.body != "[]"))


def _points(ground: Ground) -> Iterator[Point]:
    importable = {name for modules in ground.kept.ask(IMPORTABLE).values() for name in modules}
    for distribution in ground.kept.ask(DISTRIBUTIONS):
        for group, points in distribution.entry_points.items():
            for name, value in points.items():
                point = (group, name, value)
                module = _module(point)
                if group not in _SCRIPTS and module in importable and module not in ground.lost:
                    yield point


def _module(point: Point) -> str:
    return point[2].partition("[")[0].partition(":")[0].strip()


def _probe(name: str, points: list[Point], *, binding: bool) -> Probe:
    body = json.dumps(points)
    return Probe(name, ProbeKind.SCRIPT, command=_SOURCE, body=body, timeout=_SECONDS, made=True, binding=binding)
