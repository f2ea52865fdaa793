"""Findings become a plan: what is made, what is left out and why. Pure; applying decides nothing any more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from deadweight.core.edit import Edit, Safety, Storage
from deadweight.core.entry import Entry, Kind
from deadweight.core.finding import Finding
from deadweight.core.globs import matcher
from deadweight.core.level import Level
from deadweight.core.listing import Listing
from deadweight.core.paths import parents
from deadweight.core.plan import LeftOut, Plan
from deadweight.core.seams import EditKind

REMOVING = frozenset(("remove", "swap"))
"""The kinds after which nothing that a path named is there as it was; what a swap puts there is none of the plan's."""
_SAFETY_ORDER = {safety: place for place, safety in enumerate(Safety)}


@dataclass(frozen=True, slots=True)
class Choice:
    """What the user allows: safeties, how far, rules, and globs of paths to keep.

    All rules of the level look where `select` is empty; one that is selected looks whatever the level. `provable` is
    whether a proof will run; without one no `proven` and no `lossy` edit is made. With `tripwire` a removed module
    that is imported says what removed it.
    """

    safeties: frozenset[Safety] = frozenset((Safety.SAFE, Safety.PROVEN))
    select: frozenset[str] = frozenset()
    ignore: frozenset[str] = frozenset()
    keep: tuple[str, ...] = ()
    provable: bool = True
    level: Level = Level.SAFE
    tripwire: bool = True


Wanted = Choice | Plan
"""What may be cut, or the plan to make true."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """The edits that the findings come to, in the order they are made, and those left out."""

    edits: tuple[Edit, ...]
    left_out: tuple[LeftOut, ...]


@dataclass(slots=True)
class _Draft:
    listing: Listing
    edits: list[Edit] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    taken: dict[int | None, set[str]] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)

    def covered(self, path: str, layer: int | None) -> bool:
        if path in self.taken.get(layer, ()):
            return True
        return layer is None and self._goes(path.rpartition("/")[0])

    def uncovered(self, edit: Edit) -> tuple[str, ...]:
        """The edit's paths that no edit touches yet; each directory above them is looked at once."""
        taken = self.taken.get(edit.layer, set())
        free = [path for path in edit.paths if path not in taken]
        if edit.layer is not None:
            return tuple(free)
        going = {above for above in {path.rpartition("/")[0] for path in free} if self._goes(above)}
        return tuple([path for path in free if path.rpartition("/")[0] not in going] if going else free)

    def _goes(self, directory: str) -> bool:
        return bool(directory) and (directory in self.removed or not self.removed.isdisjoint(parents(directory)))

    def add(self, edit: Edit) -> None:
        self.edits.append(edit)
        self.taken.setdefault(edit.layer, set()).update(edit.paths)
        if edit.kind in REMOVING:
            self.removed.update(edit.paths)

    def leave(self, edit: Edit, why: str) -> None:
        self.left_out.append(LeftOut(edit, why))


def draw(
    findings: Iterable[Finding],
    listing: Listing,
    choice: Choice,
    ability: tuple[Mapping[str, EditKind], frozenset[Storage]],
) -> Drawn:
    """Choose among the findings' edits for a format that can store what `ability` says, by the kinds it names.

    Edits are taken kind by kind in their order, safest first, so that what two rules would cut is cut by the safer
    one and stays cut where the other is undone. A path is edited once; kept paths are never edited.
    """
    kinds, stores = ability
    draft = _Draft(listing)
    keeps = matcher(choice.keep)
    kept = frozenset(entry.path for entry in listing.entries if keeps(entry.path)) if choice.keep else frozenset()
    edits = [edit for finding in findings for edit in finding.edits]
    for edit in sorted(edits, key=lambda edit: _place(edit, kinds)):
        refusal = _refusal(edit, choice) or _unable(edit, kinds, stores)
        if refusal:
            draft.leave(edit, refusal)
        else:
            _take(draft, edit, kept)
    return Drawn(tuple(draft.edits), tuple(draft.left_out))


def _place(edit: Edit, kinds: Mapping[str, EditKind]) -> tuple[int, int, str, str]:
    order = kinds[edit.kind].order if edit.kind in kinds else 0
    return order, _SAFETY_ORDER[edit.safety], edit.rule, edit.paths[0]


def _refusal(edit: Edit, choice: Choice) -> str:
    if edit.rule in choice.ignore or (choice.select and edit.rule not in choice.select):
        return "the rule is not selected"
    if edit.safety is Safety.SUGGESTED:
        return "a person decides"
    if edit.safety not in choice.safeties:
        return f"{edit.safety} edits are not asked for"
    if edit.safety in (Safety.PROVEN, Safety.LOSSY) and not choice.provable:
        return "nothing to prove it with: give --run and --probe"
    return ""


def _unable(edit: Edit, kinds: Mapping[str, EditKind], stores: frozenset[Storage]) -> str:
    kind = kinds.get(edit.kind)
    if kind is None:
        return f"no edit of the kind {edit.kind!r} is known"
    linking = edit.arguments.get("linking")
    missing = [need for need in kind.needs if need not in stores]
    if linking and f"{linking}s" not in {str(one) for one in stores}:
        return f"the format stores no {linking}"
    return f"the format stores no {missing[0]}" if missing else ""


def _take(draft: _Draft, edit: Edit, kept: frozenset[str]) -> None:
    target = edit.arguments.get("target")
    if target is not None and draft.covered(target, None):
        draft.leave(edit, "what it would share is changed by another edit")
        return
    wanted = draft.uncovered(edit)
    paths = tuple(_spared(draft.listing, wanted, kept)) if kept and edit.layer is None else wanted
    if paths:
        draft.add(edit if paths == edit.paths else replace(edit, paths=paths))
    else:
        draft.leave(edit, "its paths are kept" if wanted else "another edit does it already")


def _spared(listing: Listing, paths: Iterable[str], kept: frozenset[str]) -> Iterator[str]:
    """The paths without what is kept; a directory that holds something kept is taken apart."""
    for path in paths:
        if path in kept or any(above in kept for above in parents(path)):
            continue
        below = list(listing.under(path))
        if any(entry.path in kept for entry in below):
            holding = {above for entry in below if entry.path in kept for above in parents(entry.path)}
            yield from (entry.path for entry in below if _goes(entry, kept, holding))
        else:
            yield path


def _goes(entry: Entry, kept: frozenset[str], holding: set[str]) -> bool:
    """Whether the entry goes by its own name: not kept, holding nothing kept, in no directory that is kept."""
    if entry.path in kept or entry.path in holding or any(above in kept for above in parents(entry.path)):
        return False
    return entry.kind is not Kind.DIRECTORY


def gone_bytes(listing: Listing, edits: Iterable[Edit]) -> int:
    """An estimate in unpacked bytes of what the removing and sharing edits take away; each path counts once."""
    by_path = listing.by_path
    gone: set[str] = set()
    for edit in edits:
        if edit.layer is None and edit.kind in (*REMOVING, "share"):
            gone.update(edit.paths)
            folders = [path for path in edit.paths if path not in by_path or by_path[path].kind is Kind.DIRECTORY]
            gone.update(path for folder in folders for path in listing.paths_under(folder))
    return sum(by_path[path].size for path in gone if path in by_path)
