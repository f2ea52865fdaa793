"""A project's requirements are split, each list is locked, and all is written into one folder, whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from packaging.markers import Marker

from deadweight.core.requirement import Declared, Pinned, Place, Role
from deadweight.dependencies.lists import CORE
from deadweight.dependencies.split_outcome import SplitOutcome, Trial, Weighed
from deadweight.dependencies.splitting import Kept, Split, split
from deadweight.formats.output import whole_directory
from deadweight.pipeline.dependencies.judging import Judged
from deadweight.pipeline.dependencies.locking import Asked, asking
from deadweight.pipeline.dependencies.split_files import files_of
from deadweight.pipeline.dependencies.split_order import Lists, SplitOrder
from deadweight.requirements.resolving.resolution import Resolved, resolve
from deadweight.requirements.uv import Uv


def split_lists(uv: Uv, judged: Judged, order: SplitOrder) -> Lists:
    """The lists of the project, each resolved by itself. Raises as `Uv.run` does."""
    parts = split(judged.project.declarations, judged.verdicts, judged.project.environment)
    return resolved_lists(uv, judged, order, parts)


def resolved_lists(uv: Uv, judged: Judged, order: SplitOrder, parts: Split) -> Lists:
    """Each list resolved by itself, keeping to the versions that the project has, then to those of lists before."""
    preferred = dict(judged.versions)
    locks: dict[str, Resolved] = {}
    wanted = order.wish.targets(judged.project.declarations.requires_python)
    for name, kept in parts.lists.items():
        locks[name] = resolve(uv, _asked(judged, kept).demand(preferred, order.wish), wanted)
        preferred.update({pin.name: pin.version for pin in locks[name].pins})
    return Lists(parts, locks)


def core_of(uv: Uv, judged: Judged, order: SplitOrder, lists: Lists) -> Resolved:
    """The core list for the target of this order, with the versions that the lists have wherever they fit."""
    kept = lists.split.lists.get(CORE, ())
    preferred = {**judged.versions, **{pin.name: pin.version for pin in lists.locks[CORE].pins}} if kept else {}
    wanted = order.wish.targets(judged.project.declarations.requires_python)
    return resolve(uv, _asked(judged, kept).demand(preferred, order.wish), wanted)


def write_lists(judged: Judged, order: SplitOrder, lists: Lists, trial: Trial | None = None) -> SplitOutcome:
    """Write the folder: a list and a lock each, or a pyproject.toml with groups and the locks; nothing of it before."""
    files = files_of(judged, order, lists)
    with whole_directory(order.out) as room:
        for name, text in files.items():
            (room / name).write_text(text, "utf-8")
    return replace(outcome_of(judged, order, lists, trial), written=True)


def outcome_of(judged: Judged, order: SplitOrder, lists: Lists, trial: Trial | None = None) -> SplitOutcome:
    """What came of it, for the report."""
    return SplitOutcome(
        out=str(order.out),
        split=lists.split,
        weights=tuple(_weighed(judged, lists, name) for name in lists.split.lists),
        files=files_of(judged, order, lists),
        whole=_whole(judged),
        trial=trial,
        gaps=judged.project.gaps,
    )


def _asked(judged: Judged, kept: Sequence[Kept]) -> Asked:
    items = [Declared(one.name, one.requirement, Role.CORE, Place(""), path=one.path) for one in kept]
    return asking(judged.folder, judged.project.declarations, items)


def _weighed(judged: Judged, lists: Lists, name: str) -> Weighed:
    lock = lists.locks[name]
    size = _installed_size(judged, lock.pins)
    return Weighed(name, len(lists.split.lists[name]), len(lock.pins), lock.download, size)


def _installed_size(judged: Judged, pins: Sequence[Pinned]) -> int | None:
    """The bytes that those for this environment have in it, None where one of them is not there."""
    installed = judged.project.environment
    if installed is None:
        return None
    here = {pin.name for pin in pins if not pin.marker or Marker(pin.marker).evaluate(dict(installed.markers))}
    if not here <= installed.by_name.keys():
        return None
    return sum(installed.by_name[name].size or 0 for name in here)


def _whole(judged: Judged) -> Weighed | None:
    """All that is installed now, as a list."""
    installed = judged.project.environment
    if installed is None:
        return None
    bytes_there = sum(one.size or 0 for one in installed.distributions)
    return Weighed("now", len(judged.project.declared), len(installed.distributions), None, bytes_there)
