"""pylock.toml (PEP 751) as uv writes and prefers it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from packaging.utils import canonicalize_name

from deadweight.core.requirement import LockedFile, Pinned, Place


def pylock_pins(text: str, path: str = "pylock.toml") -> tuple[Pinned, ...]:
    """The pins of the text, in its order."""
    return tuple(_pin(package, path) for package in tomllib.loads(text).get("packages", ()))


def preferring(versions: Mapping[str, str]) -> str:
    """A pylock.toml of nothing but names and versions, which uv keeps to where they fit."""
    packages = (f'[[packages]]\nname = "{name}"\nversion = "{version}"\n' for name, version in sorted(versions.items()))
    return "\n".join(('lock-version = "1.0"\ncreated-by = "deadweight"\n', *packages))


def _pin(package: Mapping[str, Any], path: str) -> Pinned:
    name = canonicalize_name(package["name"])
    return Pinned(
        name=name,
        version=package.get("version", ""),
        place=Place(path, key=f"packages.{name}"),
        marker=package.get("marker", ""),
        files=tuple(_files(package)),
        source=_source(package),
    )


def _files(package: Mapping[str, Any]) -> Iterator[LockedFile]:
    listed = [package[kind] for kind in ("sdist", "archive") if kind in package]
    for file in (*package.get("wheels", ()), *listed):
        url = file.get("url", "") or file.get("path", "")
        hashes = tuple(f"{name}:{value}" for name, value in sorted(file.get("hashes", {}).items()))
        name = file.get("name") or unquote(url.partition("#")[0].rpartition("/")[2])
        yield LockedFile(name, file.get("size"), hashes, url)


def _source(package: Mapping[str, Any]) -> str:
    """Where it is from, when that is no index: `git+URL@commit`, a URL, a folder."""
    if "vcs" in package:
        vcs = package["vcs"]
        at = vcs.get("url") or vcs.get("path", "")
        below = f"#subdirectory={vcs['subdirectory']}" if "subdirectory" in vcs else ""
        return f"{vcs['type']}+{at}@{vcs['commit-id']}{below}"
    for kind in ("archive", "directory"):
        if kind in package:
            return str(package[kind].get("url") or package[kind].get("path", ""))
    return ""
