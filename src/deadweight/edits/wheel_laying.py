"""Lays the files of a wheel out as an installer does, as staged files by the path that each gets.

Source: PEP 427, "Recording installed projects" and "Entry points" of the PyPA specifications. Headers are left out:
only a compiler reads them.
"""

from __future__ import annotations

import csv
import io
import json
import posixpath
import re
import zipfile
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import IO

from deadweight.core.errors import Corrupt
from deadweight.core.paths import plain
from deadweight.edits.bodies import PIECE, staged
from deadweight.owners.dist_info import entry_point_groups, metadata_fields, record_rows

_LIBRARY = re.compile(r"(?:(.*)/)?lib(?:64)?/python3(?:\.\d+)?/(?:site|dist)-packages")
_UNSTATED = frozenset(("RECORD", "RECORD.jws", "RECORD.p7s", "INSTALLER", "REQUESTED", "direct_url.json"))
_SCRIPT_GROUPS = ("console_scripts", "gui_scripts")
_SCRIPT = """{line}
import sys
from {module} import {name}
if __name__ == "__main__":
    sys.argv[0] = sys.argv[0].removesuffix(".exe")
    sys.exit({reference}())
"""
NOTE = "deadweight.json"
"""A file of the dist-info: which wheel it was, its hash, and what it stands in for."""


@dataclass(frozen=True, slots=True)
class Prefix:
    """Where a distribution is laid out: its site directory, and the first line of scripts."""

    site: str
    interpreter: str = "#!/usr/bin/env python3"

    @property
    def root(self) -> str:
        """The directory that `lib` and `bin` lie in; the site itself where it is no library of an interpreter."""
        match = _LIBRARY.fullmatch(self.site)
        return (match[1] or "") if match else self.site

    @property
    def scripts(self) -> str:
        """The directory of scripts."""
        return posixpath.join(self.root, "bin")


@dataclass(frozen=True, slots=True)
class Laid:
    """One file as it will be: its staged body, its size and SHA-256, and whether it is run."""

    body: Path
    size: int
    sha256: bytes
    executable: bool = False


@dataclass(slots=True)
class _Laying:
    prefix: Prefix
    staging: Path
    files: dict[str, Laid] = field(default_factory=dict)

    def put(self, path: str, body: IO[bytes], executable: bool = False, head: bytes = b"") -> Laid:
        out, digest, size = staged(self.staging, "swap", path), sha256(head), len(head)
        with out.open("wb") as copy:
            copy.write(head)
            while piece := body.read(PIECE):
                copy.write(piece)
                digest.update(piece)
                size += len(piece)
        self.files[path] = Laid(out, size, digest.digest(), executable)
        return self.files[path]


def wheel_metadata(wheel: Path) -> Mapping[str, tuple[str, ...]]:
    """The fields of the wheel's METADATA; raises Corrupt where it has none."""
    with _opened(wheel) as opened:
        return metadata_fields(opened.read(f"{_info(opened, wheel)}/METADATA"))


def laid_out(wheel: Path, prefix: Prefix, note: Mapping[str, str], staging: Path) -> Mapping[str, Laid]:
    """Every file of the wheel as it is installed, with its scripts and a RECORD that is true, staged.

    `note` is written into the dist-info. Raises Corrupt where the wheel is not what its RECORD says, Hostile where a
    name climbs out.
    """
    laying = _Laying(prefix, staging)
    with _opened(wheel) as opened:
        info = _info(opened, wheel)
        stated = {row.path: row.hash for row in record_rows(opened.read(f"{info}/RECORD"))}
        for member in opened.infolist():
            _lay(laying, opened, member, (info, stated))
        _scripts(laying, opened, info)
    place = posixpath.join(prefix.site, info)
    laying.put(f"{place}/INSTALLER", io.BytesIO(b"deadweight\n"))
    laying.put(f"{place}/{NOTE}", io.BytesIO(json.dumps(dict(note), sort_keys=True).encode() + b"\n"))
    laying.put(f"{place}/RECORD", io.BytesIO(_record(laying, f"{place}/RECORD")))
    return laying.files


