"""Libraries for a GPU that a new lock has and an older one had not: how many, by whom, and which change let them in."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from deadweight.core.requirement import Lock, Pinned
from deadweight.core.verdict import Fault, Verdict
from deadweight.facts.gpu_names import is_gpu_library

_ADVICE = "take the build for the processor (for torch the index of the +cpu builds), or hold the version before"


@dataclass(frozen=True, slots=True)
class Locks:
    """Two locks of one project: the pins of both by name, and who needs whom in the newer one."""

    before: Mapping[str, Pinned]
    after: Mapping[str, Pinned]
    needed_by: Mapping[str, tuple[str, ...]]

    def step(self, name: str) -> str:
        """A name with its version, and the one before where it was another."""
        old, new = self.before.get(name), self.after[name]
        if old is None:
            return f"{name} {new.version} (new)"
        return f"{name} {new.version}" if old.version == new.version else f"{name} {old.version} -> {new.version}"


def gpu_arrivals(before: Lock, after: Lock, asked: Iterable[str]) -> Iterator[Verdict]:
    """One verdict for each distribution that brings libraries for a GPU now; `asked` are the names asked for."""
    locks = _locks(before, after)
    wanted = frozenset(asked)
    arrived = [name for name in locks.after if is_gpu_library(name) and name not in locks.before]
    for carrier, names in _carriers(locks, arrived).items():
        chain = _chain(locks, carrier, wanted)
        yield _verdict(
            before, [locks.after[name] for name in names], locks.after[carrier or names[0]], _told(locks, chain)
        )
    if not arrived:
        yield from _lost_builds(locks)


def gpu_carriers(lock: Lock) -> tuple[str, ...]:
    """The names, sorted, that bring libraries for a GPU into a lock, as far as it says who needs whom."""
    locks = _locks(lock, lock)
    found = _carriers(locks, [name for name in locks.after if is_gpu_library(name)])
    return tuple(sorted(filter(None, found)))


def download_of(pin: Pinned) -> int | None:
    """The bytes of the file that Linux on x86-64 takes, of the largest where it has none; None where none is stated."""
    sized = [file for file in pin.files if file.size is not None]
    linux = [file for file in sized if "linux" in file.name and "x86_64" in file.name]
    wheels = [file for file in sized if file.name.endswith(".whl")]
    return max((file.size or 0 for file in linux or wheels or sized), default=None)


def _locks(before: Lock, after: Lock) -> Locks:
    needed: dict[str, list[str]] = {}
    for pin in after.pins:
        for need in filter(None, map(_name, pin.needs)):
            needed.setdefault(need, []).append(pin.name)
    pins = {pin.name: pin for pin in after.pins}
    return Locks({pin.name: pin for pin in before.pins}, pins, {name: tuple(by) for name, by in needed.items()})


def _name(need: str) -> str:
    try:
        return canonicalize_name(Requirement(need).name)
    except InvalidRequirement:
        return ""


def _carriers(locks: Locks, arrived: Iterable[str]) -> Mapping[str, list[str]]:
    """The arrived libraries by the nearest distribution, no such library itself, that needs them; empty for none."""
    found: dict[str, list[str]] = {}
    for name in arrived:
        for carrier in _above(locks, name) or {""}:
            found.setdefault(carrier, []).append(name)
    return found


def _above(locks: Locks, name: str) -> set[str]:
    seen, waiting, found = {name}, [name], set()
    while waiting:
        for by in locks.needed_by.get(waiting.pop(), ()):
            if not is_gpu_library(by):
                found.add(by)
            elif by not in seen:
                seen.add(by)
                waiting.append(by)
    return found


def _chain(locks: Locks, carrier: str, asked: frozenset[str]) -> tuple[str, ...]:
    """The shortest way from a name that is asked for to the carrier, both included."""
    waiting: deque[tuple[str, ...]] = deque([(carrier,)] if carrier else [])
    seen = {carrier}
    while waiting:
        way = waiting.popleft()
        above = [by for by in locks.needed_by.get(way[0], ()) if by not in seen and by in locks.after]
        if way[0] in asked or (not above and len(way) > 1):
            return way
        seen.update(above)
        waiting.extend((by, *way) for by in above)
    return (carrier,) if carrier else ()


def _told(locks: Locks, chain: Iterable[str]) -> str:
    return ", which brings ".join(locks.step(name) for name in chain) or "the lock does not say for whom"


def _verdict(before: Lock, libraries: list[Pinned], carrier: Pinned, chain: str) -> Verdict:
    sizes = [size for pin in libraries if (size := download_of(pin)) is not None]
    count = "a library" if len(libraries) == 1 else f"{len(libraries)} libraries"
    return Verdict(
        Fault.ALARMING,
        carrier.name,
        f"brings {count} for a GPU that {before.path} had not: {chain}",
        _ADVICE,
        places=(carrier.place,),
        basis="lock",
        size=sum(sizes) if sizes else None,
    )


def _lost_builds(locks: Locks) -> Iterator[Verdict]:
    """Builds for the processor that gave way to the default one, where the lock lists no libraries apart."""
    for name, new in locks.after.items():
        old = locks.before.get(name)
        if old and old.version.endswith("+cpu") and not new.version.endswith("+cpu"):
            says = f"was the build for the processor and is not any more: {locks.step(name)}"
            yield Verdict(Fault.ALARMING, name, says, _ADVICE, (new.place,), basis="lock", size=download_of(new))
