"""What is edited in a project's own files, by the verdicts on its requirements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from deadweight.core.environment import Environment
from deadweight.core.requirement import Declarations, Declared, Role
from deadweight.core.verdict import Fault, Verdict
from deadweight.dependencies.homes import Home, home_of
from deadweight.dependencies.lists import foremost, list_for, list_of
from deadweight.dependencies.splitting import Left, added, placed
from deadweight.requirements.editing.change import Addition, FileEdit, Removal
from deadweight.requirements.editing.files import editor_of

_ADDS = (Fault.UNDECLARED, Fault.TRANSITIVE)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is done: `verb` is removed, moved or added, `says` the reason, the places from and to."""

    verb: str
    name: str
    says: str
    removal: tuple[str, Removal] | None = None
    addition: tuple[str, Addition] | None = None


@dataclass(frozen=True, slots=True)
class Fixes:
    """What is done, in order, and what is not, each with the reason."""

    steps: tuple[Step, ...]
    skipped: tuple[Left, ...] = ()

    def edits(self) -> tuple[FileEdit, ...]:
        """All that changes, a file at a time."""
        paths = dict.fromkeys(path for step in self.steps for path, _ in (*_of(step.removal), *_of(step.addition)))
        return tuple(
            FileEdit(
                path,
                tuple(step.removal[1] for step in self.steps if step.removal and step.removal[0] == path),
                tuple(step.addition[1] for step in self.steps if step.addition and step.addition[0] == path),
            )
            for path in paths
        )


def fixes(
    stated: Declarations, verdicts: Sequence[Verdict], installed: Environment | None, *, unsafe: bool = False
) -> Fixes:
    """What to do about the verdicts: about those that are not sure only where `unsafe`."""
    known = [replace(one, is_sure=True) if unsafe else one for one in verdicts]
    found = [*_of_declared(stated, known), *_of_undeclared(stated, known, installed)]
    steps = tuple(one for one in found if isinstance(one, Step))
    return Fixes(_once(steps), tuple(one for one in found if isinstance(one, Left)))


def _of_declared(stated: Declarations, verdicts: Sequence[Verdict]) -> Iterator[Step | Left]:
    for one in stated.items:
        if one.is_constraint:
            continue
        name, kept = placed(one, verdicts)
        if isinstance(kept, Left):
            yield _removed(one, kept.says)
        elif name != list_of(one):
            yield _moved(stated, one, name, kept.note)
        elif kept.note:
            yield Left(one.name, one.requirement, kept.note, one.place)


def _removed(one: Declared, says: str) -> Step | Left:
    if refusal := _refusal(one.place.path):
        return Left(one.name, one.requirement, f"{says}; {refusal}", one.place)
    return Step("removed", one.name, says, removal=_removal(one))


def _moved(stated: Declarations, one: Declared, name: str, says: str) -> Step | Left:
    if any(other.name == one.name and list_of(other) == name for other in stated.items if not other.is_constraint):
        return _removed(one, f"it is in {name} already")
    home = home_of(stated, name)
    if refusal := _refusal(one.place.path) or _no_home(home, name):
        return Left(one.name, one.requirement, f"{says}; {refusal}", one.place)
    assert home is not None, "_no_home refuses it"
    return Step("moved", one.name, says, _removal(one), (home.path, _addition(one, home)))


def _of_undeclared(
    stated: Declarations, verdicts: Sequence[Verdict], installed: Environment | None
) -> Iterator[Step | Left]:
    for verdict in verdicts:
        if verdict.fault not in _ADDS:
            continue
        name = list_for(foremost(verdict.uses) or Role.CORE)
        kept, home = added(verdict, installed), home_of(stated, name)
        refusal = "not sure" if not verdict.is_sure else _no_home(home, name)
        if refusal or home is None:
            place = verdict.uses[0].place if verdict.uses else None
            yield Left(verdict.name, kept.requirement, f"{verdict.says}; {refusal}", place)
        else:
            yield Step(
                "added", verdict.name, kept.note, addition=(home.path, Addition(kept.name, kept.requirement, home.key))
            )


def _no_home(home: Home | None, name: str) -> str:
    if home is None:
        return f"it is not known which file has the list {name}: add it by hand"
    return _refusal(home.path)


def _refusal(path: str) -> str:
    """Why the file is not edited, empty where it is."""
    if path.endswith("setup.py"):
        return "setup.py is code, which is never edited: do it by hand"
    return "" if editor_of(path) else f"{path} is of a form that is not edited: do it by hand"


def _removal(one: Declared) -> tuple[str, Removal]:
    return one.place.path, Removal(one.name, one.spelled or one.requirement, one.place.line, one.place.key)


def _addition(one: Declared, home: Home) -> Addition:
    """As it is written now, where both are lists of requirements."""
    plain = one.spelled if not home.key and one.place.path.endswith((".txt", ".in")) else ""
    written = f"-e {plain}" if plain and one.is_editable else plain
    return Addition(one.name, written or one.requirement, home.key)


def _once(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Without what is done twice: a name with several markers is added once a text."""
    return tuple(dict.fromkeys(steps))


def _of(one: tuple[str, object] | None) -> tuple[tuple[str, object], ...]:
    return (one,) if one else ()
