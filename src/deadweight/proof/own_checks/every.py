"""All checks that deadweight makes by itself, where a person gives none."""

from __future__ import annotations

from collections.abc import Sequence

from deadweight.core.probe import Probe, ProbeKind
from deadweight.proof.own_checks.error_paths import error_checks
from deadweight.proof.own_checks.ground import Checks, Ground, together
from deadweight.proof.own_checks.imports import import_checks
from deadweight.proof.own_checks.metadata import metadata_checks
from deadweight.proof.own_checks.plug_ins import plug_in_checks
from deadweight.proof.own_checks.routes import route_checks
from deadweight.proof.own_checks.scripts import script_checks


def own_checks(ground: Ground, given: Sequence[Probe], description: str | None) -> Checks:
    """What is asked besides the given probes; `description` is what the service says of its API, None for no service.

    Requests come first: what they find was not yet disturbed by anything else.
    """
    asked = () if description is None else (route_checks(description, given), error_checks(given))
    swept = any(probe.kind is ProbeKind.IMPORTS and not probe.modules for probe in given)
    imported = () if swept else (import_checks(ground),)
    return together((*asked, metadata_checks(ground), *imported, script_checks(ground), plug_in_checks(ground)))
