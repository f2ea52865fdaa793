"""How a service refuses: a path that it does not have, a method that a route does not take."""

from __future__ import annotations

from collections.abc import Sequence

from deadweight.core.probe import Probe, ProbeKind
from deadweight.proof.own_checks.ground import Checks

_ABSENT = "/deadweight-asks-for-what-is-not-there"
_REFUSED = "TRACE"
"""A safe method (RFC 9110, 9.2.1) that every server knows and that hardly one allows."""
_SECONDS = 30.0


def error_checks(given: Sequence[Probe]) -> Checks:
    """A request for nothing, and one with a method that is refused, to the first route that a person asks for."""
    paths = [probe.path for probe in given if probe.kind is ProbeKind.REQUEST]
    requests = [("GET", _ABSENT), *((_REFUSED, path) for path in paths[:1])]
    return Checks(tuple(_probe(method, path) for method, path in requests))


def _probe(method: str, path: str) -> Probe:
    name = f"made: errors: {method} {path}"
    return Probe(name, ProbeKind.REQUEST, method=method, path=path, timeout=_SECONDS, made=True)
