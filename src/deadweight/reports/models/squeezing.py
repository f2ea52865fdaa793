"""What squeezing a model came to, for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deadweight.core.plural import plural
from deadweight.core.squeeze_report import Judged, SqueezeReport, Tried
from deadweight.reports.measures import size, times
from deadweight.reports.paint import Paint, printable

FEEDBACK = "feedback"
_SHOWN = 4


def text(report: SqueezeReport, colour: bool) -> str:
    """The front, the gate task by task, and the result."""
    return "".join(f"{line.rstrip()}\n" for line in _lines(report, Paint(colour)))


def methods_text(methods: Sequence[tuple[str, str, int]]) -> str:
    """Each method by name, summary and rank: those with one first, which a search asks in that order."""
    ordered = sorted(methods, key=lambda one: (one[2] == 0, one[2], one[0]))
    return "".join(
        f"{name:<10} {summary}{'' if rank else '; only where it is named'}\n" for name, summary, rank in ordered
    )


def _lines(report: SqueezeReport, paint: Paint) -> Iterator[str]:
    yield paint(printable(report.file), "bold") + f"  {size(report.before)}"
    yield from (f"  {printable(note)}" for note in report.notes)
    yield ""
    yield paint("Tried", "bold") + paint("  (the worst task by development data; the gate as far as foreseen)", "dim")
    yield from (_point(report, one, paint) for one in report.front)
    yield from _reached(report, paint)
    yield ""
    if report.chosen is None:
        yield paint("Nothing passes: nothing was written.", "red", "bold")
        yield from _nothing(report)
        return
    yield paint("Gate", "bold") + paint("  (data that nothing looked at before)", "dim")
    yield from (_task(report, one, paint) for one in report.gate)
    if report.looks:
        yield f"  It judged {report.looks} other {'candidate' if report.looks == 1 else 'candidates'} before."
    yield ""
    yield from _result(report, report.chosen, paint)


def _nothing(report: SqueezeReport) -> Iterator[str]:
    if all(not one.judged for one in report.front):
        yield "  No method makes it as small as asked. Ask for less: --ratio."
    else:
        yield f"  The gate is likely to find less than {report.keep:.0%} kept of each point. Ask for less: --keep."


def _reached(report: SqueezeReport, paint: Paint) -> Iterator[str]:
    """What calibration reached, for the method that asks for it, and what no method rounds."""
    reached = report.reached
    if any(one.method == FEEDBACK for one in report.front):
        yield ""
        yield paint("Feedback", "bold") + f"  of {plural(len(reached.layers), 'layer')} whose inputs calibration saw"
        yield from _named("rounded to the nearest, no calibration reached them", reached.unseen)
        yield from _named("tables, looked up by row", reached.tables)
    yield from _named("kept as they are, they hold NaN or infinity", reached.not_finite)


def _named(says: str, names: tuple[str, ...]) -> Iterator[str]:
    if names:
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        yield f"  {len(names)} {says}: {printable(', '.join(names[:_SHOWN]))}{more}"


def _point(report: SqueezeReport, one: Tried, paint: Paint) -> str:
    bytes_of = f"{printable(one.method):<9}{size(one.size):>10}  {times(report.before, one.size):>7}"
    if not one.judged:
        return "  " + paint(f"{bytes_of}  made for its size, not judged", "dim")
    worst = one.worst
    mark = "  <- to the gate" if one == report.chosen else ""
    kept = f"{worst.ratio:7.1%} of {printable(worst.task)}, at least {worst.lower:.1%}"
    says = paint(f"{bytes_of}  {kept}", *(() if _is_good(report, one) else ("dim",)))
    return f"  {says}; the gate: {one.foreseen:.1%} or more{mark}"


def _is_good(report: SqueezeReport, one: Tried) -> bool:
    return one == report.chosen or one.is_safe(report.keep)


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
