"""One thing that a project has twice: two versions of it, two locks that differ, two distributions of one module."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

from deadweight.core.environment import Environment
from deadweight.core.requirement import Lock, Pinned
from deadweight.core.verdict import Fault, Verdict

_ALTERNATIVES = (
    ("opencv-python", "opencv-python-headless", "opencv-contrib-python", "opencv-contrib-python-headless"),
    ("tensorflow", "tensorflow-cpu", "tensorflow-gpu", "intel-tensorflow"),
    ("onnxruntime", "onnxruntime-gpu", "onnxruntime-openvino", "onnxruntime-directml"),
    ("psycopg2", "psycopg2-binary"),
    ("xgboost", "xgboost-cpu"),
    ("faiss-cpu", "faiss-gpu"),
    ("pillow", "pillow-simd"),
    ("pycrypto", "pycryptodome"),
    ("mlflow", "mlflow-skinny"),
    ("pyspark", "pyspark-client"),
    ("python-magic", "python-magic-bin"),
    ("uwsgi", "pyuwsgi"),
    ("jwt", "pyjwt"),
)
"""Distributions that write the same modules. mlflow needs mlflow-skinny itself and is told by its need."""

_EVERYBODYS = frozenset({"tests", "test", "docs", "examples", "example", "benchmarks", "scripts", "tools", "conftest"})


def two_versions(lock: Lock) -> Iterator[Verdict]:
    """Names that a lock pins to two versions where nothing keeps them apart."""
    by_name: dict[str, list[Pinned]] = {}
    for pin in lock.pins:
        by_name.setdefault(pin.name, []).append(pin)
    for name, pins in by_name.items():
        versions = sorted({pin.version for pin in pins})
        if len(versions) > 1 and len({pin.marker for pin in pins}) < len(versions):
            says = f"is pinned to {' and '.join(versions)} in {lock.path}, and no marker keeps them apart"
            yield _verdict(name, says, "leave one of the pins", pins)


def disagreeing(locks: Iterable[Lock]) -> Iterator[Verdict]:
    """Pairs of locks that pin a name to other versions."""
    for one, other in combinations(locks, 2):
        first, second = _by_name(one), _by_name(other)
        differing = sorted(name for name in first.keys() & second.keys() if not _agree(first[name], second[name]))
        if differing:
            name = differing[0]
            more = f", and {len(differing) - 1} more differ" if len(differing) > 1 else ""
            versions = f"{_versions(first[name])} in {one.path} and {_versions(second[name])} in {other.path}"
            says = f"is {versions}{more}"
            yield _verdict(
                name, says, "make both locks anew from the same requirements", first[name] + second[name], sure=False
            )


def of_one_module(locks: Iterable[Lock]) -> Iterator[Verdict]:
    """Distributions of a lock that are known to write the same modules."""
    for lock in locks:
        pins = _by_name(lock)
        for family in _ALTERNATIVES:
            for first, second in combinations([name for name in family if name in pins], 2):
                if not _needs(pins[first], second) and not _needs(pins[second], first):
                    yield _verdict(first, _says(first, second), _advice(second), pins[first] + pins[second])


def installed_over_each_other(environment: Environment) -> Iterator[Verdict]:
    """Installed distributions that have the same module, packages that several share as a namespace left out."""
    shared: dict[tuple[str, str], list[str]] = {}
    for module, names in environment.by_module.items():
        if len(names) > 1 and module.split(".")[0] not in _EVERYBODYS:
            for pair in combinations(sorted(set(names)), 2):
                shared.setdefault((pair[0], pair[1]), []).append(module)
    for (first, second), modules in sorted(shared.items()):
        leaves = sorted(
            one for one in modules if _is_leaf(environment, first, one) and _is_leaf(environment, second, one)
        )
        if leaves:
            says = f"has {leaves[0]}, and so has {second}: the one that was installed last is in place"
            yield Verdict(Fault.ALARMING, first, says, _advice(second), basis="environment")


def _is_leaf(environment: Environment, name: str, module: str) -> bool:
    return not any(one.startswith(f"{module}.") for one in environment.by_name[name].modules)


def _by_name(lock: Lock) -> dict[str, list[Pinned]]:
    found: dict[str, list[Pinned]] = {}
    for pin in lock.pins:
        found.setdefault(pin.name, []).append(pin)
    return found


def _agree(first: Iterable[Pinned], second: Iterable[Pinned]) -> bool:
    """Whether one has no version that the other has not; a version that is not stated agrees with all."""
    ones, others = {pin.version for pin in first}, {pin.version for pin in second}
    return ones <= others or others <= ones or "" in ones | others


def _versions(pins: Iterable[Pinned]) -> str:
    return "/".join(sorted({pin.version for pin in pins}))


def _needs(pins: Iterable[Pinned], name: str) -> bool:
    return any(need.startswith(name) for pin in pins for need in pin.needs)


def _says(first: str, second: str) -> str:
    return f"writes the same modules as {second}: the one that is installed last is in place"


def _advice(second: str) -> str:
    return f"drop it, or {second}"


def _verdict(name: str, says: str, advice: str, pins: Iterable[Pinned], *, sure: bool = True) -> Verdict:
    places = tuple(dict.fromkeys(pin.place for pin in pins))
    return Verdict(Fault.ALARMING, name, says, advice, places, basis="lock", is_sure=sure)
