"""Every module that the result has and that can be expected to import is imported, one sweep a distribution."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from deadweight.core.probe import Probe, ProbeKind
from deadweight.facts.distributions import DISTRIBUTIONS
from deadweight.facts.importable import IMPORTABLE
from deadweight.proof.own_checks.ground import Checks, Ground

_EVERYTHING = Probe("made: imports", ProbeKind.IMPORTS, made=True)


def import_checks(ground: Ground) -> Checks:
    """A sweep of every module."""
    return spread((_EVERYTHING,), ground)


def spread(probes: Sequence[Probe], ground: Ground) -> Checks:
    """The probes, each import sweep that names no module replaced by one a distribution, sorted.

    Left out are modules that nothing reaches and whose needs are gone; of those that may miss something that is gone a
    difference is only told.
    """
    bare = [probe for probe in probes if _is_bare(probe)]
    importable = _importable(ground) if bare else {}
    swept = (one for probe in probes for one in (_sweeps(probe, importable, ground) if _is_bare(probe) else (probe,)))
    return Checks(tuple(swept), tuple(_lost(importable, ground.lost)))


def _importable(ground: Ground) -> Mapping[str, tuple[str, ...]]:
    """The modules that the result has of distributions that the original has too; what was added is not asked."""
    there = {one.name for one in ground.original.ask(DISTRIBUTIONS)}
    return {name: modules for name, modules in ground.kept.ask(IMPORTABLE).items() if name in there}


def _is_bare(probe: Probe) -> bool:
    return probe.kind is ProbeKind.IMPORTS and not probe.modules


def _sweeps(probe: Probe, importable: Mapping[str, tuple[str, ...]], ground: Ground) -> Iterator[Probe]:
    for name, modules in sorted(importable.items()):
        left = [one for one in modules if one not in ground.lost]
        bound = tuple(one for one in left if one not in ground.loose)
        loose = tuple(one for one in left if one in ground.loose)
        if bound:
            yield replace(probe, name=f"{probe.name}: {name}", modules=bound, part_of=probe.name)
        if loose:
            named = f"{probe.name}: {name}, what nothing reaches"
            yield replace(probe, name=named, modules=loose, made=True, binding=False)


def _lost(importable: Mapping[str, tuple[str, ...]], lost: Mapping[str, str]) -> Iterator[str]:
    """A sentence a distribution with modules that can't be imported any more."""
    for name, modules in sorted(importable.items()):
        needed = Counter(lost[one].partition(".")[0] for one in modules if one in lost)
        if needed:
            count = needed.total()
            what = ", ".join(package for package, _ in needed.most_common(3))
            more = f" and {len(needed) - 3} more" if len(needed) > 3 else ""
            verb = (
                "modules of {} can't be imported any more: they need"
                if count > 1
                else "module of {} can't be imported any more: it needs"
            )
            yield f"{count:,} {verb.format(name)} parts of {what}{more}, which nothing reaches"
