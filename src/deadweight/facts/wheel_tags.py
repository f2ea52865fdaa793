"""Which platforms the wheels that are installed were built for: what else can be installed there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from deadweight.core.entry import Kind
from deadweight.core.scene import Fact, Scene
from deadweight.facts.distributions import DISTRIBUTIONS
from deadweight.facts.target import MARKERS

_TAG = re.compile(rb"^Tag:\s*\S+?-\S+?-(\S+)\s*$", re.MULTILINE)
_LIBC = re.compile(r"(manylinux|musllinux)_(\d+)_(\d+)_(\w+)")
_FIRST_MANYLINUX, _FIRST_MUSLLINUX = 5, 1
_LEAST_GLIBC = 17
_LEGACY = {5: "manylinux1", 12: "manylinux2010", 17: "manylinux2014"}
MAX_WHEEL = 1 << 16


def _platforms(scene: Scene) -> tuple[str, ...]:
    entries = [
        entry
        for one in scene.ask(DISTRIBUTIONS)
        if (entry := scene.listing.by_path.get(f"{one.info}/WHEEL")) is not None and entry.kind is Kind.FILE
    ]
    bodies = [stream.read(MAX_WHEEL) for _, stream in scene.artifact.contents.stream(entries)]
    tags = {
        tag for body in bodies for group in _TAG.findall(body) for tag in group.decode("ascii", "replace").split(".")
    }
    return tuple(_below(tags, scene.ask(MARKERS)["platform_machine"]))


def _below(tags: Iterable[str], machine: str) -> Iterator[str]:
    """The platforms that run where all of these do: up to the newest C library that one of them needs."""
    found = [match for tag in tags if (match := _LIBC.fullmatch(tag)) and match[4] == machine]
    musl = [int(match[3]) for match in found if match[1] == "musllinux"]
    if musl:
        yield from (f"musllinux_1_{minor}_{machine}" for minor in range(max(musl), _FIRST_MUSLLINUX - 1, -1))
    else:
        newest = max((int(match[3]) for match in found), default=_LEAST_GLIBC)
        for minor in range(max(newest, _LEAST_GLIBC), _FIRST_MANYLINUX - 1, -1):
            yield f"manylinux_2_{minor}_{machine}"
            if minor in _LEGACY:
                yield f"{_LEGACY[minor]}_{machine}"
    yield f"linux_{machine}"


PLATFORMS: Fact[tuple[str, ...]] = Fact("platforms", _platforms)
"""Platform tags of wheels that fit, newest first (PEP 600, PEP 656); manylinux_2_17 where nothing says more."""
