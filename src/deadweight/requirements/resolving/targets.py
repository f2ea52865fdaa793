"""For which Pythons and platforms versions are looked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from packaging.version import InvalidVersion, Version

from deadweight.core.errors import UsageError

_SYSTEMS = (("linux", "linux"), ("win32", "windows"), ("darwin", "darwin"), ("darwin", "macos"))
_ALIASES = {"linux": "x86_64", "windows": "AMD64", "macos": "arm64"}
_MACHINES = {"windows": {"x86_64": "AMD64", "aarch64": "ARM64", "i686": "x86"}, "darwin": {"aarch64": "arm64"}}
_PYTHON = re.compile(r"3\.\d{1,2}(?:\.\d{1,2})?")


@dataclass(frozen=True, slots=True)
class Target:
    """One Python ("3.11", empty: the one that runs us) on one platform as uv names it, empty for every platform."""

    python: str = ""
    platform: str = ""

    @property
    def marker(self) -> str:
        """The environment marker that is true just there, empty for every platform."""
        if not self.platform:
            return ""
        parts = [*_platform_markers(self.platform)]
        if self.python:
            parts.append(f"python_version == '{'.'.join(self.python.split('.')[:2])}'")
        return " and ".join(parts)

    @property
    def words(self) -> tuple[str, ...]:
        """The options of uv that mean it."""
        where = ("--python-platform", self.platform) if self.platform else ("--universal",)
        return (*where, *(("--python-version", self.python) if self.python else ()))

    def __str__(self) -> str:
        python = f"Python {self.python}" if self.python else "this Python"
        return f"{python} on {self.platform}" if self.platform else f"{python} or newer on every platform"


def targets(pythons: Sequence[str], platforms: Sequence[str]) -> tuple[Target, ...]:
    """Each Python on each platform; without platforms one target for all, from the oldest Python on.

    Raises UsageError for what is no version of Python.
    """
    for python in pythons:
        if not _PYTHON.fullmatch(python):
            raise UsageError(f"{python!r} is no version of Python", where="--python", advice="Write it as 3.11.")
    if not platforms:
        return (Target(min(pythons, key=Version, default="")),)
    return tuple(Target(python, platform) for platform in platforms for python in (pythons or ("",)))


def oldest(requires_python: str) -> str:
    """The lowest Python that a specifier such as `>=3.11,<4` names, empty where it names none."""
    bounds = re.findall(r"(?:>=|~=|==)\s*(3\.\d+)", requires_python)
    try:
        return min(bounds, key=Version, default="")
    except InvalidVersion:
        return ""


def marker_of(some: Iterable[Target], every: Sequence[Target]) -> str:
    """The marker for what holds for some of the targets, empty where it holds for all."""
    holding = set(some)
    if holding.issuperset(every):
        return ""
    markers = []
    for platform in dict.fromkeys(target.platform for target in every):
        there = [target for target in every if target.platform == platform]
        held = [target for target in there if target in holding]
        markers += [Target("", platform).marker] if len(held) == len(there) else [one.marker for one in held]
    return markers[0] if len(markers) == 1 else " or ".join(f"({one})" for one in markers)


def _platform_markers(platform: str) -> Iterable[str]:
    named = "linux" if "linux" in platform else platform
    system = next((value for value, word in _SYSTEMS if word in named), "")
    if system:
        yield f"sys_platform == '{system}'"
    machine = _ALIASES.get(platform) or platform.partition("-")[0]
    family = "windows" if system == "win32" else system
    if system:
        yield f"platform_machine == '{_MACHINES.get(family, {}).get(machine, machine)}'"
