"""One installed distribution, read from its metadata."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from deadweight.core.environment import Installed
from deadweight.core.errors import Corrupt
from deadweight.core.gap import Gap
from deadweight.owners.dist_info import (
    egg_requirements,
    entry_point_groups,
    folder_identity,
    metadata_fields,
    normalised,
    record_sizes,
    stated_lines,
    text_of,
)
from deadweight.requirements.installed.editable import editable, says_editable
from deadweight.requirements.installed.infos import Info
from deadweight.requirements.installed.module_names import dotted_names, files_below
from deadweight.requirements.installed.recorded import Content, located_content, recorded_content

_TAG = re.compile(r"^Tag:\s*(\S+)", re.MULTILINE)
_PROGRAMS = ("console_scripts", "gui_scripts")


@dataclass(slots=True)
class Reading:
    """One reading: where the environment begins, and what could not be told."""

    root: str
    gaps: list[Gap] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)

    def note(self, where: str, reason: str) -> None:
        """Remember that something is not known."""
        self.gaps.append(Gap("environment", where, reason))

    def body(self, info: Info, name: str) -> bytes:
        """One file of the metadata, empty where there is none; one that cannot be read is a gap."""
        try:
            return info.body(name) or b""
        except OSError as error:
            self.note(f"{info.path}/{name}", f"it cannot be read: {error.strerror or error}")
            return b""


def read_distribution(reading: Reading, info: Info) -> Installed | None:
    """What the metadata says; None, and a gap, where it says too little to be a distribution's."""
    fields = _fields(reading, info)
    if fields is None and "RECORD" not in info.names:
        reading.note(info.path, "it holds no METADATA: what was installed here is not known")
        return None
    if not fields:
        reading.note(info.path, "it holds no METADATA: what it requires is not known")
    reading.tags.extend(_TAG.findall(text_of(reading.body(info, "WHEEL"))))
    return _installed(reading, info, fields or {})


def _installed(reading: Reading, info: Info, fields: Mapping[str, tuple[str, ...]]) -> Installed:
    named, told = folder_identity(info.path.removesuffix("/EGG-INFO"))
    is_editable = _is_editable(reading, info)
    content = _content(reading, info, fields)
    groups = entry_point_groups(reading.body(info, "entry_points.txt"))
    return Installed(
        name=normalised((*fields.get("name", ()), named)[0]),
        version=(*fields.get("version", ()), told)[0],
        info=os.path.relpath(info.path, reading.root) if info.path.startswith(reading.root) else info.path,
        size=content.size,
        files=content.files,
        modules=content.modules | _elsewhere(reading, info) if is_editable else content.modules,
        requires=_requires(reading, info, fields),
        extras=tuple(map(normalised, fields.get("provides-extra", ()))),
        entry_points=groups,
        commands=content.programs.union(*(groups.get(group, {}) for group in _PROGRAMS)),
        is_requested="REQUESTED" in info.names,
        is_editable=is_editable,
        modules_known_by=content.known_by,
        summary=(*fields.get("summary", ()), "")[0],
    )


def _fields(reading: Reading, info: Info) -> Mapping[str, tuple[str, ...]] | None:
    try:
        body = info.metadata
    except OSError as error:
        reading.note(info.path, f"its METADATA cannot be read: {error.strerror or error}")
        return None
    return None if body is None else metadata_fields(body)


def _is_editable(reading: Reading, info: Info) -> bool:
    if info.is_linked:
        return True
    body = reading.body(info, "direct_url.json")
    try:
        return bool(body) and says_editable(body)
    except ValueError as error:
        reading.note(f"{info.path}/direct_url.json", f"it is no JSON: {error}")
        return False


def _requires(reading: Reading, info: Info, fields: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    stated = fields.get("requires-dist", ())
    return stated or egg_requirements(text_of(reading.body(info, "requires.txt")))


def _elsewhere(reading: Reading, info: Info) -> frozenset[str]:
    """The modules of an editable install, where its code lies."""
    if info.is_linked:
        return dotted_names(files_below(info.site))
    rows = record_sizes(reading.body(info, "RECORD"))
    found = editable(info.site, [path for path, _ in rows])
    for where, reason in found.unknown:
        reading.note(where, reason)
    return found.modules


def _content(reading: Reading, info: Info, fields: Mapping[str, tuple[str, ...]]) -> Content:
    """What it has: by the list of files that it has, else by the names of its modules."""
    if info.is_linked:
        return Content(0, known_by="egg-link")
    listed: tuple[tuple[str, Callable[[str, bytes], Content]], ...] = (
        ("RECORD", lambda site, body: recorded_content(site, record_sizes(body))),
        ("installed-files.txt", lambda site, body: _installed_files(info, body)),
    )
    for name, read in listed:
        body = reading.body(info, name)
        try:
            if body:
                return read(info.site, body)
        except Corrupt as error:
            reading.note(f"{info.path}/{name}", error.what)
    return _located(reading, info, fields)


def _installed_files(info: Info, body: bytes) -> Content:
    """The lines of installed-files.txt are relative to the egg-info."""
    rows = (os.path.relpath(posixpath.join(info.path, line), info.site) for line in stated_lines(body))
    return recorded_content(info.site, record_sizes("\n".join(rows).encode("utf-8", "surrogateescape")))


def _located(reading: Reading, info: Info, fields: Mapping[str, tuple[str, ...]]) -> Content:
    """What lies where its modules are named to be."""
    if info.path.endswith("/EGG-INFO"):
        inside = {path.partition("/")[0].partition(".")[0] for path in files_below(info.site)}
        return located_content(info.site, sorted(inside - {"EGG-INFO"}), "egg")
    tops = stated_lines(reading.body(info, "top_level.txt"))
    if tops:
        return located_content(info.site, tops, "top_level.txt")
    named = (*fields.get("import-name", ()), *fields.get("import-namespace", ()))
    if named:
        return located_content(info.site, [name.partition(";")[0].strip() for name in named], "Import-Name")
    reading.note(info.path, "no RECORD, top_level.txt or Import-Name tells what it has")
    return Content()
