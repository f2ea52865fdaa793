"""The name that a project's folder states, read without running anything."""

from __future__ import annotations

import configparser
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from packaging.utils import canonicalize_name

_SETUP = re.compile(r"""\bname\s*=\s*(["'])(?P<name>[A-Za-z0-9._-]+)\1""")


def project_name(folder: Path) -> str:
    """The normalised name, empty where none of its files states one that can be read."""
    return canonicalize_name(next((name for name in _stated(folder) if name), ""))


def _stated(folder: Path) -> Iterator[str]:
    yield _of_pyproject(_text(folder / "pyproject.toml"))
    yield _of_setup_cfg(_text(folder / "setup.cfg"))
    called = _SETUP.search(_text(folder / "setup.py"))
    yield called["name"] if called else ""


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig", "replace")
    except OSError:
        return ""


def _of_pyproject(text: str) -> str:
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return ""
    tool = tables.get("tool", {})
    flit = tool.get("flit", {}).get("metadata", {})
    found = tables.get("project", {}).get("name") or tool.get("poetry", {}).get("name")
    return str(found or flit.get("dist-name") or flit.get("module") or "")


def _of_setup_cfg(text: str) -> str:
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        return ""
    return parser.get("metadata", "name", fallback="")