def _opened(wheel: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(wheel)
    except zipfile.BadZipFile as error:
        raise Corrupt(f"it is no wheel: {error}", where=wheel.name) from error


def _info(opened: zipfile.ZipFile, wheel: Path) -> str:
    named = {name.partition("/")[0] for name in opened.namelist()}
    found = sorted(name for name in named if name.endswith(".dist-info"))
    if len(found) != 1 or not {f"{found[0]}/METADATA", f"{found[0]}/RECORD"} <= set(opened.namelist()):
        raise Corrupt("it holds no whole metadata", where=wheel.name, advice="Fetch it again.")
    return found[0]


def _lay(
    laying: _Laying, opened: zipfile.ZipFile, member: zipfile.ZipInfo, known: tuple[str, Mapping[str, str]]
) -> None:
    info, stated = known
    name = plain(member.filename, info)
    directory, _, last = name.rpartition("/")
    place = None if directory == info and last in _UNSTATED else _place(laying.prefix, info, name)
    if member.is_dir() or place is None:
        return
    path, is_script = place
    with opened.open(member) as body:
        head = _shebang(laying.prefix, body) if is_script else b""
        laid = laying.put(path, body, is_script or bool(member.external_attr >> 16 & 0o111), head)
    if not is_script and not _is_stated(laid, stated.get(name, "")):
        raise Corrupt(f"{name} is not what its RECORD says", where=info, advice="Fetch it again.")


def _place(prefix: Prefix, info: str, name: str) -> tuple[str, bool] | None:
    """The path that a member gets, and whether it is a script; None for what is not installed."""
    data = f"{info.removesuffix('.dist-info')}.data/"
    if not name.startswith(data):
        return posixpath.join(prefix.site, name), False
    scheme, _, rest = name.removeprefix(data).partition("/")
    roots = {"purelib": prefix.site, "platlib": prefix.site, "data": prefix.root, "scripts": prefix.scripts}
    return (posixpath.join(roots[scheme], rest), scheme == "scripts") if scheme in roots and rest else None


def _shebang(prefix: Prefix, body: IO[bytes]) -> bytes:
    """The first line of a script, with the interpreter that it is for where it names any Python (PEP 427)."""
    line = body.readline()
    return f"{prefix.interpreter}\n".encode() if line.startswith(b"#!python") else line


def _is_stated(laid: Laid, stated: str) -> bool:
    return not stated.startswith("sha256=") or stated == _hash(laid)


def _hash(laid: Laid) -> str:
    return f"sha256={urlsafe_b64encode(laid.sha256).rstrip(b'=').decode('ascii')}"


def _scripts(laying: _Laying, opened: zipfile.ZipFile, info: str) -> None:
    name = f"{info}/entry_points.txt"
    groups = entry_point_groups(opened.read(name)) if name in opened.namelist() else {}
    for group in _SCRIPT_GROUPS:
        for script, target in groups.get(group, {}).items():
            text = _script(laying.prefix, target)
            laying.put(posixpath.join(laying.prefix.scripts, plain(script, info)), io.BytesIO(text), executable=True)


def _script(prefix: Prefix, target: str) -> bytes:
    module, _, rest = target.partition("[")[0].strip().partition(":")
    name = rest.strip().partition(".")[0]
    return _SCRIPT.format(line=prefix.interpreter, module=module.strip(), name=name, reference=rest.strip()).encode()


def _record(laying: _Laying, record: str) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows(_rows(laying.prefix.site, laying.files.items()))
    writer.writerow((_relative(laying.prefix.site, record), "", ""))
    return text.getvalue().encode("utf-8", "surrogateescape")


def _rows(site: str, files: Iterable[tuple[str, Laid]]) -> Iterator[tuple[str, str, int]]:
    return ((_relative(site, path), _hash(laid), laid.size) for path, laid in sorted(files))


def _relative(site: str, path: str) -> str:
    return posixpath.relpath(f"/{path}", f"/{site}")
