"""Why a path or an owner is in the artifact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from deadweight.core.entry import Entry, Kind
from deadweight.core.owner import NOBODY, Owner
from deadweight.core.scene import Fact, Scene
from deadweight.facts.distributions import DISTRIBUTIONS
from deadweight.facts.requirement_graph import REQUIREMENTS
from deadweight.facts.same_bytes import SAME_BYTES

MOST_COPIES = 20


@dataclass(frozen=True, slots=True)
class Origin:
    """The layer that brought something, and the instruction of its history; -1 and empty where there are no layers."""

    layer: int
    instruction: str
    files: int
    size: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why something is there: its owner and how that is known, its layers, who needs it, and its copies.

    `needed_by` says who requires the owner and by which requirement; empty for what nobody requires. `copies` are
    paths with the same bytes. `hidden` counts the stored bytes of the same paths in lower layers, and `hidden_by`
    says, for what is not seen at all, which layers hide it.
    """

    subject: str
    owner: str
    kind: str
    source: str
    files: int
    size: int
    hidden: int
    origins: tuple[Origin, ...]
    needed_by: tuple[str, ...]
    needs: tuple[str, ...]
    copies: tuple[str, ...]
    rivals: tuple[str, ...]
    hidden_by: tuple[str, ...] = ()


def explain(scene: Scene, subject: str) -> Explanation | None:
    """Why the path, or all that the owner of that name has, is there; None where nothing is called so."""
    entries = _entries(scene, subject.strip("/"))
    if entries:
        owner = _main_owner(scene, entries)
    else:
        named = _owner_named(scene, subject)
        if named is None:
            return _never_seen(scene, subject)
        owner = named
        entries = [entry for entry in scene.listing.entries if scene.ownership.of(entry.path) == owner]
    return _explained(scene, subject, owner, entries)


def _entries(scene: Scene, path: str) -> list[Entry]:
    here = scene.listing.by_path.get(path)
    return [*([here] if here else []), *(scene.listing.under(path) if path else ())]


def _never_seen(scene: Scene, subject: str) -> Explanation | None:
    """Why a path is stored that a later layer hides."""
    path = subject.strip("/")
    under = f"{path}/"
    shadows = [one for one in scene.artifact.inventory.shadowed if f"{one.entry.path}/".startswith(under)]
    if not path or not shadows:
        return None
    made = {layer.index: layer.created_by for layer in scene.artifact.layers}
    hiders = dict.fromkeys((one.cause, one.by) for one in shadows)
    said = _explained(scene, subject, NOBODY, [one.entry for one in shadows])
    return replace(said, hidden_by=tuple(f"layer {by} ({cause}): {made.get(by, '')}" for cause, by in hiders))


def _main_owner(scene: Scene, entries: Sequence[Entry]) -> Owner:
    sizes: dict[Owner, int] = {}
    for entry in entries:
        owner = scene.ownership.of(entry.path)
        sizes[owner] = sizes.get(owner, 0) + entry.size + 1
    return max(sizes, key=lambda owner: sizes[owner])


def _owner_named(scene: Scene, name: str) -> Owner | None:
    wanted = name.lower().replace("_", "-")
    owners = {*scene.ownership.owners.values(), NOBODY}
    fits = [owner for owner in owners if wanted in (owner.name.lower().replace("_", "-"), str(owner).lower())]
    return min(fits, key=lambda owner: (owner.kind, owner.version), default=None)


def _explained(scene: Scene, subject: str, owner: Owner, entries: Sequence[Entry]) -> Explanation:
    paths = {entry.path for entry in entries}
    contests = (contest for contest in scene.ownership.contests if contest.path in paths)
    rivals = {str(rival) for contest in contests for rival in contest.owners if rival != owner}
    needed_by, needs = _needs(scene, owner)
    return Explanation(
        subject=subject,
        owner=str(owner),
        kind=owner.kind,
        source=scene.ownership.sources.get(owner, ""),
        files=sum(entry.kind is not Kind.DIRECTORY for entry in entries),
        size=sum(entry.size for entry in entries),
        hidden=sum(one.entry.stored for one in scene.artifact.inventory.shadowed if one.entry.path in paths),
        origins=_origins(scene, entries),
        needed_by=needed_by,
        needs=needs,
        copies=_copies(scene, paths),
        rivals=tuple(sorted(rivals)),
    )


def _origins(scene: Scene, entries: Sequence[Entry]) -> tuple[Origin, ...]:
    by_layer: dict[int, list[Entry]] = {}
    for entry in entries:
        by_layer.setdefault(entry.layer, []).append(entry)
    layers = {layer.index: layer.created_by for layer in scene.artifact.layers}
    return tuple(
        Origin(index, layers[index], len(group), sum(entry.size for entry in group))
        for index, group in sorted(by_layer.items())
        if index in layers
    )


def _needs(scene: Scene, owner: Owner) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Who requires the distribution, and what it requires, in words."""
    by_info = {one.info: one for one in scene.ask(DISTRIBUTIONS)}
    mine = [one.info for one in by_info.values() if one.owner == str(owner)]
    graph = scene.ask(REQUIREMENTS) if mine else None
    if graph is None:
        return (), ()
    needs = [need for info in mine for need in graph.why(info)]
    asking = {f"{by_info[need.by].owner}, which requires {need.requirement}" for need in needs if need.by in by_info}
    return tuple(sorted(asking)), tuple(sorted(line for info in mine for line in by_info[info].requires))


def _copies(scene: Scene, paths: set[str]) -> tuple[str, ...]:
    """Other files with the same bytes as a single file; of many files nothing is said."""
    if len(paths) != 1:
        return ()
    groups: Mapping[str, Sequence[Entry]] = {
        entry.path: group for group in scene.ask(SAME_BYTES) for entry in group if entry.path in paths
    }
    found = [entry.path for group in groups.values() for entry in group if entry.path not in paths]
    return tuple(found[:MOST_COPIES])


OWNERS: Fact[tuple[str, ...]] = Fact(
    "owners", lambda scene: tuple(sorted({str(owner) for owner in scene.ownership.owners.values()}))
)
"""The owners that there are, as they spell themselves, sorted."""
