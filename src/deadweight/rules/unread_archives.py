"""Archives that stand beside what was unpacked from them.

Why it weighs
-------------
A wheelhouse that was copied in to install from, the zip that a model came in, the tarball of a release: after the
install nobody opens them again.

Evidence
--------
A wheel or source distribution whose distribution is installed in the artifact in the same version; an archive with a
directory of its name beside it that holds every one of its files with the same size, read from the archive's own
list. Left are a directory of mostly other distributions, which is an index, archives that are read as they are (jar,
war, egg, pyz, npz, docx, model files), archives of installed packages (the wheels in ensurepip and virtualenv), test
data, and archives that are not wholly unpacked.

Edit
----
Remove, made with a proof: a program may still open the archive.

Source
------
PEP 427 (names of wheels), PEP 625 (names of source distributions), zipfile and tarfile for the lists of members.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, parse_sdist_filename, parse_wheel_filename

from deadweight.core.edit import Safety
from deadweight.core.entry import Entry, Kind
from deadweight.core.finding import Confidence, Evidence, Finding
from deadweight.core.owner import OwnerKind
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.facts.archive_members import members_of, stem_of, unpacked_beside
from deadweight.facts.endings import ENDINGS
from deadweight.facts.places import is_fixture
from deadweight.rules.reporting import HERE, Group, Waste, finding, findings, is_packaged, owner_name

_ENDINGS = (".zip", ".tar", ".tgz", ".tbz2", ".txz", ".gz", ".bz2", ".xz")


def _find(scene: Scene) -> Iterator[Finding]:
    installed = _installed(scene)
    archives = [entry for ending in (".whl", *_ENDINGS) for entry in _unowned(scene, ending)]
    brought = _brought(archives, installed)
    evidence = Evidence("its distribution is installed in the same version", HERE)
    waste = Waste("archive of an installed distribution", (evidence,), Confidence.CERTAIN, Safety.PROVEN)
    yield from findings(scene, RULE.name, (entry.path for entry in brought), waste)
    taken = {entry.path for entry in brought}
    yield from _unpacked(scene, [entry for entry in archives if entry.path not in taken])


def _installed(scene: Scene) -> frozenset[tuple[str, str]]:
    owners = scene.ownership.sources
    return frozenset((owner.name, owner.version) for owner in owners if owner.kind is OwnerKind.DISTRIBUTION)


def _brought(archives: list[Entry], installed: frozenset[tuple[str, str]]) -> list[Entry]:
    """What was installed from here; a directory of mostly other distributions is an index that somebody serves."""
    known = [entry for entry in archives if (named := _distribution(entry.name)) is not None and named in installed]
    in_all = Counter(entry.directory for entry in archives if _distribution(entry.name) is not None)
    in_known = Counter(entry.directory for entry in known)
    return [entry for entry in known if 2 * in_known[entry.directory] >= in_all[entry.directory]]


def _unowned(scene: Scene, ending: str) -> Iterator[Entry]:
    for entry in scene.ask(ENDINGS).get(ending, ()):
        read = is_packaged(scene, entry.path) or is_fixture(entry.path) or "/ensurepip/" in entry.path
        if entry.kind is Kind.FILE and entry.size and not read:
            yield entry


def _distribution(name: str) -> tuple[str, str] | None:
    try:
        parsed = parse_wheel_filename(name)[:2] if name.endswith(".whl") else parse_sdist_filename(name)
        return parsed[0], str(parsed[1])
    except (InvalidWheelFilename, InvalidSdistFilename):
        return None


def _unpacked(scene: Scene, archives: list[Entry]) -> Iterator[Finding]:
    beside = {entry.path: directory for entry in archives if (directory := _directory_beside(scene, entry))}
    members = members_of(scene, (entry for entry in archives if entry.path in beside))
    for path, held in members.items():
        if held and unpacked_beside(scene, held, beside[path]) == len(held):
            says = f"all of its {len(held)} files stand unpacked in {beside[path]}, with the same sizes"
            waste = Waste("archive beside its content", (Evidence(says, path),), Confidence.CERTAIN, Safety.PROVEN)
            yield finding(scene, RULE.name, Group(owner_name(scene, path), (path,)), waste)


def _directory_beside(scene: Scene, entry: Entry) -> str | None:
    stem = stem_of(entry.name)
    directory = "/".join(part for part in (entry.directory, stem) if part)
    return directory if stem and next(scene.listing.under(directory), None) is not None else None


RULE: Rule = Rule("unread-archives", "archives beside their unpacked content", Safety.PROVEN, _find)
