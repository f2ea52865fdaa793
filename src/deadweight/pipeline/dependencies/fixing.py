"""A project's own files are edited by what was found, checked before, and written all or none."""

from __future__ import annotations

import difflib
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
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

_ROUNDS = 4
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


def fixed(judged: Judged, again: Callable[[Path], Judged], *, unsafe: bool = False) -> Fixed:
    """What would be done to the project's files until nothing is left to do; nothing is written.

    `again` judges a folder as `judged` was: an edit may bring out what there was no list for before. Raises UsageError
    where an edit would not come out as it is meant: then none is made.
    """
    after: dict[str, bytes] = {}
    rounds: list[Fixes] = []
    with tempfile.TemporaryDirectory(prefix="deadweight-") as rooms:
        now = judged
        for number in range(_ROUNDS):
            found = fixes(now.project.declarations, now.verdicts, now.project.environment, unsafe=unsafe)
            rounds.append(found)
            if not found.steps:
                break
            room = Path(rooms) / str(number) / judged.folder.absolute().name
            room.parent.mkdir()
            after |= _edited(now, found, room)
            now = again(room)
    steps = tuple(step for one in rounds for step in one.steps)
    before = {path: _bytes(judged.folder / path) for path in after}
    changed = {path: data for path, data in after.items() if data != before[path]}
    return Fixed(Fixes(steps, rounds[0].skipped), {path: before[path] for path in changed}, changed)


def _edited(judged: Judged, found: Fixes, room: Path) -> Mapping[str, bytes]:
    """The new contents of the files, and the project with them in the room, which must read back as meant."""
    contents = {edit.path: edited(_bytes(judged.folder / edit.path) or b"", edit) for edit in found.edits()}
    mirrored(judged.folder, judged.project.files, contents, room)
    _check(judged, found, room)
    return contents


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def apply(folder: Path, what: Fixed) -> None:
    """Write the files, all or none; raises UsageError where one is not any more what it was when it was read."""
    for path, before in what.before.items():
        if _bytes(folder / path) != before:
            raise UsageError("it was changed meanwhile: nothing was written", where=path, advice="Run it again.")
    replace_files({folder / path: data for path, data in what.after.items()})


def _check(judged: Judged, found: Fixes, room: Path) -> None:
    """The project in the room must read as before, without what is removed and with what is added."""
    stated = judged.project.declarations
    wanted = _stated(stated)
    for step in found.steps:
        if step.removal:
            wanted -= Counter([_removed(stated, step.removal[0], step.removal[1].line, step.name)])
        if step.addition:
            path, one = step.addition
            wanted += Counter([(path, one.key, step.name, _plain(one.requirement, step.name))])
    try:
        files = dict.fromkeys((*judged.project.files, *(edit.path for edit in found.edits())))
        read = _stated(declarations(room, sorted(files)))
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
