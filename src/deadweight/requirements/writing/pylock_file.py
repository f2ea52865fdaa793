"""A lock as pylock.toml (PEP 751)."""

from __future__ import annotations

import json
from collections.abc import Iterator

from deadweight.core.requirement import LockedFile, Pinned
from deadweight.requirements.resolving.resolution import Resolved


def pylock_text(resolved: Resolved) -> str:
    """The text, sorted by name; the same lock gives the same bytes."""
    lines = ['lock-version = "1.0"', *_environments(resolved), *_requires_python(resolved), 'created-by = "deadweight"']
    if not resolved.pins:
        lines.append("packages = []")
    for pin in resolved.pins:
        lines.extend(("", "[[packages]]", *_package(pin)))
    return "\n".join(lines) + "\n"


def _environments(resolved: Resolved) -> Iterator[str]:
    markers = [target.marker for target in resolved.targets if target.marker]
    if markers:
        yield f"environments = [{', '.join(map(_quoted, markers))}]"


def _requires_python(resolved: Resolved) -> Iterator[str]:
    if resolved.lock.requires_python:
        yield f"requires-python = {_quoted(resolved.lock.requires_python)}"


def _package(pin: Pinned) -> Iterator[str]:
    yield f"name = {_quoted(pin.name)}"
    if pin.version:
        yield f"version = {_quoted(pin.version)}"
    if pin.marker:
        yield f"marker = {_quoted(pin.marker)}"
    if pin.source:
        yield from _sourced(pin)
        return
    wheels = sorted((file for file in pin.files if file.name.endswith(".whl")), key=lambda file: file.name)
    for file in (file for file in pin.files if not file.name.endswith(".whl")):
        yield f"sdist = {_file(file)}"
    if wheels:
        yield "wheels = ["
        yield from (f"    {_file(file)}," for file in wheels)
        yield "]"


def _sourced(pin: Pinned) -> Iterator[str]:
    kind, plus, rest = pin.source.partition("+")
    if plus and "://" not in kind:
        url, _, commit = rest.rpartition("@")
        commit, _, below = commit.partition("#subdirectory=")
        more = f", subdirectory = {_quoted(below)}" if below else ""
        yield f"vcs = {{ type = {_quoted(kind)}, url = {_quoted(url)}, commit-id = {_quoted(commit)}{more} }}"
    elif pin.files:
        yield f"archive = {_file(pin.files[0])}"
    else:
        yield f"directory = {{ path = {_quoted(pin.source)} }}"


def _file(file: LockedFile) -> str:
    hashes = ", ".join(f"{name} = {_quoted(value)}" for name, _, value in (one.partition(":") for one in file.hashes))
    size = f", size = {file.size}" if file.size is not None else ""
    return f"{{ name = {_quoted(file.name)}, url = {_quoted(file.url)}{size}, hashes = {{ {hashes} }} }}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
