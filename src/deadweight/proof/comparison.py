"""Two observations of one probe compared: the same, or the first difference in words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import zip_longest

from deadweight.core.probe import Observation, Probe, ProbeKind
from deadweight.proof.values import Leniency, difference

_SHOWN = 120
_FINE = "ok"


def unlike(probe: Probe, one: Observation, other: Observation) -> str:
    """The first difference between two observations of the probe, empty where there is none that counts.

    Sweeps: only what was fine the first time counts. Requests: status, media type, then the body; commands:
    exit status, then standard output. JSON is compared by value, all else exactly.
    """
    if one.error or other.error:
        return "" if bool(one.error) and bool(other.error) else _of_errors(one, other)
    if probe.kind.is_sweep:
        return _of_outcomes(one.output, other.output, "import " if probe.kind is ProbeKind.IMPORTS else "")
    if one.status != other.status:
        word = "status" if probe.kind is ProbeKind.REQUEST else "exit status"
        return f"{word} {one.status} became {other.status}{_last_words(other)}"
    if _media_type(one) != _media_type(other):
        return f"content type {_media_type(one) or 'none'} became {_media_type(other) or 'none'}"
    return "" if one.digest == other.digest else _of_bodies(probe, one, other)


def _of_errors(one: Observation, other: Observation) -> str:
    return other.error or f"answered, where it had been: {one.error}"


def _of_outcomes(one: str, other: str, doing: str) -> str:
    return next((f"{doing}{name}: {outcome}" for name, outcome in spoiled(one, other).items()), "")


def spoiled(one: str, other: str) -> Mapping[str, str]:
    """What became of each subject that was fine in the first sweep and is not in the other, in their order."""
    after = dict(_outcomes(other))
    fine = (name for name, outcome in _outcomes(one) if outcome == _FINE)
    return {name: after.get(name, "never reached") for name in fine if after.get(name) != _FINE}


def _outcomes(text: str) -> list[tuple[str, str]]:
    parted = (line.partition("\t") for line in text.splitlines())
    return [(name, outcome) for name, _, outcome in parted]


def _of_bodies(probe: Probe, one: Observation, other: Observation) -> str:
    """Where the bytes differ: JSON may still be the same by value."""
    left, right = _parsed(one), _parsed(other)
    if left is not None and right is not None:
        return difference(left, right, Leniency.of(probe.tolerance, probe.ignore, probe.closeness))
    return _of_lines(one.output, other.output)


def _parsed(seen: Observation) -> dict[str, object] | list[object] | None:
    """The JSON object or array that the output is."""
    if seen.output.lstrip()[:1] not in ("{", "["):
        return None
    try:
        value = json.loads(seen.output)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict | list) else None


def _of_lines(one: str, other: str) -> str:
    pairs = zip_longest(one.splitlines(), other.splitlines())
    for number, (left, right) in enumerate(pairs, 1):
        if left is None or right is None:
            return (
                f"line {number} is gone: {_shown(left)}" if right is None else f"line {number} is new: {_shown(right)}"
            )
        if left != right:
            return f"line {number}: {_shown(left)} became {_shown(right)}"
    return "the bytes differ (sha256), though not in the text that was kept"


def _media_type(seen: Observation) -> str:
    return seen.content_type.partition(";")[0].strip().lower()


def _last_words(seen: Observation) -> str:
    last = next(iter((seen.trouble.strip() or seen.output.strip()).splitlines()[-1:]), "")
    return f": {_shown(last)}" if last else ""


def _shown(line: str | None) -> str:
    text = repr(line or "")
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
