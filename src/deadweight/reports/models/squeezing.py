"""What squeezing a model came to, for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from deadweight.core.squeeze_report import Judged, SqueezeReport, Tried
from deadweight.reports.measures import size, times
from deadweight.reports.paint import Paint, printable


def text(report: SqueezeReport, colour: bool) -> str:
    """The front, the gate task by task, and the result."""
    return "".join(f"{line.rstrip()}\n" for line in _lines(report, Paint(colour)))


def _lines(report: SqueezeReport, paint: Paint) -> Iterator[str]:
    yield paint(printable(report.file), "bold") + f"  {size(report.before)}"
    yield ""
    yield paint("Tried", "bold") + paint("  (the worst task on development data; at least, 95 % sure)", "dim")
    yield from (_point(report, one, paint) for one in report.front)
    yield ""
    if report.chosen is None:
        yield paint("Nothing passes: nothing was written.", "red", "bold")
        yield f"  No point is as small as asked and keeps {report.keep:.0%}. Ask for less: --ratio, --keep."
        return
    yield paint("Gate", "bold") + paint("  (data that nothing looked at before)", "dim")
    yield from (_task(report, one, paint) for one in report.gate)
    yield ""
    yield from _result(report, report.chosen, paint)


def _point(report: SqueezeReport, one: Tried, paint: Paint) -> str:
    worst = one.worst
    mark = "  <- to the gate" if one == report.chosen else ""
    says = f"{size(one.size):>10}  {times(report.before, one.size):>7}  {worst.ratio:7.1%} of {printable(worst.task)}"
    return f"  {paint(says, *(() if one.passes(report.keep) else ('dim',)))}, at least {worst.lower:.1%}{mark}"


def _task(report: SqueezeReport, one: Judged, paint: Paint) -> str:
    word = paint("pass", "green") if one.passes(report.keep) else paint("FAIL", "red", "bold")
    kept = f"{one.before:.4f} -> {one.after:.4f}  {one.ratio:6.1%}, at least {one.lower:.1%}"
    return f"  {word}  {printable(one.task):<14} {kept}  ({one.examples:,} examples)"


def _result(report: SqueezeReport, chosen: Tried, paint: Paint) -> Iterator[str]:
    if report.passed:
        smaller = paint(times(report.before, report.after), "green", "bold")
        yield f"{printable(report.out)}  {size(report.after)}, {smaller} smaller; every task keeps {report.keep:.0%}"
        return
    short = [one for one in report.gate if not one.passes(report.keep)]
    yield paint("Refused: nothing was written.", "red", "bold")
    for one in short:
        yield f"  {printable(one.task)} is only sure to keep {one.lower:.1%}, {report.keep - one.lower:.1%} too little"
    ratio = times(report.before, chosen.size)
    yield f"  Ask for less than {ratio} (--ratio), keep less (--keep), or give the gate more examples."
