"""Several traces of one artifact become one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import chain

from deadweight.core.errors import UsageError
from deadweight.core.trace import Touch, Trace, Use


def united(traces: Sequence[Trace]) -> Trace:
    """All that any of them touched, uses added up; raises UsageError where there is none, or of several artifacts.

    The seconds are the mean of a run, over the runs of those traces that measured them.
    """
    if not traces:
        raise UsageError("there is no trace to unite", advice="Name one: --from-trace trace.json")
    bound = [trace.bound_to(traces[0].artifact) for trace in traces]
    return Trace(
        artifact=bound[0].artifact,
        command=" · ".join(dict.fromkeys(trace.command for trace in bound if trace.command)),
        touches=_touches(chain.from_iterable(trace.touches for trace in bound)),
        outside=tuple(sorted({path for trace in bound for path in trace.outside})),
        probes=tuple(dict.fromkeys(chain.from_iterable(trace.probes for trace in bound))),
        runs=sum(trace.runs for trace in bound),
        plain_seconds=_mean(bound, lambda trace: trace.plain_seconds),
        traced_seconds=_mean(bound, lambda trace: trace.traced_seconds),
    )


def _touches(touches: Iterable[Touch]) -> tuple[Touch, ...]:
    """One touch a path: uses added up, the earliest one first and whose it was."""
    uses: dict[str, Counter[Use]] = {}
    first: dict[str, Touch] = {}
    for touch in touches:
        uses.setdefault(touch.path, Counter()).update(touch.uses)
        if touch.path not in first or touch.first < first[touch.path].first:
            first[touch.path] = touch
    return tuple(
        Touch(path, dict(sorted(uses[path].items())), first[path].first, first[path].process) for path in sorted(uses)
    )


def _mean(traces: Sequence[Trace], seconds: Callable[[Trace], float]) -> float:
    """Of those that measured both with and without tracing, so that the two belong together."""
    measured = [trace for trace in traces if trace.plain_seconds and trace.traced_seconds]
    runs = sum(trace.runs for trace in measured)
    return sum(seconds(trace) * trace.runs for trace in measured) / runs if runs else 0.0
