"""Exact versions for a list of requirements, found by uv for each target and united."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from packaging.utils import canonicalize_name

from deadweight.core.requirement import Lock, LockedFile, Pinned
from deadweight.requirements.resolving.pylock import preferring, pylock_pins
from deadweight.requirements.resolving.targets import Target, marker_of
from deadweight.requirements.uv import Uv

_VIA = re.compile(r"^(?P<name>[A-Za-z0-9][\w.-]*)\s*(?:==|@).*?#\s*via\s+(?P<via>.+)$")


@dataclass(frozen=True, slots=True)
class Demand:
    """What versions are looked for.

    `requirements` and `constraints` are PEP 508 texts, `preferred` the versions to keep where they fit, by name.
    `options` are those of uv that name indexes; `folder` is the project's, whose settings of uv hold.
    """

    requirements: tuple[str, ...]
    folder: Path
    constraints: tuple[str, ...] = ()
    preferred: Mapping[str, str] = field(default_factory=dict)
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Resolved:
    """The exact versions: `lock` has them sorted by name, `via` who asks for each, by name (nobody: it is asked for).

    `targets` are those that it holds for.
    """

    lock: Lock
    via: Mapping[str, tuple[str, ...]]
    targets: tuple[Target, ...]

    @property
    def download(self) -> int | None:
        """The fewest bytes that one target downloads, None where an index does not tell."""
        sizes = [min((file.size for file in _wheels(pin) if file.size is not None), default=None) for pin in self.pins]
        return sum(size for size in sizes if size is not None) if None not in sizes else None

    @property
    def pins(self) -> tuple[Pinned, ...]:
        """The exact versions."""
        return self.lock.pins


def resolve(uv: Uv, demand: Demand, wanted: Sequence[Target]) -> Resolved:
    """The versions for all targets, each looked for by itself, later ones preferring what earlier ones found.

    Raises as `Uv.run` does.
    """
    found: dict[Target, tuple[Pinned, ...]] = {}
    via: dict[str, tuple[str, ...]] = {}
    preferred = dict(demand.preferred)
    for target in wanted:
        pins, askers = _one(uv, replace(demand, preferred=preferred), target)
        found[target] = pins
        preferred.update({pin.name: pin.version for pin in pins})
        for name, names in askers.items():
            via[name] = tuple(sorted({*via.get(name, ()), *names}))
    return Resolved(Lock("", "uv", _united(found), _requires_python(wanted)), via, tuple(wanted))


def _one(uv: Uv, demand: Demand, target: Target) -> tuple[tuple[Pinned, ...], Mapping[str, tuple[str, ...]]]:
    if not demand.requirements:
        return (), {}
    with tempfile.TemporaryDirectory(prefix="deadweight-") as name:
        room = Path(name)
        asked, bounds, out, listed = (room / one for one in ("asked.in", "bounds.txt", "pylock.toml", "listed.txt"))
        asked.write_text("\n".join(demand.requirements) + "\n", "utf-8")
        bounds.write_text("\n".join(demand.constraints) + "\n", "utf-8")
        words = ("pip", "compile", str(asked), "-c", str(bounds), "--quiet", "--no-header", *target.words)
        if demand.preferred:
            out.write_text(preferring(demand.preferred), "utf-8")
        uv.run((*words, *demand.options, "--format", "pylock.toml", "-o", str(out)), demand.folder)
        pins = pylock_pins(out.read_text("utf-8"))
        listed.write_text("".join(f"{pin.name}=={pin.version}\n" for pin in pins if pin.version), "utf-8")
        told = ("--no-strip-extras", "--annotation-style", "line", "-o", str(listed))
        uv.run((*words, *demand.options, *told), demand.folder)
        return pins, _askers(listed.read_text("utf-8").splitlines())


def _askers(lines: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """Who asks for each, by what uv notes behind it; the list that was given to it is nobody."""
    matches = filter(None, map(_VIA.match, lines))
    return {
        canonicalize_name(one["name"]): tuple(name for name in one["via"].split(", ") if not name.startswith("-"))
        for one in matches
    }


def _united(found: Mapping[Target, tuple[Pinned, ...]]) -> tuple[Pinned, ...]:
    """The pins of all targets, sorted; what holds for some has their marker, and files of all are put together."""
    if len(found) == 1:
        return tuple(sorted(next(iter(found.values())), key=lambda pin: (pin.name, pin.version)))
    holders: dict[tuple[str, str], list[tuple[Target, Pinned]]] = {}
    for target, pins in found.items():
        for pin in pins:
            holders.setdefault((pin.name, pin.version), []).append((target, pin))
    return tuple(_of_all(holders[key], tuple(found)) for key in sorted(holders))


def _of_all(holding: Sequence[tuple[Target, Pinned]], every: Sequence[Target]) -> Pinned:
    files = {file.name: file for _, pin in holding for file in pin.files}
    marker = marker_of((target for target, _ in holding), every)
    return replace(holding[0][1], marker=marker, files=tuple(files.values()))


def _requires_python(wanted: Sequence[Target]) -> str:
    pythons = {target.python for target in wanted}
    if len(pythons) == 1 and (python := pythons.pop()):
        return f">={python}"
    return ""


def _wheels(pin: Pinned) -> tuple[LockedFile, ...]:
    """What is downloaded of it: a wheel where it has one."""
    wheels = tuple(file for file in pin.files if file.name.endswith(".whl"))
    return wheels or pin.files
