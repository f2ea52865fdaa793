"""The metadata folders of a site, and the bodies of their files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from deadweight.core.gap import Gap
from deadweight.core.limits import DEFAULT_LIMITS
from deadweight.owners.dist_info import stated_lines


@dataclass(frozen=True, slots=True)
class Info:
    """The metadata of one distribution: its folder (or its only file), the site it describes, the files it has.

    `is_linked` is whether a link of `setup.py develop` leads to it, so that its code is not installed.
    """

    path: str
    site: str
    names: frozenset[str]
    is_linked: bool = False

    def body(self, name: str) -> bytes | None:
        """The bytes of one of its files, None where it has none of the name; raises OSError where they are barred.

        More than metadata can have (64 MB) raises OSError too.
        """
        if name not in self.names:
            return None
        with open(f"{self.path}/{name}" if name else self.path, "rb") as file:
            body = file.read(DEFAULT_LIMITS.metadata + 1)
        if len(body) > DEFAULT_LIMITS.metadata:
            raise OSError(f"it has more than {DEFAULT_LIMITS.metadata} bytes")
        return body

    @property
    def metadata(self) -> bytes | None:
        """The body of METADATA or PKG-INFO."""
        return self.body("METADATA") or self.body("PKG-INFO") or self.body("")


def infos(site: str) -> Iterator[Info | Gap]:
    """The metadata of every distribution that lies in the site, by name; what an interrupted install left is a gap."""
    with os.scandir(site) as entries:
        found = sorted(entries, key=lambda entry: entry.name)
    for entry in found:
        name = entry.name
        if name.startswith("~") and name.endswith((".dist-info", ".egg-info")):
            yield Gap("environment", entry.path, "left by an install that was interrupted; not counted")
        elif name.endswith(".egg-link") and entry.is_file():
            yield from _linked(entry.path)
        elif name.endswith(".egg") and entry.is_dir():
            yield from _opened(f"{entry.path}/EGG-INFO", entry.path)
        elif name.endswith((".dist-info", ".egg-info")):
            yield from _opened(entry.path, site)


def _opened(path: str, site: str) -> Iterator[Info | Gap]:
    """The metadata folder or file with the names of what is in it; pipes and devices are never opened."""
    if Path(path).is_file():
        yield Info(path, site, frozenset(("",)))
        return
    try:
        with os.scandir(path) as entries:
            yield Info(path, site, frozenset(entry.name for entry in entries if entry.is_file()))
    except OSError as error:
        yield Gap("environment", path, f"it cannot be read: {error.strerror}")


def _linked(link: str) -> Iterator[Info | Gap]:
    """The metadata that a link of `setup.py develop` leads to."""
    with open(link, "rb") as file:
        lines = stated_lines(file.read(1 << 16))
    folder = lines[0] if lines else ""
    eggs = sorted(Path(folder).glob("*.egg-info")) if folder else []
    if not eggs:
        yield Gap("environment", link, f"it leads to {folder or 'nothing'}, and no egg-info is there")
    for egg in eggs:
        for found in _opened(str(egg), folder):
            yield replace(found, is_linked=True) if isinstance(found, Info) else found
