"""Which of a project's exact versions its index took back; asks the network, through uv."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from deadweight.core.gap import Gap
from deadweight.core.project import Project
from deadweight.core.requirement import Place
from deadweight.core.verdict import Fault, Verdict
from deadweight.requirements.uv import find_uv
from deadweight.requirements.withdrawn import withdrawn


def taken_back(project: Project, folder: Path) -> tuple[Verdict, ...]:
    """A verdict for each pin that was yanked or is gone, of locks, exact requirements, else of what is installed.

    A pin of which the index's word is not known is noted as a gap of the project.
    """
    pins = dict(_pins(project))
    told = withdrawn(find_uv(), {name: version for name, (version, _) in pins.items()}, folder)
    for name, why in told.unknown.items():
        version, place = pins[name]
        project.note(
            Gap("index", f"{name}=={version}", f"whether it was taken back is not known ({place.path}): {why}")
        )
    return tuple(_verdict(name, *pins[name], reason) for name, reason in sorted(told.reasons.items()) if name in pins)


def _pins(project: Project) -> Iterator[tuple[str, tuple[str, Place]]]:
    """Name, exact version and where it is stated; what is said later is surer."""
    if project.environment:
        for one in project.environment.distributions:
            yield one.name, (one.version, Place(one.info))
    for stated in project.declarations.items:
        versions = [one.version for one in stated.parsed.specifier if one.operator == "==" and "*" not in one.version]
        if versions and not stated.parsed.url:
            yield stated.name, (versions[0], stated.place)
    for lock in project.locks:
        for pin in lock.pins:
            if not pin.source:
                yield pin.name, (pin.version, pin.place)


def _verdict(name: str, version: str, place: Place, reason: str) -> Verdict:
    says = f"{version} should not be installed: {reason}"
    return Verdict(Fault.ALARMING, name, says, "move to another version", (place,))
