"""What the original and a result are asked: probes, checks, and those that deadweight makes by itself."""

from __future__ import annotations

from dataclasses import replace

from deadweight.core.probe import ProbeKind
from deadweight.core.scene import Scene
from deadweight.pipeline.proving import Baseline, Proving, baseline
from deadweight.proof.own_checks.every import own_checks
from deadweight.proof.own_checks.ground import Checks, ground, together
from deadweight.proof.own_checks.imports import spread
from deadweight.proof.own_checks.routes import DESCRIPTION
from deadweight.proof.prove import observe
from deadweight.sandbox.stand import Stand

_FINE = 200


def known_of(original: Scene, kept: Scene, running: tuple[Stand, Proving]) -> Baseline:
    """What the original does on its stand when it is asked all that this result is to be held to."""
    stand, proving = running
    asked = questions(original, kept, running)
    return replace(baseline(stand, proving, asked.probes), unproven=asked.unproven)


def questions(original: Scene, kept: Scene, running: tuple[Stand, Proving]) -> Checks:
    """The probes, the checks, and where none is given those that deadweight makes for what the result keeps."""
    stand, proving = running
    given = (*proving.probes, *proving.checks)
    standing = ground(original, kept, stand, held=bool(proving.settings.isolation.program))
    made = own_checks(standing, given, _description(stand, proving)) if proving.own else Checks()
    asked = together((spread(given, standing), made))
    return replace(asked, probes=tuple(replace(one, closeness=proving.tolerance) for one in asked.probes))


def _description(stand: Stand, proving: Proving) -> str | None:
    """What the original says of its API, empty where it says nothing, None where it is no service."""
    program = proving.program(stand)
    given = (*proving.probes, *proving.checks)
    if program is None or not (program.port or any(probe.kind is ProbeKind.REQUEST for probe in given)):
        return None
    seen = observe(stand, program, (DESCRIPTION,), proving.settings).observations
    return next((one.output for one in seen if one.status == _FINE), "")
