"""One dependency as Poetry and Pipenv spell it, as PEP 508: a version, or a table of one."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from deadweight.requirements.poetry_version import Converted, converted
from deadweight.requirements.requirement_text import Named, pep508

_VCS = ("git", "hg", "svn", "bzr")
_MARKERS = (
    "os_name",
    "sys_platform",
    "platform_machine",
    "platform_system",
    "platform_python_implementation",
    "python_version",
)


@dataclass(frozen=True, slots=True)
class Dependency:
    """One dependency, and what only its table says of it."""

    named: Named
    is_optional: bool = False
    is_editable: bool = False


def dependencies(name: str, stated: object) -> Iterator[Dependency]:
    """What the value at a name comes to, several where it is a list; ValueError where it is none of the forms."""
    if isinstance(stated, list):
        for one in stated:
            yield from dependencies(name, one)
    elif isinstance(stated, str):
        yield _dependency(name, {"version": stated})
    elif isinstance(stated, Mapping):
        yield _dependency(name, stated)
    else:
        raise ValueError(f"{stated!r} is no version of {name}")


def _dependency(name: str, stated: Mapping[str, Any]) -> Dependency:
    version = converted(str(stated.get("version", "*")))
    url, path = _address(stated), str(stated.get("path", "") or stated.get("file", ""))
    if path.startswith(("http://", "https://")):
        url, path = path, ""
    extras = f"[{','.join(map(str, stated['extras']))}]" if stated.get("extras") else ""
    behind = extras if url or path else extras + version.specifier
    text = _checked(pep508(name, behind, url, " and ".join(_markers(stated))))
    return Dependency(
        Named(canonicalize_name(name), text, posixpath.normpath(path) if path else "", _unknown(name, stated, version)),
        bool(stated.get("optional")),
        bool(stated.get("editable") or stated.get("develop")),
    )


def _checked(requirement: str) -> str:
    try:
        return str(Requirement(requirement))
    except InvalidRequirement as error:
        raise ValueError(f"{requirement!r} is no requirement: {str(error).splitlines()[0]}") from error


def _address(stated: Mapping[str, Any]) -> str:
    kind = next((kind for kind in _VCS if kind in stated), "")
    if not kind:
        return str(stated.get("url", ""))
    at = next((str(stated[key]) for key in ("rev", "tag", "branch", "ref") if key in stated), "")
    below = f"#subdirectory={stated['subdirectory']}" if "subdirectory" in stated else ""
    address = re.sub(r"^git@([^:/]+):", r"ssh://git@\1/", str(stated[kind]))
    return f"{kind}+{address}{'@' + at if at else ''}{below}"


def _markers(stated: Mapping[str, Any]) -> Iterator[str]:
    """Each condition in brackets where it could be two."""
    for key in _MARKERS:
        if key in stated:
            yield f"{key} {stated[key]}"
    if stated.get("markers"):
        yield f"({stated['markers']})"
    if stated.get("platform"):
        yield f"sys_platform == '{stated['platform']}'"
    if stated.get("python"):
        yield from python_markers(str(stated["python"]))


def python_markers(text: str) -> Iterator[str]:
    """The conditions on python_version of a version as Poetry spells it."""
    for one in SpecifierSet(converted(text).specifier):
        full = (
            "python_full_version" if one.version.count(".") > 1 and not one.version.endswith("*") else "python_version"
        )
        yield f"{full} {one.operator} '{one.version}'"


def _unknown(name: str, stated: Mapping[str, Any], version: Converted) -> str:
    if version.is_wider:
        return f"{name} {stated['version']} has alternatives; {version.specifier or 'any version'} stands for them"
    return ""
