"""The files that a split writes: a list and a lock each, or a pyproject.toml with groups and the locks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from deadweight.core.errors import UsageError
from deadweight.dependencies.lists import CORE
from deadweight.dependencies.splitting import Kept, Split
from deadweight.pipeline.dependencies.judging import Judged
from deadweight.pipeline.dependencies.locking import Form, lock_text
from deadweight.pipeline.dependencies.split_order import Lists, SplitOrder
from deadweight.requirements.writing.groups import Line, with_groups
from deadweight.requirements.writing.list_file import list_text, local_line


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
