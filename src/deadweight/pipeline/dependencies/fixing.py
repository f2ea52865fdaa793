"""A project's own files are edited by what was found, checked before, and written all or none."""

from __future__ import annotations

import difflib
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement

from deadweight.core.errors import DeadweightError, UsageError
from deadweight.core.requirement import Declarations, Declared
from deadweight.dependencies.fixing import Fixes, fixes
from deadweight.dependencies.homes import place_of
from deadweight.pipeline.dependencies.judging import Judged
from deadweight.pipeline.dependencies.mirror import mirrored
from deadweight.requirements.declarations import declarations
from deadweight.requirements.editing.files import edited
from deadweight.requirements.writing.replacing import replace_files

_Stated = Counter[tuple[str, str, str, str]]


@dataclass(frozen=True, slots=True)
class Fixed:
    """What is to be done, and each file that changes by its path: its bytes before (None: there is none) and after."""

    fixes: Fixes
    before: Mapping[str, bytes | None]
    after: Mapping[str, bytes]

    def difference(self) -> str:
        """The unified diff of all files."""
        return "".join(line for path in self.after for line in self._of_file(path))

    def _of_file(self, path: str) -> Iterator[str]:
        before, after = self.before[path], self.after[path]
        names = (f"a/{path}" if before is not None else "/dev/null", f"b/{path}")
        for line in difflib.unified_diff(_lines(before or b""), _lines(after), *names):
            yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def fixed(judged: Judged, *, unsafe: bool = False) -> Fixed:
    """What would be done to the project's files; nothing is written.

    Raises UsageError where an edit would not come out as it is meant: then none is made.
    """
    found = fixes(judged.project.declarations, judged.verdicts, judged.project.environment, unsafe=unsafe)
    before, after = {}, {}
    for edit in found.edits():
        path = judged.folder / edit.path
        before[edit.path] = path.read_bytes() if path.is_file() else None
        after[edit.path] = edited(before[edit.path] or b"", edit)
    _check(judged, found, after)
    return Fixed(found, before, after)


def apply(folder: Path, what: Fixed) -> None:
    """Write the files, all or none; raises UsageError where one is not any more what it was when it was read."""
    for path, before in what.before.items():
        now = (folder / path).read_bytes() if (folder / path).is_file() else None
        if now != before:
            raise UsageError("it was changed meanwhile: nothing was written", where=path, advice="Run it again.")
    replace_files({folder / path: data for path, data in what.after.items()})


def _check(judged: Judged, found: Fixes, after: Mapping[str, bytes]) -> None:
    """The project must read back as before, without what is removed and with what is added."""
    if not after:
        return
    stated = judged.project.declarations
    wanted = _stated(stated)
    for step in found.steps:
        if step.removal:
            wanted -= Counter([_removed(stated, step.removal[0], step.removal[1].line, step.name)])
        if step.addition:
            path, one = step.addition
            wanted += Counter([(path, one.key, step.name, _plain(one.requirement, step.name))])
    with tempfile.TemporaryDirectory(prefix="deadweight-") as room:
        mirrored(judged.folder, Path(room), after)
        try:
            read = _stated(declarations(Path(room), tuple(dict.fromkeys((*judged.project.files, *after)))))
        except DeadweightError as fault:
            raise UsageError(f"the edit would break a file, so none is made: {fault.message}") from fault
    if read != wanted:
        raise UsageError(f"the edit would not read back as meant, so none is made: {_unlike(wanted, read)}")


def _stated(stated: Declarations) -> _Stated:
    return Counter(map(_key, (one for one in stated.items if not one.is_constraint)))


def _key(one: Declared) -> tuple[str, str, str, str]:
    home = place_of(one)
    return home.path, home.key, one.name, _plain(one.requirement, one.name)


def _removed(stated: Declarations, path: str, line: int, name: str) -> tuple[str, str, str, str]:
    return next(_key(one) for one in stated.items if (one.place.path, one.place.line, one.name) == (path, line, name))


def _plain(requirement: str, name: str) -> str:
    """The requirement in one spelling."""
    parsed = Requirement(requirement.removeprefix("-e "))
    parsed.name = name
    return str(parsed)


def _unlike(wanted: _Stated, read: _Stated) -> str:
    missing, strange = sorted(wanted - read), sorted(read - wanted)
    told = [f"{path} lacks {text}" for path, _, _, text in missing]
    return "; ".join((*told, *(f"{path} has {text}" for path, _, _, text in strange)))


def _lines(data: bytes) -> list[str]:
    return data.decode("utf-8", "replace").splitlines(keepends=True)
