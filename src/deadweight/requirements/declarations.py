"""All that a project asks for: every file of it that states something, each once, united."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from packaging.utils import canonicalize_name

from deadweight.core.errors import UsageError
from deadweight.core.plugins import found
from deadweight.core.requirement import Declarations, Declared, Place, Role
from deadweight.core.requirement_seams import Reader
from deadweight.requirements.project_files import is_called, project_files
from deadweight.requirements.reading import every_one
from deadweight.requirements.uv_sources import with_sources

_OTHERS = frozenset({"fixtures", "fixture", "testdata", "test_data", "test-data", "vendor", "vendored", "templates"})
_OF_THE_ROOT = frozenset({"pyproject.toml", "setup.py", "setup.cfg", "pipfile", "hatch.toml"})
_ORDER = tuple(Role)


def declarations(folder: Path, files: Iterable[str] | None = None) -> Declarations:
    """What the project states in all its files, which are looked for where `files` are not given.

    UsageError tells every problem of every file at once.
    """
    paths = tuple(files) if files is not None else project_files(folder)
    return with_sources(united(_read(folder, paths)), folder)


def readers() -> tuple[Reader, ...]:
    """Every reader, by its module's name."""
    return tuple(plugin.value for plugin in found("deadweight.requirements.readers", "READER", Reader))


def stated_paths(paths: Iterable[str], names: Iterable[str]) -> tuple[str, ...]:
    """The paths of the names that speak for the project, its root's first.

    Neither those of fixtures do, nor those of a project that lies within it: a list deep in its folders counts only
    where there is none near its root.
    """
    known = tuple(names)
    found = [path for path in paths if is_called(path, known) and _may_speak(path)]
    near = [path for path in found if path.count("/") <= (2 if "requirements" in path.rpartition("/")[0] else 1)]
    return tuple(sorted(near or found, key=lambda path: (path.count("/"), path)))


def _may_speak(path: str) -> bool:
    parts = path.split("/")
    if parts[-1].lower() in _OF_THE_ROOT:
        return len(parts) == 1
    return len(parts) <= 4 and "{{" not in path and not _OTHERS.intersection(parts)


def united(stated: Iterable[Declarations]) -> Declarations:
    """Several declarations as one; a requirement that two of them read at one place has the foremost role of both."""
    several = tuple(stated)
    own = next((one.name for one in several if one.name), "")
    items = _once(one for stated in several for one in stated.items)
    return Declarations(
        items=tuple(one for one in items if not _is_own(one, own)),
        name=own,
        requires_python=next((one.requires_python for one in several if one.requires_python), ""),
        extras=tuple(dict.fromkeys(extra for one in several for extra in one.extras)),
        includes=_includes(several, [one for one in items if _is_own(one, own)]),
        scripts=_scripts(several),
        files=tuple(dict.fromkeys(path for one in several for path in one.files)),
        gaps=tuple(dict.fromkeys(gap for one in several for gap in one.gaps)),
    )


def _read(folder: Path, paths: Iterable[str]) -> Iterator[Declarations]:
    """What each reader finds in each file, the files of the project's root first; UsageError with all problems."""
    faults: list[UsageError] = []
    several: list[tuple[str, Declarations]] = []
    known = tuple(paths)
    wanted = [(path, reader) for reader in readers() for path in stated_paths(known, reader.names)]
    for path, reader in sorted(wanted, key=lambda one: (one[0].count("/"), one[0])):
        try:
            several.append((path, reader.read(folder, path)))
        except UsageError as error:
            faults.append(error)
    if faults:
        raise every_one(faults)
    taken = {file for path, one in several if _packages(path) for file in one.files if file != path}
    return (one if _packages(path) else _without(one, taken) for path, one in several)


def _packages(path: str) -> bool:
    return path.lower() in _OF_THE_ROOT


def _without(stated: Declarations, taken: set[str]) -> Declarations:
    """Without what stands in files that the project's metadata is read from: what those are for is said there."""
    return replace(stated, items=tuple(one for one in stated.items if one.place.path not in taken))


def _once(items: Iterable[Declared]) -> tuple[Declared, ...]:
    kept: dict[tuple[str, str, Place], Declared] = {}
    for one in items:
        before = kept.setdefault((one.name, one.requirement, one.place), one)
        if _ORDER.index(one.role) < _ORDER.index(before.role):
            kept[one.name, one.requirement, one.place] = one
    return tuple(kept.values())


def _is_own(one: Declared, own: str) -> bool:
    """Whether it asks for the project itself: `-e .`, or `name[extra]` in another extra."""
    return one.name == own or one.path in (".", "./")


def _includes(several: Iterable[Declarations], own: Iterable[Declared]) -> Mapping[str, tuple[str, ...]]:
    """Which groups include which, those that a requirement of the project on itself with an extra makes too."""
    found = {group: named for one in several for group, named in one.includes.items()}
    for one in own:
        extras = tuple(sorted(map(canonicalize_name, one.parsed.extras)))
        found[one.group] = tuple(dict.fromkeys((*found.get(one.group, ()), *extras)))
    return {group: named for group, named in found.items() if named}


def _scripts(several: Iterable[Declarations]) -> Mapping[str, Mapping[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for one in several:
        for group, named in one.scripts.items():
            found.setdefault(group, {}).update(named)
    return found
