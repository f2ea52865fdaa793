"""What could be demanded: the distributions of an environment, or the pins of a lock that hold for a target."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from packaging.markers import InvalidMarker, Marker, UndefinedComparison, UndefinedEnvironmentName
from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from deadweight.core.environment import Environment
from deadweight.core.requirement import Lock, LockedFile, Pinned
from deadweight.dependencies.node import Part


def parts_of_environment(environment: Environment) -> tuple[Part, ...]:
    """The distributions that are installed."""
    return tuple(Part(one.name, one.version, one.size, None, one.requires) for one in environment.distributions)


def parts_of_lock(lock: Lock, markers: Mapping[str, str]) -> tuple[Part, ...]:
    """The pins whose marker holds for the target, with what an installer would download for each.

    A lock may state sizes or not: uv's and PEP 751's do.
    """
    order = preferred_tags(markers)
    return tuple(
        Part(pin.name, pin.version, None, download_of(pin, order), pin.needs) for pin in pins_for(lock, markers)
    )


def pins_for(lock: Lock, markers: Mapping[str, str]) -> tuple[Pinned, ...]:
    """The pins that hold for the target, one for a name: a fork of the lock whose marker holds, before one without."""
    found: dict[str, Pinned] = {}
    for pin in lock.pins:
        if applies(pin.marker, markers):
            before = found.get(pin.name)
            if before is None or (pin.marker and not before.marker):
                found[pin.name] = pin
    return tuple(found.values())


def applies(marker: str, markers: Mapping[str, str]) -> bool:
    """Whether a pin's marker holds; one that asks for extras or groups (PEP 751) holds where it could for any."""
    if not marker:
        return True
    try:
        return Marker(marker).evaluate({**markers, "extra": ""})
    except (UndefinedEnvironmentName, UndefinedComparison, InvalidMarker):
        return True


def preferred_tags(markers: Mapping[str, str]) -> Mapping[Tag, int]:
    """The tags of wheels that fit the target, each with its rank, 0 the best."""
    version = tuple(int(part) for part in markers["python_version"].split(".")[:2])
    platforms = list(_platforms(markers))
    tags = (*cpython_tags(version, platforms=platforms), *compatible_tags(version, platforms=platforms))
    return {tag: rank for rank, tag in reversed(tuple(enumerate(tags)))}


def _platforms(markers: Mapping[str, str]) -> Iterator[str]:
    """The platforms that the target runs wheels of, the best first (PEP 600); glibc up to 2.39 on Linux."""
    machine = markers.get("platform_machine", "x86_64")
    system = markers.get("sys_platform", "linux")
    if system == "win32":
        yield {"AMD64": "win_amd64", "ARM64": "win_arm64"}.get(machine, "win32")
    elif system == "darwin":
        for major in range(15, 10, -1):
            yield from (f"macosx_{major}_0_{machine}", f"macosx_{major}_0_universal2")
        yield from (f"macosx_10_{minor}_{kind}" for minor in range(16, 5, -1) for kind in (machine, "universal2"))
    else:
        legacy = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}
        yield f"linux_{machine}"
        for minor in range(39, 4, -1):
            yield f"manylinux_2_{minor}_{machine}"
            if minor in legacy:
                yield f"{legacy[minor]}_{machine}"


def download_of(pin: Pinned, order: Mapping[Tag, int]) -> int | None:
    """The bytes of the file that an installer would take: the best wheel that fits, else what it is built from."""
    ranked = sorted(((rank, at) for at, file in enumerate(pin.files) if (rank := _rank(file, order)) is not None))
    if ranked:
        return pin.files[ranked[0][1]].size
    return next((file.size for file in pin.files if file.name and not file.name.endswith(".whl")), None)


def _rank(file: LockedFile, order: Mapping[Tag, int]) -> int | None:
    try:
        tags = parse_wheel_filename(file.name)[3]
    except InvalidWheelFilename:
        return None
    return min((order[tag] for tag in tags if tag in order), default=None)


def with_downloads(parts: Iterable[Part], locked: Iterable[Part]) -> tuple[Part, ...]:
    """The parts with the downloads that a lock states of the same versions.

    A local version is another build: 2.13.0+cpu is no 2.13.0.
    """
    known = {(one.name, one.version): one.download for one in locked}
    return tuple(replace(one, download=known.get((one.name, one.version))) for one in parts)
