"""Every console script of a distribution that is kept says what it does, and how it ends is compared."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from deadweight.core.listing import Listing
from deadweight.core.probe import Probe, ProbeKind
from deadweight.facts.distributions import DISTRIBUTIONS, Distribution
from deadweight.proof.own_checks.ground import Checks, Ground

_SECONDS = 30.0
_MOST = 32
_USUAL = ("usr/bin", "usr/local/bin", "bin")


@dataclass(frozen=True, slots=True)
class _Script:
    path: str
    module: str


def script_checks(ground: Ground) -> Checks:
    """`SCRIPT --help` for each; those that something reaches bind, of the others a difference is only told.

    What is run so has not been asked for by anybody: without a sandbox it is not run.
    """
    scripts = sorted(
        {script.path: script for one in ground.kept.ask(DISTRIBUTIONS) for script in _of(one, ground)}.items()
    )
    if scripts and not ground.held:
        return Checks((), (f"scripts: none of {len(scripts)} was run with --help, for there is no sandbox to hold it",))
    bound = {path: ground.reaches(path) or ground.reaches_module(one.module) for path, one in scripts}
    lost = [path for path, one in scripts if one.module in ground.lost and not bound[path]]
    runnable = sorted((path for path, _ in scripts if path not in lost), key=lambda path: (not bound[path], path))
    probes = tuple(_probe(ground, path, binding=bound[path]) for path in runnable[:_MOST])
    return Checks(probes, tuple(_unproven(ground, lost, runnable[_MOST:])))


def _of(distribution: Distribution, ground: Ground) -> Iterator[_Script]:
    """The scripts of the distribution that the result has."""
    for name, value in distribution.entry_points.get("console_scripts", {}).items():
        recorded = (path for path in distribution.files if path.rpartition("/")[2] == name and "bin/" in path)
        path = next(recorded, "") or _usual(name, ground.kept.listing)
        if path and path in ground.kept.listing and path in ground.original.listing:
            yield _Script(path, value.partition(":")[0].strip())


def _usual(name: str, listing: Listing) -> str:
    """Where a system's package has the script, which no RECORD names."""
    return next((path for path in (f"{folder}/{name}" for folder in _USUAL) if path in listing), "")


def _probe(ground: Ground, path: str, *, binding: bool) -> Probe:
    name = f"made: scripts: {path} --help"
    line = f"{shlex.quote(ground.stand.seen(path))} --help"
    return Probe(name, ProbeKind.COMMAND, command=line, timeout=_SECONDS, made=True, binding=binding)


def _unproven(ground: Ground, lost: list[str], beyond: list[str]) -> Iterator[str]:
    for path in lost:
        yield f"scripts: {path} can't be run any more: nothing reaches it, nor parts that it needs"
    if beyond:
        yield f"scripts: {len(beyond)} more were not run, the first {beyond[0]}: {_MOST} are enough at a time"
