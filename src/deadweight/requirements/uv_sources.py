"""[tool.uv.sources] of pyproject.toml: where uv takes a requirement from, which its own text does not say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from packaging.utils import canonicalize_name

from deadweight.core.requirement import Declarations, Declared
from deadweight.requirements.toml_document import Document, Table, document

_FILE = "pyproject.toml"


def with_sources(stated: Declarations, folder: Path) -> Declarations:
    """The declarations with the source of each requirement of pyproject.toml that [tool.uv.sources] names."""
    if not any(one.place.path == _FILE for one in stated.items):
        return stated
    toml = document(folder, _FILE)
    named: dict[str, object] = {
        canonicalize_name(name): told for name, told in toml.table("tool", "uv", "sources").items()
    }
    return replace(stated, items=tuple(_with_source(one, named, toml) for one in stated.items)) if named else stated


def _with_source(one: Declared, named: Mapping[str, object], toml: Document) -> Declared:
    if one.place.path != _FILE or one.name not in named:
        return one
    told = named[one.name]
    tables = [table for table in (told if isinstance(told, list) else [told]) if isinstance(table, Mapping)]
    path = next((str(table["path"]) for table in tables if "path" in table), "")
    return replace(one, path=one.path or path, source=", ".join(_sources(tables, toml)))


def _sources(tables: list[Table], toml: Document) -> Iterator[str]:
    for table in tables:
        if "git" in table:
            at = next((f"@{table[key]}" for key in ("rev", "tag", "branch") if key in table), "")
            yield f"git+{table['git']}{at}"
        elif "index" in table:
            yield _index(toml, str(table["index"]))
        else:
            yield "workspace" if table.get("workspace") else str(table.get("url") or table.get("path", ""))


def _index(toml: Document, name: str) -> str:
    """The address of the index of that name; the name where the file states none."""
    listed = toml.table("tool", "uv").get("index", ())
    return next((str(one["url"]) for one in listed if one.get("name") == name and "url" in one), name)
