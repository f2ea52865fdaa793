"""What a run that failed says that it lacks, and which distribution has it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from packaging.utils import canonicalize_name

from deadweight.core.environment import Environment

_MODULE = re.compile(r"No module named ['\"]?(?P<name>[A-Za-z_][\w.]*)")
_NAMED = (
    re.compile(r"No package metadata was found for ['\"]?(?P<name>[\w.-]+)"),
    re.compile(r"The ['\"](?P<name>[\w.-]+)[^'\"]*['\"] distribution was not found"),
    re.compile(r"Missing optional dependency ['\"](?P<name>[\w.-]+)"),
    re.compile(r"(?:pip|uv pip|conda) install (?:-U |--upgrade )?[`'\"]?(?P<name>[A-Za-z0-9][\w.-]*)"),
    re.compile(r"[`'\"]?(?P<name>[A-Za-z0-9][\w-]*)[`'\"]? (?:must be|is not|needs to be) installed"),
    re.compile(r"requires (?:the )?[`'\"](?P<name>[A-Za-z0-9][\w.-]*)[`'\"]"),
)
_COMMAND = (
    re.compile(r"(?P<name>[A-Za-z0-9][\w.-]*): (?:command )?not found"),
    re.compile(r"No such file or directory: ['\"](?P<name>[\w./-]+)['\"]"),
    re.compile(r"(?:exec|execvp|env):? \W?(?P<name>[\w./-]+)\W?: No such file"),
)


def missing(texts: Iterable[str], whole: Environment) -> Iterator[tuple[tuple[str, str], ...]]:
    """The distributions of the whole environment that the texts say are missing, each with what of it they name.

    What is surest comes first: modules, then distributions by name, then programs.
    """
    said = "\n".join(texts)
    modules = [found["name"].rstrip(".") for found in _MODULE.finditer(said)]
    yield tuple(dict.fromkeys((owner, name) for name in modules for owner in owners_of(name, whole)))
    names = [found["name"] for pattern in _NAMED for found in pattern.finditer(said)]
    yield tuple(dict.fromkeys((owner, name) for name in names for owner in _called(name, whole)))
    paths = [found["name"] for pattern in _COMMAND for found in pattern.finditer(said)]
    programs = [path.rpartition("/")[2] for path in paths]
    yield tuple(dict.fromkeys((owner, name) for name in programs for owner in whole.by_command.get(name, ())))


def _called(name: str, whole: Environment) -> Sequence[str]:
    plain = canonicalize_name(name)
    return (plain,) if plain in whole.by_name else owners_of(name, whole)


def owners_of(module: str, whole: Environment) -> Sequence[str]:
    """The distributions that have the module of the dotted name, else those that have the nearest above it."""
    owners: Mapping[str, Sequence[str]] = whole.by_module
    name = module
    while name:
        if name in owners:
            return owners[name]
        name = name.rpartition(".")[0]
    return ()
