"""Logs that travel with the program that wrote them.

Why it weighs
-------------
A log grows for as long as its program runs, and rotation keeps old ones beside it. In an artifact they tell of runs
that are over.

Evidence
--------
A file called as logs are (.log, .log.3, .log.2024-05-01.gz, nohup.out, what lies in /var/log of a root file system)
with text in it (or compressed), and one of: it is `log-size` (104857600 bytes) or more, it is one of a rotated
series, its directory holds ten logs and more, it lies in /var/log. How often a log changes is read from its series
and times: a rotated part is never written again; one that changed in the two days before the newest change of a
directory may still be written. Left are files of installed packages, test and input data, and the write-ahead logs of
databases, which are called by number.

Edit
----
Remove. Made with a proof; only suggested for a log that may still be written.

Source
------
logrotate(8), Python's logging.handlers (names of rotated files), LevelDB doc/impl.md (NNNNNN.log is data).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from deadweight.core.edit import Safety
from deadweight.core.entry import Entry, Kind
from deadweight.core.finding import Confidence, Evidence, Finding
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.facts.places import is_fixture, is_input, is_root_file_system, newest_change
from deadweight.rules.reporting import HERE, Waste, findings, is_packaged

_LOG = re.compile(
    r"(?P<stem>(?:[^/]*[^/\d.][^/]*?)\.log|(?:nohup|catalina|stdout|stderr)\.out)"
    r"(?P<turn>[.-]\d[\d.T_:-]*|\.old)?(?P<packed>\.(?:gz|xz|bz2|zst|zip))?"
)
_SYSTEM = "var/log/"
_PACKED = (b"\x1f\x8b", b"\xfd7zXZ", b"BZh", b"\x28\xb5\x2f\xfd", b"PK\3\4")
_TEXT = bytes(range(32, 256)) + b"\t\n\r\x1b"
_LARGE = 100 * 1024 * 1024
_MANY = 10
_LIVE_SECONDS = 2 * 86400.0


def _find(scene: Scene) -> Iterator[Finding]:
    logs = list(_logs(scene))
    reasons = _reasons(logs, int(scene.options.get("log-size", _LARGE)))
    live_since = _live_since(scene) if logs else 0.0
    said: dict[tuple[str, Safety], list[str]] = {}
    for entry, turn in logs:
        reason = "in /var/log" if _is_system(scene, entry) else reasons.get(entry.path)
        if reason:
            live = not turn and entry.mtime >= live_since
            said.setdefault((reason, Safety.SUGGESTED if live else Safety.PROVEN), []).append(entry.path)
    for (reason, safety), paths in sorted(said.items()):
        yield from findings(scene, RULE.name, paths, _waste(reason, safety))


def _logs(scene: Scene) -> Iterator[tuple[Entry, bool]]:
    """Each log, and whether it was rotated away."""
    system = _SYSTEM if is_root_file_system(scene) else "\0"
    entries = scene.listing.entries
    for entry in [one for one in entries if ".log" in one.path or ".out" in one.path or one.path.startswith(system)]:
        match = _LOG.fullmatch(entry.name)
        if (match is not None or entry.path.startswith(system)) and _is_log(scene, entry):
            yield entry, match is not None and bool(match["turn"] or match["packed"])


def _is_log(scene: Scene, entry: Entry) -> bool:
    if entry.kind is not Kind.FILE or not entry.size or is_packaged(scene, entry.path):
        return False
    if entry.path.startswith(_SYSTEM):
        return True
    readable = entry.head.startswith(_PACKED) or not entry.head.translate(None, _TEXT)
    return readable and not is_fixture(entry.path) and not is_input(entry.path)


def _is_system(scene: Scene, entry: Entry) -> bool:
    return entry.path.startswith(_SYSTEM) and is_root_file_system(scene)


def _reasons(logs: Sequence[tuple[Entry, bool]], large: int) -> dict[str, str]:
    series: dict[str, list[str]] = {}
    directories: dict[str, list[str]] = {}
    for entry, _ in logs:
        series.setdefault(_series(entry), []).append(entry.path)
        directories.setdefault(entry.directory, []).append(entry.path)
    reasons = {path: f"{_MANY} and more in one directory" for paths in _many(directories, _MANY) for path in paths}
    reasons |= {path: "a rotated series" for paths in _many(series, 2) for path in paths}
    return reasons | {entry.path: f"{large} bytes and more" for entry, _ in logs if entry.size >= large}


def _many(groups: dict[str, list[str]], least: int) -> Iterator[list[str]]:
    return (paths for paths in groups.values() if len(paths) >= least)


def _series(entry: Entry) -> str:
    match = _LOG.fullmatch(entry.name)
    return f"{entry.directory}/{match['stem'] if match else entry.name}"


def _live_since(scene: Scene) -> float:
    """From when on a log that was not rotated may still be written: never in an image, which is a still."""
    return float("inf") if scene.artifact.image is not None else newest_change(scene) - _LIVE_SECONDS


def _waste(reason: str, safety: Safety) -> Waste:
    if safety is Safety.SUGGESTED:
        says = f"{reason}, and changed in the last two days before the newest change: it may still be written"
        return Waste("log that may still be written", (Evidence(says, HERE),), Confidence.POSSIBLE, safety)
    evidence = Evidence(f"{reason}, and no program writes to it any more", HERE)
    return Waste("log of runs that are over", (evidence,), Confidence.LIKELY, safety)


RULE: Rule = Rule("logs", "logs by size, number and how often they change", Safety.SUGGESTED, _find)
