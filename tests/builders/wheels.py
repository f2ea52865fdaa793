"""Small wheels, whole and true, and folders of them that pip can look in."""

from __future__ import annotations

import zipfile
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path


def wheel_file(
    folder: Path,
    name: str,
    version: str = "1.0",
    files: Mapping[str, bytes] | None = None,
    requires: Iterable[str] = (),
    entry_points: str = "",
    tag: str = "py3-none-any",
) -> Path:
    """A wheel in the folder; `files` are its members, its metadata and RECORD are added."""
    stem = name.replace("-", "_")
    info = f"{stem}-{version}.dist-info"
    lines = "".join(f"Requires-Dist: {one}\n" for one in requires)
    members = dict(files if files is not None else {f"{stem}/__init__.py": b"x = 1\n"})
    members[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{lines}".encode()
    members[f"{info}/WHEEL"] = f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: {tag}\n".encode()
    if entry_points:
        members[f"{info}/entry_points.txt"] = entry_points.encode()
    rows = [f"{path},sha256={_coded(body)},{len(body)}\n" for path, body in members.items()]
    members[f"{info}/RECORD"] = "".join([*rows, f"{info}/RECORD,,\n"]).encode()
    out = folder / f"{stem}-{version}-{tag}.whl"
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as opened:
        for path, body in members.items():
            opened.writestr(path, body)
    return out


def _coded(body: bytes) -> str:
    return urlsafe_b64encode(sha256(body).digest()).rstrip(b"=").decode("ascii")
