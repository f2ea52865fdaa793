"""Requirements as tables of pyproject.toml: the project's own and its dependency groups (PEP 621, PEP 735)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deadweight.core.errors import Lacking, UsageError

if TYPE_CHECKING:
    from tomlkit import TOMLDocument
    from tomlkit.items import Array


@dataclass(frozen=True, slots=True)
class Line:
    """One requirement with the comment behind it, empty for none."""

    requirement: str
    comment: str = ""


def with_groups(text: str, core: Sequence[Line], groups: Mapping[str, Sequence[Line]]) -> str:
    """The text of a pyproject.toml with these as its dependencies and its only dependency groups; all else stays.

    A file without [project] gets the core as a group called core. Raises UsageError where the text is no TOML.
    """
    document = parsed(text)
    listed = dict(groups)
    if isinstance(document.get("project"), dict):
        project: Any = document["project"]
        if "dependencies" in project.get("dynamic", ()):
            raise UsageError(
                "its dependencies are dynamic: another file states them",
                where="pyproject.toml",
                advice="Split into requirements files: leave --groups out.",
            )
        project["dependencies"] = _array(core)
    else:
        listed = {"core": core, **listed}
    if listed:
        import tomlkit

        table = tomlkit.table()
        for name, lines in listed.items():
            table[name] = _array(lines)
        document["dependency-groups"] = table
    return document.as_string()


def parsed(text: str, where: str = "pyproject.toml") -> TOMLDocument:
    """The document, comments and order kept; UsageError where it is no TOML, Lacking without tomlkit."""
    try:
        import tomlkit
        from tomlkit.exceptions import TOMLKitError
    except ImportError as fault:
        raise Lacking(
            "tomlkit is not installed, and it keeps the comments of TOML files",
            advice="Install deadweight's part for dependencies: pip install 'deadweight[deps]'",
        ) from fault
    try:
        return tomlkit.parse(text)
    except TOMLKitError as fault:
        raise UsageError(f"it is no TOML: {fault}", where=where, advice="Correct the file.") from fault


def _array(lines: Sequence[Line]) -> Array:
    import tomlkit

    array = tomlkit.array()
    for line in _clean(lines):
        array.add_line(line.requirement, comment=line.comment or None, indent="    ")
    if lines:
        array.add_line(indent="")
    return array


def _clean(lines: Sequence[Line]) -> Iterator[Line]:
    """A comment is one line."""
    return (Line(line.requirement, " ".join(line.comment.split())) for line in lines)
