"""What a list of requirements is for, told by the words of its file's, folder's, group's or extra's name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from deadweight.core.requirement import Role

_SURE: Mapping[Role, str] = {
    Role.TEST: "test tests testing tester pytest unittest unittests coverage cov tox",
    Role.DOCUMENTATION: "doc docs documentation sphinx mkdocs rtd readthedocs",
    Role.TYPING: "typing typecheck typechecking mypy pyright",
    Role.DEVELOPMENT: "dev devel develop development developer lint linting linter linters format formatting formatter"
    " style precommit commit hooks black ruff flake8",
}
"""Words that mean the same wherever they stand, an extra that users install included."""

_LIKELY: Mapping[Role, str] = {
    Role.TEST: "unit integration e2e functional ci",
    Role.DOCUMENTATION: "doctest binder",
    Role.TYPING: "types type stubs",
    Role.BUILD: "build builds packaging wheel wheels",
    Role.DEVELOPMENT: "tool tools tooling bench benchmark benchmarks profiling debug example examples notebook"
    " notebooks jupyter local qa quality check checks release publish tasks script scripts github gitlab circleci",
}
"""Words that mean it in a file's, a folder's or a group's name; an extra of such a name may well be for users."""

_CORE = (
    "base common core main prod production runtime run app application install default deploy deployment server service"
    " lock locked frozen freeze pinned compiled all full latest minimal min"
)
_NEUTRAL = "requirements requirement requires reqs req constraints constraint pip in txt yml yaml environment env conda"
_VARIANT = re.compile(r"(?:py|python|cp)?\d[\d_]*|linux|macos|darwin|windows|win32|x86|64|arm64|aarch64|ubuntu|debian")


def role_of_group(name: str) -> Role:
    """What a dependency group is for; one whose name says nothing is for development, for nobody installs it."""
    return _first(words(name), _SURE, _LIKELY) or Role.DEVELOPMENT


def role_of_extra(name: str) -> Role:
    """What an extra is for: users, unless its name says that it is the developers'."""
    return _first(words(name), _SURE) or Role.EXTRA


def role_of_folder(path: str) -> Role | None:
    """What the folders of a path say that it is for, the innermost that says anything; None where none does."""
    parts = PurePosixPath(path).parts[:-1]
    return next((role for part in reversed(parts) if (role := _first(words(part), _SURE, _LIKELY))), None)


def role_of_file(path: str) -> tuple[Role, str]:
    """What a file of requirements is for, and the group that its name makes, empty for the core."""
    told = [
        word for word in words(PurePosixPath(path).name) if not (word in _NEUTRAL.split() or _VARIANT.fullmatch(word))
    ]
    if role := _first(told, _SURE, _LIKELY):
        return role, "-".join(told)
    if folder := role_of_folder(path):
        return folder, str(folder)
    if not told or set(_CORE.split()).intersection(told):
        return Role.CORE, ""
    return Role.EXTRA, "-".join(told)


def words(name: str) -> list[str]:
    """The words of a name, in lower case."""
    return [word for word in re.split(r"[-_.\s+]+", name.lower()) if word]


def _first(told: Iterable[str], *meanings: Mapping[Role, str]) -> Role | None:
    return next(_roles(told, meanings), None)


def _roles(told: Iterable[str], meanings: Iterable[Mapping[Role, str]]) -> Iterator[Role]:
    known = {word: role for meaning in meanings for role, text in meaning.items() for word in text.split()}
    return (known[word] for word in told if word in known)
