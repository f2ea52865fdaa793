"""A project's requirements are split, each list is locked, and all is written into one folder, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from packaging.markers import Marker

from deadweight.core.errors import UsageError
from deadweight.core.requirement import Declared, Pinned, Place, Role
from deadweight.dependencies.asking import bounds, texts
from deadweight.dependencies.lists import CORE
from deadweight.dependencies.split_outcome import SplitOutcome, Trial, Weighed
from deadweight.dependencies.splitting import Kept, Split, split
from deadweight.formats.output import whole_directory
from deadweight.pipeline.dependencies.judging import Judged
from deadweight.pipeline.dependencies.locking import Asked, Form, Wish, lock_text
from deadweight.requirements.index_options import index_options
from deadweight.requirements.resolving.resolution import Resolved, resolve
from deadweight.requirements.uv import Uv
from deadweight.requirements.writing.groups import Line, with_groups
from deadweight.requirements.writing.list_file import list_text, local_line


@dataclass(frozen=True, slots=True)
class SplitOrder:
    """How a project is split: where to, for what, in which form, into `groups` of a pyproject.toml or into files.

    `unsafe` leaves out of the core what may be unused, too.
    """

    out: Path
    wish: Wish
    form: Form = Form.REQUIREMENTS
    groups: bool = False
    unsafe: bool = False


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists with the exact versions of each."""

    split: Split
    locks: Mapping[str, Resolved]


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


def files_of(judged: Judged, order: SplitOrder, lists: Lists) -> Mapping[str, str]:
    """The text of each file by its name."""
    files: dict[str, str] = {}
    if order.groups:
        files["pyproject.toml"] = _grouped(judged, lists.split)
    for name, kept in lists.split.lists.items():
        source = "pyproject.toml" if order.groups else f"requirements-{name}.txt"
        if not order.groups:
            files[source] = list_text(tuple(_lines(judged, order, kept)), _heading(judged, name))
        locked = f"pylock.{name}.toml" if order.form is Form.PYLOCK else f"requirements-{name}.lock.txt"
        files[locked] = lock_text(lists.locks[name], (source,), order.form)
    return files


def _asked(judged: Judged, kept: Sequence[Kept]) -> Asked:
    stated = judged.project.declarations
    folder = judged.folder
    items = [Declared(one.name, one.requirement, Role.CORE, Place(""), path=one.path) for one in kept]
    options = index_options(folder, stated.files)
    return Asked(folder, texts(items, folder), bounds(stated), options, stated.requires_python)


def _lines(judged: Judged, order: SplitOrder, kept: Sequence[Kept]) -> Iterator[Line]:
    for one in kept:
        text = one.requirement
        if one.path:
            here = (judged.folder / one.path).absolute()
            text = local_line(one.requirement, here, order.out.absolute(), editable=one.is_editable)
        yield Line(text, one.note)


def _heading(judged: Judged, name: str) -> tuple[str, ...]:
    of = judged.project.declarations.name or judged.folder.absolute().name
    told = {CORE: f"what {of} needs at run time"}.get(name, f"what {of} needs besides: {name}")
    return (f"{told}; written by deadweight deps split",)


def _grouped(judged: Judged, parts: Split) -> str:
    path = judged.folder / "pyproject.toml"
    if not path.is_file():
        raise UsageError(
            "there is no pyproject.toml to have groups",
            where=str(judged.folder),
            advice="Split into requirements files: leave --groups out.",
        )
    lines = {name: [Line(one.requirement, one.note) for one in kept] for name, kept in parts.lists.items()}
    rest = {name: several for name, several in lines.items() if name not in (CORE, "build")}
    groups = {name: several for name, several in rest.items() if not name.startswith("extra-")}
    return with_groups(path.read_text("utf-8"), lines.get(CORE, ()), groups)


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
