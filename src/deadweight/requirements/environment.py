"""Which environment a project has, and what is installed in one; nothing in it is run or imported."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from deadweight.core.environment import Environment, Installed
from deadweight.core.errors import Refused
from deadweight.core.gap import Gap
from deadweight.requirements.installed.distribution import Reading, read_distribution
from deadweight.requirements.installed.infos import Info, infos
from deadweight.requirements.installed.sites import MARK, Sites, sites
from deadweight.requirements.installed.target import target_markers

_USUAL = (".venv", "venv", "env", ".env")


def find_environment(folder: Path) -> Path | None:
    """The virtual environment that lies in a project's folder: of a usual name, else the first by name."""
    named = [folder / name for name in _USUAL]
    others = sorted(place.parent for place in folder.glob(f"*/{MARK}"))
    return next((place for place in (*named, *others) if (place / MARK).is_file()), None)


def read_environment(path: Path) -> Environment:
    """What is installed in a virtual environment, a folder of `pip install --target`, a Python or a file system.

    The path may also be the interpreter of a virtual environment. What shadows is told of as an import sees it: the
    first site that has a name counts. Raises UsageError, Corrupt or Unknown where nothing at the path is one. What one
    distribution does not tell is a gap.
    """
    root = _root(path)
    found = sites(root)
    reading = Reading(str(root))
    distributions = _distributions(reading, found)
    markers = _markers(reading, found, distributions)
    return Environment(str(path), distributions, markers, tuple(dict.fromkeys(reading.gaps)))


def _root(path: Path) -> Path:
    """The environment of an interpreter that was named, else the path."""
    above = path.parent.parent
    if path.name.startswith(("python", "pypy")) and not path.is_dir() and (above / MARK).is_file():
        return above
    return path


def _distributions(reading: Reading, found: Sites) -> tuple[Installed, ...]:
    """What the sites hold, by name."""
    by_name: dict[str, Installed] = {}
    for site in found.folders:
        here = _of_site(reading, site)
        by_name.update({name: one for name, one in here.items() if name not in by_name})
    return tuple(by_name[name] for name in sorted(by_name))


def _of_site(reading: Reading, site: str) -> Mapping[str, Installed]:
    here: dict[str, Installed] = {}
    for info in _infos(reading, site):
        one = read_distribution(reading, info) if not isinstance(info, Gap) else None
        if isinstance(info, Gap):
            reading.gaps.append(info)
        elif one is not None:
            here[one.name] = _surviving(reading, here.get(one.name), one)
    return here


def _infos(reading: Reading, site: str) -> list[Info | Gap]:
    try:
        return list(infos(site))
    except OSError as error:
        raise Refused(f"it cannot be read: {error.strerror}", where=site) from error


def _surviving(reading: Reading, before: Installed | None, one: Installed) -> Installed:
    """Which of two that one site has by one name counts: the one with more files; an update leaves an empty shell."""
    if before is None:
        return one
    kept, other = (before, one) if before.files > one.files else (one, before)
    if kept.version != other.version:
        reading.note(
            other.info, f"{one.name} is recorded twice, as {other.version} and {kept.version}; the latter counts"
        )
    return kept


def _markers(reading: Reading, found: Sites, distributions: Iterable[Installed]) -> Mapping[str, str]:
    markers = target_markers(found, reading.tags)
    if "python_version" in markers:
        return markers
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    reading.note(os.path.relpath(reading.root), f"nothing tells which Python it is for; {here} is assumed")
    told = {"python_version": here, "python_full_version": f"{here}.0", "implementation_version": f"{here}.0"}
    return {**markers, **told}
