"""What a project asks for and does not use, or uses elsewhere than it asks for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from deadweight.core.project import Project
from deadweight.core.requirement import Place, Role
from deadweight.core.usage import Usage
from deadweight.core.verdict import Fault, Verdict
from deadweight.dependencies.doubt import Doubt
from deadweight.dependencies.ledger import Account

_WHO = {
    Role.TEST: "tests",
    Role.DOCUMENTATION: "documentation",
    Role.TYPING: "type checkers",
    Role.BUILD: "the build",
    Role.DEVELOPMENT: "developers",
}


def unused(project: Project, accounts: Mapping[str, Account], doubt: Doubt) -> Iterator[Verdict]:
    """A verdict for each requirement of production that production does not use, and the reverse."""
    for name, role in project.declared.items():
        if name == project.declarations.name:
            continue
        account = accounts.get(name, Account(name))
        if role.runs:
            yield from _of_production(project, account, doubt)
        elif role is not Role.BUILD:
            yield from _of_development(project, account)


def _of_production(project: Project, account: Account, doubt: Doubt) -> Iterator[Verdict]:
    if account.runtime() or account.hints():
        return
    places = _places(project, account.name)
    told = account.elsewhere()
    why_not = _not_sure(project, account, doubt)
    tail = f"; not sure: {why_not}" if why_not else ""
    if account.elsewhere():
        who = _listed(dict.fromkeys(_WHO[use.role] for use in account.elsewhere()))
        says = f"only {who} use{'s' if who in ('documentation', 'the build') else ''} it{tail}"
        group = _group(account.elsewhere())
        yield Verdict(
            Fault.MISPLACED, account.name, says, f"move it to the {group} requirements", places, told, account.basis,
            is_sure=not why_not,
        )  # fmt: skip
        return
    says = f"nothing uses it{tail}"
    yield Verdict(Fault.UNUSED, account.name, says, "drop it", places, told, account.basis, is_sure=not why_not)


def _not_sure(project: Project, account: Account, doubt: Doubt) -> str:
    """Why production may need it after all: a sentence, empty where nothing speaks for it."""
    chain = doubt.demands.bringing(account.name).chain(account.name) if _pins(project, account.name) else ()
    if chain:
        return f"{chain[0]} brings it anyway, and the line may be there for its version"
    return doubt.of(account.name)


def _pins(project: Project, name: str) -> bool:
    """Whether a requirement of the name bounds the version."""
    return any(one.parsed.specifier for one in project.declarations.items if one.name == name)


def _of_development(project: Project, account: Account) -> Iterator[Verdict]:
    """Development's requirement that production needs: what is installed for production then lacks it."""
    needed = tuple(use for use in account.needed(Role.CORE) if use.role is Role.CORE)
    if needed:
        yield Verdict(
            Fault.MISPLACED,
            account.name,
            "what runs in production uses it, and only development asks for it",
            "move it to the requirements of production",
            _places(project, account.name),
            needed,
            account.basis,
        )


def _places(project: Project, name: str) -> tuple[Place, ...]:
    return tuple(one.place for one in project.declarations.items if one.name == name and not one.is_constraint)


def _group(uses: tuple[Usage, ...]) -> str:
    roles = {use.role for use in uses}
    return str(roles.pop()) if len(roles) == 1 else str(Role.DEVELOPMENT)


def _listed(words: Mapping[str, None]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
