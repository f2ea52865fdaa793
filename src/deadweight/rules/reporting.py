"""Findings built from paths: grouped by owner, measured with hard links counted once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from deadweight.core.edit import Edit, Safety
from deadweight.core.entry import Entry, Kind
from deadweight.core.finding import Confidence, Evidence, Finding
from deadweight.core.owner import OwnerKind
from deadweight.core.paths import is_under
from deadweight.core.scene import Scene
from deadweight.facts.hard_links import HARD_LINKS

PACKAGED = (OwnerKind.DISTRIBUTION, OwnerKind.OS_PACKAGE, OwnerKind.CONDA, OwnerKind.NPM, OwnerKind.INTERPRETER)

HERE = ""
"""Where evidence was read that is the paths themselves: a finding says its first one."""


@dataclass(frozen=True, slots=True)
class Waste:
    """What a rule says of paths that it found: the sentence, the evidence, how sure, how safe, and the edit's kind.

    `kind` is empty where no edit would mend it.
    """

    says: str
    evidence: tuple[Evidence, ...]
    confidence: Confidence
    safety: Safety
    kind: str = "remove"
    arguments: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Group:
    """Paths that go together, and whose they are: what one edit touches, so that a failed proof can point at it."""

    owner: str
    paths: tuple[str, ...]


def is_packaged(scene: Scene, path: str) -> bool:
    """Whether the path belongs to a package of any ecosystem or to the interpreter."""
    return scene.ownership.of(path).kind in PACKAGED


def by_owner(scene: Scene, paths: Iterable[str]) -> list[Group]:
    """The paths by the owner of each, owners sorted; a directory goes with its first file."""
    groups: dict[str, list[str]] = {}
    for path in sorted(set(paths)):
        groups.setdefault(owner_name(scene, path), []).append(path)
    return [Group(owner, tuple(named)) for owner, named in sorted(groups.items())]


def owner_name(scene: Scene, path: str) -> str:
    """Who has the path; a directory belongs to whom the first file in it belongs to."""
    entry = scene.listing.by_path.get(path)
    if entry is None or entry.kind is Kind.DIRECTORY:
        path = next((one.path for one in scene.listing.under(path) if one.kind is not Kind.DIRECTORY), path)
    return str(scene.ownership.of(path))


def measure(scene: Scene, paths: Iterable[str]) -> tuple[int, int]:
    """Unpacked and stored bytes that go with the paths, a directory with all under it.

    A body goes only when all its names do: one with a hard link elsewhere counts nothing.
    """
    going = {entry.path: entry for path in paths for entry in _whole(scene, path)}
    links = scene.ask(HARD_LINKS)
    bodies = [
        entry
        for path, entry in going.items()
        if entry.size and (path not in links or all(name in going for name in links[path]))
    ]
    return sum(entry.size for entry in bodies), sum(entry.stored for entry in bodies)


def stored_share(scene: Scene, path: str, size: int) -> int:
    """What so many bytes within the file cost the artifact, were it packed alike everywhere."""
    entry = scene.listing.by_path[path]
    return size * entry.stored // max(entry.size, 1)


def finding(scene: Scene, rule: str, group: Group, waste: Waste) -> Finding:
    """One finding over the group, with one edit; a directory that the archive does not store is named by its files."""
    named = tuple(_stored(scene, group.paths))
    size, stored = measure(scene, named)
    edits = (
        (Edit(waste.kind, named, waste.safety, rule, waste.says, group.owner, arguments=waste.arguments),)
        if waste.kind
        else ()
    )
    evidence = tuple(Evidence(one.says, one.where or named[0]) for one in waste.evidence)
    return Finding(rule, group.owner, waste.says, named, size, stored, evidence, waste.confidence, edits)


def findings(scene: Scene, rule: str, paths: Iterable[str], waste: Waste) -> Iterator[Finding]:
    """One finding for each owner of the paths."""
    for group in by_owner(scene, paths):
        yield finding(scene, rule, group, waste)


def outermost(paths: Iterable[str]) -> list[str]:
    """The paths, sorted, without those that lie under another of them."""
    kept: list[str] = []
    for path in sorted(paths, key=lambda one: one.split("/")):
        if not (kept and is_under(path, kept[-1])):
            kept.append(path)
    return kept


def _whole(scene: Scene, path: str) -> Iterator[Entry]:
    entry = scene.listing.by_path.get(path)
    if entry is not None:
        yield entry
    if entry is None or entry.kind is Kind.DIRECTORY:
        yield from scene.listing.under(path)


def _stored(scene: Scene, paths: tuple[str, ...]) -> Iterator[str]:
    by_path = scene.listing.by_path
    directory = Kind.DIRECTORY
    if all((entry := by_path.get(path)) is not None and entry.kind is not directory for path in paths):
        yield from sorted(paths)
        return
    for path in outermost(paths):
        if path in by_path:
            yield path
        else:
            yield from (entry.path for entry in scene.listing.under(path))
