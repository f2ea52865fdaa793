"""Copies that somebody made before changing something.

Why it weighs
-------------
`config.bak`, `train (copy).py`, `model_backup/` and `backup_2024.zip` were made in a hurry and stayed; a copy of
weights doubles the artifact.

Evidence
--------
The name says that it is a copy, and the original stands beside it; the same bytes make it certain. A name alone
(.bak, .orig, `~`) is a possibility. An archive called backup is looked into: the files of its directory that it holds
are counted. Left are the files of installed packages and test data, and names that are words of programs
(`backup.py`, `copy.py`, `db_backup.py` without a db.py).

Edit
----
Remove with a proof where the original stands beside or the name says backup of an archive; only suggested for a name
without its original, and for names that say little (_old, (1)) where the bytes are others.

Source
------
Names written by vim, Emacs, patch(1), dpkg(1), ucf(1), rpm(8), GNOME Files, Finder and Explorer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from deadweight.core.edit import Safety
from deadweight.core.entry import Entry, Kind
from deadweight.core.finding import Confidence, Evidence, Finding
from deadweight.core.paths import parents
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.facts.archive_members import members_of, stem_of, unpacked_beside
from deadweight.facts.endings import ENDINGS
from deadweight.facts.places import is_fixture
from deadweight.facts.pointed_at import pointer_into
from deadweight.rules.reporting import Group, Waste, finding, is_packaged, outermost, owner_name

_MARKED = re.compile(
    r"(?P<original>.+)(?:\.bak\d*|\.orig|\.old|\.backup|~"
    r"|\.dpkg-(?:old|dist|new)|\.ucf-(?:old|dist)|\.rpm(?:save|new|orig)|\.pac(?:save|new))"
)
_SAVED = re.compile(
    r"(?P<stem>.+?)(?:[._-](?:backup|bak)\d*)(?P<ending>\.[^.]+)?|(?P<original>.+)\.save", re.IGNORECASE
)
_NUMBERED = re.compile(r"(?P<stem>.+?)(?: \(\d+\)|[._-](?:old|copy)\d*)(?P<ending>\.[^.]+)?", re.IGNORECASE)
_COPIED = re.compile(r"(?P<stem>.+?)(?: \(copy(?: \d+)?\)| copy(?: \d+)?| - Copy(?: \(\d+\))?)(?P<ending>\.[^.]+)?")
_COPY_OF = re.compile(r"(?:Copy of|Kopie von|Copie de) (?P<original>.+)")
_ARCHIVE = re.compile(r"(?:.*[._ -])?(?:backup|bak)s?(?:[._ -].*|\d.*)?", re.IGNORECASE)
_HINTED_ENDING = re.compile(r".*~|\.(?:bak\d*|orig|old|save|backup|copy|dpkg-.*|ucf-.*|rpm.*|pac.*|dat-old|[^.]*-old)")
_HINTED = re.compile(r"bak|old|op(?:y|ie)|ackup|ACKUP| \(")


class _Mark(Enum):
    PLAIN = auto()
    BESIDE = auto()
    SAME = auto()


@dataclass(frozen=True, slots=True)
class _Copy:
    """A path, the path of the original that its name tells of, and how much the name says.

    PLAIN says backup by itself, BESIDE with the original beside it, SAME only with the same bytes: `icon_old.png` and
    `photo (1).jpg` may be in use.
    """

    path: str
    original: str
    mark: _Mark


def _find(scene: Scene) -> Iterator[Finding]:
    copied = {copy.path: copy for copy in _directories(scene) if _is_directory(scene, copy.original)}
    taken = frozenset(outermost(copied))
    for path in sorted(taken):
        yield _directory_finding(scene, copied[path])
    archives: list[Entry] = []
    for entry in _candidates(scene, taken):
        stem = stem_of(entry.name)
        copy_of = _copy_of(entry.path)
        if stem is not None and _ARCHIVE.fullmatch(stem):
            archives.append(entry)
        elif copy_of is not None:
            yield from _file_finding(scene, entry, copy_of)
    members = members_of(scene, archives)
    for entry in archives:
        yield finding(scene, RULE.name, _group(scene, entry.path), _archive_waste(scene, entry, members))


def _directories(scene: Scene) -> Iterator[_Copy]:
    for name, paths in scene.listing.directories_named.items():
        if _HINTED.search(name):
            yield from (copy for path in paths if (copy := _copy_of(path)) and _is_free(scene, path))


def _is_directory(scene: Scene, path: str) -> bool:
    return next(scene.listing.under(path), None) is not None


def _is_free(scene: Scene, directory: str) -> bool:
    first = next(scene.listing.under(directory), None)
    if first is None or is_packaged(scene, first.path) or is_fixture(directory + "/"):
        return False
    return pointer_into(scene, directory) is None


def _candidates(scene: Scene, taken: frozenset[str]) -> Iterator[Entry]:
    for entry in _hinted(scene):
        if entry.kind is not Kind.FILE or not entry.size or is_packaged(scene, entry.path) or is_fixture(entry.path):
            continue
        if taken.isdisjoint(parents(entry.path)):
            yield entry


def _hinted(scene: Scene) -> list[Entry]:
    """The entries whose names could be those of a copy, sorted by path: cheap tests first."""
    endings = scene.ask(ENDINGS)
    by_ending = [entry for ending, named in endings.items() if _HINTED_ENDING.fullmatch(ending) for entry in named]
    by_ending += [entry for entry in endings.get("", ()) if entry.path.endswith(("~", "-old"))]
    inside = [scene.listing.by_path[path] for path in scene.listing.paths_under("") if _hints(path)]
    found = {entry.path: entry for entry in (*by_ending, *inside)}
    return [found[path] for path in sorted(found)]


def _hints(path: str) -> bool:
    """Whether the name may be that of a copy; directories are another matter, and site-packages are no hint."""
    name = path[path.rfind("/") + 1 :]
    return (
        "old" in name
        or "bak" in name
        or "opy" in name
        or " (" in name
        or "ackup" in name
        or "ACKUP" in name
        or "opie" in name
    )


def _copy_of(path: str) -> _Copy | None:
    directory, slash, name = path.rpartition("/")
    for expression, mark in (
        (_MARKED, _Mark.PLAIN),
        (_COPY_OF, _Mark.PLAIN),
        (_COPIED, _Mark.PLAIN),
        (_SAVED, _Mark.BESIDE),
        (_NUMBERED, _Mark.SAME),
    ):
        match = expression.fullmatch(name)
        if match:
            named = match.groupdict()
            original = named.get("original") or f"{named['stem']}{named['ending'] or ''}"
            return _Copy(path, f"{directory}{slash}{original}", mark)
    return None


def _file_finding(scene: Scene, entry: Entry, copy: _Copy) -> Iterator[Finding]:
    original = scene.listing.by_path.get(copy.original)
    if original is not None and original.kind is not Kind.DIRECTORY:
        same = bool(entry.digest) and original.digest == entry.digest
        says = "the same bytes as" if same else "named as a copy of"
        evidence = Evidence(f"{says} {copy.original}, which stands beside it", entry.path)
        yield finding(scene, RULE.name, _group(scene, entry.path), _waste(evidence, copy, same))
    elif copy.mark is _Mark.PLAIN:
        evidence = Evidence("the name is that of a backup; its original is not here", entry.path)
        waste = Waste("perhaps a backup", (evidence,), Confidence.POSSIBLE, Safety.SUGGESTED)
        yield finding(scene, RULE.name, _group(scene, entry.path), waste)


def _waste(evidence: Evidence, copy: _Copy, same: bool) -> Waste:
    if same:
        return Waste("a backup", (evidence,), Confidence.CERTAIN, Safety.PROVEN)
    if copy.mark is _Mark.SAME:
        return Waste("perhaps a backup", (evidence,), Confidence.POSSIBLE, Safety.SUGGESTED)
    return Waste("a backup", (evidence,), Confidence.LIKELY, Safety.PROVEN)


def _directory_finding(scene: Scene, copy: _Copy) -> Finding:
    originals = {entry.digest for entry in scene.listing.under(copy.original) if entry.digest}
    copies = [entry for entry in scene.listing.under(copy.path) if entry.kind is Kind.FILE]
    same = sum(entry.digest in originals for entry in copies)
    says = f"named as a copy of {copy.original}; {same} of its {len(copies)} files are the same there"
    waste = _waste(Evidence(says, copy.path), copy, bool(copies) and same == len(copies))
    return finding(scene, RULE.name, _group(scene, copy.path), waste)


def _archive_waste(scene: Scene, entry: Entry, members: Mapping[str, Mapping[str, int]]) -> Waste:
    named = Evidence("the name is that of a backup in an archive", entry.path)
    held = members.get(entry.path, {})
    standing = max(unpacked_beside(scene, held, above) for above in (entry.directory, *parents(entry.directory)[:1]))
    if not standing:
        return Waste("a backup in an archive", (named,), Confidence.LIKELY, Safety.PROVEN)
    counted = Evidence(f"{standing} of its {len(held)} files stand beside it, with the same sizes", entry.path)
    return Waste("a backup in an archive", (named, counted), Confidence.CERTAIN, Safety.PROVEN)


def _group(scene: Scene, path: str) -> Group:
    return Group(owner_name(scene, path), (path,))


RULE: Rule = Rule("backups", "copies made before a change", Safety.SUGGESTED, _find)
