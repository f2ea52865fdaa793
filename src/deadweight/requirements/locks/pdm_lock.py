"""pdm.lock: hashes, markers, groups, and what each pin needs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from deadweight.core.requirement import Lock, Pinned, Place
from deadweight.core.requirement_seams import LockReader
from deadweight.requirements.lock_tables import files_of, name_of, tables, version_of
from deadweight.requirements.toml_document import Table


def _read(folder: Path, path: str) -> Lock | None:
    lock = tables(folder, path)
    about = lock.toml.table("metadata")
    if "lock_version" not in about:
        return None
    targets = about.get("targets", [])
    python = str(targets[0].get("requires_python", "")) if targets else ""
    return Lock(path, "pdm.lock", _united(lock.pins(_pin)), "" if python == "*" else python)


def _pin(table: Table, place: Place) -> Pinned:
    return Pinned(
        name_of(table),
        version_of(table),
        place,
        needs=tuple(str(Requirement(one)) for one in table.get("dependencies", ())),
        marker=str(table.get("marker", "")),
        groups=tuple("" if group == "default" else canonicalize_name(group) for group in table.get("groups", ())),
        files=tuple(files_of(table.get("files", ()))),
        source=_source(table),
    )


def _source(table: Table) -> str:
    if "git" in table:
        return f"git+{table['git']}@{table.get('revision', table.get('ref', ''))}"
    return str(table.get("url", "") or table.get("path", ""))


def _united(pins: Iterable[Pinned]) -> tuple[Pinned, ...]:
    """One pin for a package and for each set of its extras, which pdm lists apart; the first has the needs of all."""
    found: dict[tuple[str, str, str], Pinned] = {}
    for pin in pins:
        first = found.setdefault((pin.name, pin.version, pin.source), pin)
        found[pin.name, pin.version, pin.source] = replace(
            first,
            needs=tuple(one for one in dict.fromkeys((*first.needs, *pin.needs)) if Requirement(one).name != pin.name),
            groups=tuple(dict.fromkeys((*first.groups, *pin.groups))),
        )
    return tuple(found.values())


LOCK_READER: LockReader = LockReader(
    name="pdm.lock", summary="pdm's lock", names=("pdm.lock",), read=_read, sign=b"lock_version"
)
