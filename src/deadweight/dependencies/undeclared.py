"""What a project uses and does not ask for, and which of it something else happens to bring."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from deadweight.core.project import Project
from deadweight.core.requirement import Place, Role
from deadweight.core.usage import Usage
from deadweight.core.verdict import Fault, Verdict
from deadweight.dependencies.bringing import Bringing
from deadweight.dependencies.ledger import Account
from deadweight.dependencies.mapping import GUESSED, STATED
from deadweight.facts.python_imports import LATE

_VENDORED = frozenset({"vendored", "vendor", "_vendor", "_vendored", "third_party", "extern", "externals"})
_ALWAYS_THERE = frozenset({"pip", "setuptools", "wheel"})


def undeclared(project: Project, accounts: Mapping[str, Account], brought: Bringing) -> Iterator[Verdict]:
    """A verdict for each distribution that is needed and that nothing of the project declares."""
    for name, account in accounts.items():
        if name in project.declared or name == project.declarations.name:
            continue
        uses, is_sure = _counting(project, account)
        if uses and not (name in _ALWAYS_THERE and not any(use.role.runs for use in uses)):
            yield _verdict(project, account, uses, brought.chain(name), is_sure=is_sure)


def _counting(project: Project, account: Account) -> tuple[tuple[Usage, ...], bool]:
    """The uses that must be asked for, production's first, and whether that is sure: a guessed name is not."""
    if runs := tuple(use for use in account.needed(Role.CORE, Role.EXTRA) if _counts(use, account)):
        late = all(use.says == LATE for use in runs) and bool(project.declarations.name)
        return runs, account.basis != GUESSED and not late
    others = tuple(use for use in account.needed(Role.TEST, Role.BUILD, Role.DEVELOPMENT) if use.module)
    states = any(one.role in (Role.TEST, Role.DEVELOPMENT) for one in project.declarations.items)
    return (others, account.basis != GUESSED) if others and states else ((), False)


def _counts(use: Usage, account: Account) -> bool:
    """Whether it must be asked for: what others' code in the project needs they had their own reasons for.

    A program that is not installed with Python may be the system's: only what is surely a distribution's counts.
    """
    return (bool(use.module) or account.basis == STATED) and _VENDORED.isdisjoint(use.place.path.split("/"))


def _verdict(
    project: Project, account: Account, uses: tuple[Usage, ...], chain: tuple[str, ...], *, is_sure: bool
) -> Verdict:
    here = _where(project, uses[0].role)
    return Verdict(
        fault=Fault.TRANSITIVE if len(chain) > 1 else Fault.UNDECLARED,
        name=account.name,
        says=_sentence(project, account, uses[0].role, chain),
        advice=f"ask for it in {here.path}",
        places=(here,),
        uses=uses,
        basis=account.basis,
        is_sure=is_sure,
    )


def _sentence(project: Project, account: Account, role: Role, chain: tuple[str, ...]) -> str:
    who = _WHO.get(role, "the code" if role.runs else "developers")
    if len(chain) > 1:
        through = f" through {', '.join(chain[1:-1])}" if len(chain) > 2 else ""
        return f"{who} use{_s(who)} it, and it is there only because {chain[0]} brings it{through}"
    missing = project.environment is not None and account.name not in project.environment.by_name
    late = all(use.says == LATE for use in account.needed(Role.CORE, Role.EXTRA)) and role.runs
    return (
        f"{who} use{_s(who)} it, and nothing asks for it"
        + (", only in functions: it may be left to whoever calls them" if late else "")
        + ("; it is not installed" if missing else "")
    )


def _s(who: str) -> str:
    return "" if who in ("tests", "developers") else "s"


_WHO = {Role.TEST: "tests", Role.BUILD: "the build"}


def _where(project: Project, role: Role) -> Place:
    """Where the requirement would be declared: beside those of its role, else beside those of the core."""
    for wanted in (role, Role.DEVELOPMENT if not role.runs else Role.CORE, Role.CORE):
        found = next((one.place for one in project.declarations.items if one.role is wanted), None)
        if found:
            return Place(found.path, 0, found.key)
    stated = project.declarations.files
    return Place(stated[0] if stated else "requirements.txt")
