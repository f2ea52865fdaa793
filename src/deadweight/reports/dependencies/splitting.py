"""What came of a split, for a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deadweight.core.plural import plural
from deadweight.core.proof import Proof, Verdict
from deadweight.dependencies.split_outcome import SplitOutcome, Trial, Weighed
from deadweight.dependencies.splitting import Kept, Left
from deadweight.reports.measures import size, times
from deadweight.reports.paint import Paint, printable

_COLOURS = {Verdict.SAME: "green", Verdict.DIFFERENT: "red"}


def split_report(outcome: SplitOutcome, paint: Paint) -> str:
    """The lists with their weights, what moved, what was added, what is left out and why, and the proof."""
    return "".join(f"{line}\n" for line in _lines(outcome, paint))


def _lines(outcome: SplitOutcome, paint: Paint) -> Iterator[str]:
    yield paint(printable(outcome.out), "bold") + ("" if outcome.written else paint("  not written", "red"))
    yield from _weights((*outcome.weights, *((outcome.whole,) if outcome.whole else ())), paint)
    yield from _kept("moved", tuple(outcome.split.moved()), paint)
    yield from _kept("added", tuple(outcome.split.added()), paint)
    yield from _left("left out", outcome.split.left_out, paint)
    yield from _left("used and not added, for it is not sure", outcome.split.not_added, paint)
    if outcome.trial:
        yield from _trial(outcome.trial, paint)
    elif outcome.split.lists:
        yield "not proven: give --prove, --run or --probe to build the core list and compare"
    for gap in outcome.gaps:
        yield f"not known  {printable(gap.where)}: {printable(gap.reason)}"


def _weights(weights: Sequence[Weighed], paint: Paint) -> Iterator[str]:
    rows = [
        (
            one.name,
            f"{one.asked:,} asked for",
            f"{one.versions:,} {'installed' if one.name == 'now' else 'exact'}",
            f"{size(one.download)} to download" if one.download is not None else "",
            f"{size(one.installed)} on disk" if one.installed is not None else "",
        )
        for one in weights
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(5)] if rows else []
    for row in rows:
        cells = [
            paint(row[0].ljust(widths[0]), "bold"),
            *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)),
        ]
        yield f"  {'  '.join(cells)}".rstrip()


def _kept(head: str, kept: Sequence[tuple[str, Kept]], paint: Paint) -> Iterator[str]:
    if kept:
        yield paint(head, "bold")
    width = max((len(one.requirement) for _, one in kept), default=0)
    for name, one in kept:
        yield f"  {printable(one.requirement.ljust(width))}  {name}  {paint(printable(one.note), 'dim')}"


def _left(head: str, left: Sequence[Left], paint: Paint) -> Iterator[str]:
    if left:
        yield paint(head, "bold")
    width = max((len(one.requirement) for one in left), default=0)
    for one in left:
        freed = f" ({size(one.size)})" if one.size is not None else ""
        where = f"{one.place}: " if one.place else ""
        yield f"  {printable(one.requirement.ljust(width))}  {printable(where)}{printable(one.says)}{freed}"


def _trial(trial: Trial, paint: Paint) -> Iterator[str]:
    verdict = trial.proof.verdict
    yield f"proof      {paint(str(verdict), _COLOURS.get(verdict, 'yellow'), 'bold')}{_why(trial.proof)}"
    smaller = times(trial.before, trial.after)
    yield f"  {size(trial.before)} before, {size(trial.after)} with the core list: {smaller}, bytecode left out"
    for one in trial.returned:
        what = one.module or "something that is not in the core list"
        yield f"  put back  {printable(one.name)}: {printable(one.probe)} misses {printable(what)}"
    for comparison in trial.proof.comparisons:
        if comparison.verdict is not Verdict.SAME:
            yield f"  {comparison.verdict}  {printable(comparison.probe)}: {printable(comparison.difference)}"
    yield from (f"  unproven  {printable(one)}" for one in trial.proof.unproven)


def _why(proof: Proof) -> str:
    same = sum(one.verdict is Verdict.SAME for one in proof.comparisons)
    if proof.why_not_run:
        return f": {printable(proof.why_not_run)}"
    return f": {plural(same, 'probe')} answered the same" if same else ""
