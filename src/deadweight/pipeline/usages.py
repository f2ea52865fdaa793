"""Every kind of evidence looks at a project: what of it uses which distribution."""

from __future__ import annotations

from deadweight.core.gap import Gap
from deadweight.core.plugins import found
from deadweight.core.project import Project
from deadweight.core.requirement_seams import Evidence
from deadweight.core.usage import Usage


def usages(project: Project) -> tuple[Usage, ...]:
    """What every kind of evidence finds; one that fails is a gap."""
    several: list[Usage] = []
    for plugin in found("deadweight.uses", "EVIDENCE", Evidence):
        try:
            several.extend(plugin.value.find(project))
        except Exception as fault:  # noqa: BLE001  # a plug-in may fail in any way, the rest still says what it found
            project.note(Gap(plugin.value.name, project.location, f"it failed: {type(fault).__name__}: {fault}"))
    return tuple(dict.fromkeys(several))
