"""The Python and the platform that an environment is for, as values of markers; nothing of it is run."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from packaging.markers import default_environment

from deadweight.requirements.installed.sites import Sites

_VERSION = re.compile(r"\d+(?:\.\d+){1,2}")
_INTERPRETER = re.compile(r"(?:cp|pp)3(\d+)")
_PLATFORM = re.compile(r"(?:(manylinux|musllinux|linux|macosx)(?:\d+|_\d+_\d+)?_(\w+)|(win)(?:_(amd64|arm64)|32))")
_SYSTEMS = {
    "linux": {"os_name": "posix", "sys_platform": "linux", "platform_system": "Linux"},
    "macosx": {"os_name": "posix", "sys_platform": "darwin", "platform_system": "Darwin"},
    "win": {"os_name": "nt", "sys_platform": "win32", "platform_system": "Windows"},
}
_MACHINES = {"universal2": "arm64", "amd64": "AMD64", "arm64": "ARM64"}


def target_markers(found: Sites, tags: Iterable[str]) -> Mapping[str, str]:
    """The values of PEP 508 markers: by pyvenv.cfg, folders and tags of wheels, else of this Python and machine.

    Without a version that is told, `python_version` is missing from the values.
    """
    tags = tuple(tags)
    version = _stated(found) or found.python or _tagged(tags)
    here: dict[str, str] = {name: str(value) for name, value in default_environment().items()}
    here.update(_platform(found, tags, here["platform_machine"]))
    for name in ("python_version", "python_full_version", "implementation_version"):
        del here[name]
    return {**here, **_implementation(found), **_python(version)}


def _stated(found: Sites) -> str:
    for name in ("version_info", "version"):
        match = _VERSION.match(found.settings.get(name, ""))
        if match:
            return match[0]
    return ""


def _tagged(tags: Iterable[str]) -> str:
    """The version most wheels were built for; a wheel of the stable ABI fits later ones too and tells nothing."""
    parts = (tag.split("-") for tag in tags)
    minors = Counter(
        match[1]
        for part in parts
        if len(part) == 3 and part[1] != "abi3" and (match := _INTERPRETER.fullmatch(part[0]))
    )
    return f"3.{minors.most_common(1)[0][0]}" if minors else ""


def _python(version: str) -> Mapping[str, str]:
    if not version:
        return {}
    full = version if version.count(".") > 1 else f"{version}.0"
    short = ".".join(full.split(".")[:2])
    return {"python_version": short, "python_full_version": full, "implementation_version": full}


def _implementation(found: Sites) -> Mapping[str, str]:
    if found.implementation == "pypy" or found.settings.get("implementation", "").lower() == "pypy":
        return {"implementation_name": "pypy", "platform_python_implementation": "PyPy"}
    return {"implementation_name": "cpython", "platform_python_implementation": "CPython"}


def _platform(found: Sites, tags: Iterable[str], machine: str) -> Mapping[str, str]:
    """The system and machine most wheels were built for, or that the layout is of; empty for none that is told."""
    seen = Counter(match.group(1, 2, 3, 4) for tag in tags if (match := _PLATFORM.fullmatch(tag.rpartition("-")[2])))
    if not seen:
        return _SYSTEMS["win"] if found.folders[0].replace("\\", "/").endswith("Lib/site-packages") else {}
    unix, unix_machine, _, windows_machine = seen.most_common(1)[0][0]
    if not unix:
        return {**_SYSTEMS["win"], "platform_machine": _MACHINES.get(windows_machine or "", "x86")}
    if unix == "macosx":
        return {**_SYSTEMS["macosx"], "platform_machine": "arm64" if unix_machine == "universal2" else unix_machine}
    return {**_SYSTEMS["linux"], "platform_machine": unix_machine or machine}
