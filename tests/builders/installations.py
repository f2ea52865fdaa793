"""Installed distributions that a test makes up: metadata folders as installers write them, and the graphs of parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from deadweight.dependencies.graph import Graph, graph_of
from deadweight.dependencies.node import Ask, Part

PYTHON = "python3.12"
MARKERS = {
    "implementation_name": "cpython",
    "implementation_version": "3.12.4",
    "os_name": "posix",
    "platform_machine": "x86_64",
    "platform_python_implementation": "CPython",
    "platform_release": "",
    "platform_system": "Linux",
    "platform_version": "",
    "python_full_version": "3.12.4",
    "python_version": "3.12",
    "sys_platform": "linux",
}


def virtual_environment(root: Path, settings: str = "version = 3.12.4") -> Path:
    """An empty environment's site directory; its pyvenv.cfg holds the settings."""
    site = root / "lib" / PYTHON / "site-packages"
    site.mkdir(parents=True)
    (root / "pyvenv.cfg").write_text(f"home = /usr/bin\n{settings}\n")
    return site


def install(
    site: Path,
    name: str,
    version: str = "1.0",
    *,
    requires: Iterable[str] = (),
    files: Mapping[str, bytes] | None = None,
    more: Mapping[str, str] | None = None,
    unsized: Iterable[str] = (),
) -> Path:
    """Install a distribution as pip does, with a RECORD of its files; `more` are further files of its metadata.

    Rows of `unsized` files state no size. Gives the metadata folder.
    """
    info = site / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    extras = sorted({line.split("extra ==")[1].strip(" '\")") for line in requires if "extra ==" in line})
    head = [f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}", f"Summary: the {name}"]
    lines = [*head, *(f"Requires-Dist: {one}" for one in requires), *(f"Provides-Extra: {one}" for one in extras)]
    (info / "METADATA").write_text("\n".join(lines) + "\n\nWhat it is.\n")
    for path, text in (more or {}).items():
        (info / path).write_text(text)
    rows = []
    for path, body in (files if files is not None else {f"{name.replace('-', '_')}.py": b"x = 1\n"}).items():
        place = site / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(body)
        rows.append(f"{path},," if path in unsized else f"{path},sha256=x,{len(body)}")
    rows += [f"{info.name}/{one.name},,{one.stat().st_size}" for one in sorted(info.iterdir())]
    (info / "RECORD").write_text("\n".join([*rows, f"{info.name}/RECORD,,"]) + "\n")
    return info


def part(name: str, *requires: str, size: int | None = 1, version: str = "1.0", download: int | None = None) -> Part:
    """A part that needs these."""
    return Part(name, version, size, download, requires)


def graph(parts: Iterable[Part], *asks: str | Ask) -> Graph:
    """The graph of the parts for what is asked for in the core."""
    return graph_of(parts, [one if isinstance(one, Ask) else ask(one) for one in asks], MARKERS)


def ask(requirement: str, group: str = "") -> Ask:
    """A requirement from outside."""
    name = requirement.split(";")[0].split("[")[0].split("=")[0].split("<")[0].split(">")[0].strip()
    return Ask(name, requirement, group, f"pyproject.toml ({group or 'dependencies'})")
