"""Temporary files that outlived the program that made them.

Why it weighs
-------------
Interrupted downloads, swap files of editors and the scratch directories of builds stay where they were when nobody
cleans up; a half-downloaded model can be gigabytes.

Evidence
--------
The ending (.tmp, .temp, .crdownload, .aria2, .partial, .incomplete, a .part after another ending, vim's .swp by its
content); what a root file system holds in /tmp and /var/tmp; and, where the times of last access are known, files in
directories called tmp or temp that were neither read nor changed for `temporary-age-days` (30) before the newest
change of the artifact. Left are files of installed packages and of test data, parts of a numbered series, and a /tmp
that the image's configuration or a symbolic link points into.

Edit
----
Remove, made with a proof: a program may have put to use what it found there.

Source
------
Filesystem Hierarchy Standard 3.0, 3.18 (/tmp) and 5.15 (/var/tmp); vim, :help swap-file (head `b0VIM`).
"""

from __future__ import annotations

from collections.abc import Iterator

from deadweight.core.edit import Safety
from deadweight.core.entry import Entry, Kind
from deadweight.core.finding import Confidence, Evidence, Finding
from deadweight.core.paths import is_under
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.facts.endings import ENDINGS
from deadweight.facts.places import is_fixture, is_root_file_system, newest_change
from deadweight.facts.pointed_at import pointer_into
from deadweight.rules.reporting import HERE, Group, Waste, finding, findings, is_packaged, measure, outermost

_ENDINGS = (".tmp", ".temp", ".crdownload", ".opdownload", ".aria2", ".partial", ".incomplete", ".part")
_SWAP_ENDINGS = (".swp", ".swo", ".swn")
_SWAP = b"b0VIM "
_SYSTEM = ("tmp", "var/tmp")
_NAMES = ("tmp", "temp", ".tmp", "~tmp")
_DAY = 86400.0


def _find(scene: Scene) -> Iterator[Finding]:
    taken = [directory for directory in _SYSTEM if is_root_file_system(scene)]
    for directory in taken:
        yield from _system_directory(scene, directory)
    by_ending = [path for path in _by_ending(scene) if not any(is_under(path, one) for one in taken)]
    says = Evidence("the ending is that of a file that is renamed or deleted when it is finished", HERE)
    waste = Waste("unfinished or left temporary files", (says,), Confidence.LIKELY, Safety.PROVEN)
    yield from findings(scene, RULE.name, by_ending, waste)
    yield from _by_age(scene, frozenset(by_ending), taken)


def _system_directory(scene: Scene, directory: str) -> Iterator[Finding]:
    """What lies directly in the directory, which itself stays."""
    children = tuple(child for child in _children(scene, directory) if pointer_into(scene, child) is None)
    if measure(scene, children) > (0, 0):
        evidence = Evidence("programs must not count on files in it to stay (Filesystem Hierarchy Standard)", directory)
        waste = Waste(f"left in /{directory}", (evidence,), Confidence.LIKELY, Safety.PROVEN)
        yield finding(scene, RULE.name, Group(f"/{directory}", children), waste)


def _children(scene: Scene, directory: str) -> list[str]:
    start = len(directory) + 1
    firsts = {
        entry.path[start:].partition("/")[0]
        for entry in scene.listing.under(directory)
        if not is_packaged(scene, entry.path)
    }
    return [f"{directory}/{first}" for first in sorted(firsts)]


def _by_ending(scene: Scene) -> Iterator[str]:
    endings = scene.ask(ENDINGS)
    for ending in _ENDINGS:
        for entry in endings.get(ending, ()):
            if _is_plain(scene, entry) and (ending != ".part" or _is_download(scene, entry)):
                yield entry.path
    for ending in _SWAP_ENDINGS:
        for entry in endings.get(ending, ()):
            if entry.head.startswith(_SWAP) and _is_plain(scene, entry):
                yield entry.path


def _is_plain(scene: Scene, entry: Entry) -> bool:
    return entry.kind is Kind.FILE and not is_fixture(entry.path) and not is_packaged(scene, entry.path)


def _is_download(scene: Scene, entry: Entry) -> bool:
    """Whether a .part is what a browser writes, `NAME.ENDING.part`, and no part of a series."""
    series = (f"{entry.path}{number}" for number in ("0", "1", "2", "01"))
    return entry.name.count(".") > 1 and not any(path in scene.listing for path in series)


def _by_age(scene: Scene, taken: frozenset[str], directories: list[str]) -> Iterator[Finding]:
    named = _named_directories(scene, directories)
    days = float(scene.options.get("temporary-age-days", "30"))
    limit = newest_change(scene) - days * _DAY if named else 0.0
    old = [
        entry.path
        for directory in named
        for entry in scene.listing.under(directory)
        if entry.atime and max(entry.atime, entry.mtime) < limit and entry.path not in taken and _is_plain(scene, entry)
    ]
    says = f"neither read nor changed for {days:g} days before the newest change of the artifact"
    waste = Waste("old files in a temporary directory", (Evidence(says, HERE),), Confidence.LIKELY, Safety.PROVEN)
    yield from findings(scene, RULE.name, old, waste)


def _named_directories(scene: Scene, taken: list[str]) -> list[str]:
    directories = scene.listing.directories_named
    named = [path for name in _NAMES for path in directories.get(name, ()) if path not in taken]
    return outermost(tuple(path for path in named if pointer_into(scene, path) is None))


RULE: Rule = Rule("temporary-files", "temporary files that stayed", Safety.PROVEN, _find)
