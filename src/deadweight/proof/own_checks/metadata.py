"""What `pip check` and importlib.metadata say of every distribution that is kept, told by the artifact's own Python."""

from __future__ import annotations

import json

from deadweight.core.probe import Probe, ProbeKind
from deadweight.facts.distributions import DISTRIBUTIONS
from deadweight.facts.requirement_graph import REQUIREMENTS
from deadweight.proof.own_checks.ground import Checks, Ground

_SECONDS = 600.0
_SOURCE = """
import base64, csv, hashlib, json, os, sys
from importlib import metadata
from pathlib import Path

def tell(subject, wrong=""):
    print("%s\\t%s" % (" ".join(subject.split()), " ".join(wrong.split())[:300] or "ok"), flush=True)

def digest(path, name):
    made = hashlib.new(name)
    with open(path, "rb") as stream:
        for piece in iter(lambda: stream.read(1 << 20), b""):
            made.update(piece)
    return base64.urlsafe_b64encode(made.digest()).rstrip(b"=").decode()

def untrue(info):
    with open(os.path.join(info, "RECORD"), newline="") as stream:
        rows = [row for row in csv.reader(stream) if row]
    for name, stated, *_ in rows:
        path = os.path.join(os.path.dirname(info), name)
        if not os.path.exists(path):
            return "%s is not there" % name
        algorithm, _, value = stated.partition("=")
        if value and digest(path, algorithm) != value:
            return "%s is another than it says" % name
    return ""

def look(one):
    found = metadata.PathDistribution(Path(one["info"]))
    tell("%s %s is installed" % (found.metadata["Name"], found.version))
    for point in found.entry_points:
        tell("%s: entry point %s: %s = %s" % (one["name"], point.group, point.name, point.value))
    for line, info in one["needs"]:
        tell("%s requires %s" % (one["name"], line), "" if os.path.exists(info) else "it is not installed")
    if os.path.exists(os.path.join(one["info"], "RECORD")):
        tell("%s: RECORD is true" % one["name"], untrue(one["info"]))

for one in json.load(sys.stdin):
    try:
        look(one)
    except Exception as error:
        tell("metadata of %s" % one["name"], "%s: %s" % (type(error).__name__, error))
    else:
        tell("metadata of %s" % one["name"])
"""


def metadata_checks(ground: Ground) -> Checks:
    """One script over all that is kept: name, version, entry points, requirements met as before, RECORD true."""
    infos = [one.info for one in ground.original.ask(DISTRIBUTIONS) if one.info in _kept(ground)]
    if not infos:
        return Checks()
    body = json.dumps([_told(ground, info) for info in infos])
    return Checks((Probe("made: metadata", ProbeKind.SCRIPT, command=_SOURCE, body=body, timeout=_SECONDS, made=True),))


def _kept(ground: Ground) -> frozenset[str]:
    return frozenset(one.info for one in ground.kept.ask(DISTRIBUTIONS))


def _told(ground: Ground, info: str) -> dict[str, object]:
    """What the script is told of one distribution, with paths as the program sees them."""
    seen = ground.stand.seen
    needs = ground.original.ask(REQUIREMENTS).needs.get(info, ())
    name = info.rpartition("/")[2].partition("-")[0]
    return {"name": name, "info": seen(info), "needs": [(need.requirement, seen(need.on)) for need in needs]}
