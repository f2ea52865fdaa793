"""Two models side by side, for a person at a terminal: one column a model, and what may be said of them."""

from __future__ import annotations

from collections.abc import Iterator

from deadweight.core.comparison import Calls, Comparison, Contrast, Costs, Measure
from deadweight.reports.json import as_plain
from deadweight.reports.measures import size, smaller, times
from deadweight.reports.paint import Paint, fitted, printable

_LABEL, _COLUMN = 24, 24
_NAME = 70


def text(done: Comparison, colour: bool) -> str:
    """The whole comparison."""
    return "".join(f"{line.rstrip()}\n" for line in _lines(done, Paint(colour)))


def document(done: Comparison) -> dict[str, object]:
    """The comparison as plain values, the verdicts written out."""
    verdicts = [{**as_plain(one), "verdict": one.verdict} for one in done.contrasts]
    return {**as_plain(done), "smaller": done.smaller, "contrasts": verdicts}


def _lines(done: Comparison, paint: Paint) -> Iterator[str]:
    for letter, one in zip("AB", (done.first, done.second), strict=True):
        yield f"{paint(letter, 'bold')}  {fitted(printable(one.file), _NAME)}"
    yield ""
    yield paint(_row("", "A", "B", "A / B"), "bold")
    yield _row("form", printable(done.first.form), printable(done.second.form), "")
    yield _row("size", size(done.first.size), size(done.second.size), times(done.first.size, done.second.size))
    yield from _costs(done, paint)
    yield from _tasks(done, paint)
    yield from _notes(done)
    yield from _verdict(done, paint)


def _row(label: str, first: str, second: str, ratio: str) -> str:
    return f"  {label:<{_LABEL}}{first:>{_COLUMN}}{second:>{_COLUMN}}  {ratio:>{_COLUMN}}"


def _costs(done: Comparison, paint: Paint) -> Iterator[str]:
    first, second = done.first.costs, done.second.costs
    if first is None or second is None or done.load is None:
        return
    yield _row("load", _seconds(first.load), _seconds(second.load), _ratio(done.load))
    for label, (one, other) in _memory(first, second):
        yield _row(label, size(one), size(other), times(one, other) if min(one, other) > 0 else "")
    yield ""
    threads = f"{done.threads} thread{'s' if done.threads > 1 else ''}"
    yield paint("Calls", "bold") + paint(f"  (median and where it lies, 95 % sure; {threads}; in turn A B, B A)", "dim")
    for mine, its, contrast in zip(first.calls, second.calls, done.contrasts, strict=True):
        yield from _calls(mine, its, contrast)


def _memory(first: Costs, second: Costs) -> Iterator[tuple[str, tuple[int, int]]]:
    yield "memory added by loading", (first.loaded, second.loaded)
    yield "memory added once run", (first.run, second.run)
    yield "memory added at most", (first.peak, second.peak)


def _calls(first: Calls, second: Calls, contrast: Contrast) -> Iterator[str]:
    label = f"batch {first.batch}"
    yield _row(f"{label}, wall", _seconds(first.wall), _seconds(second.wall), _ratio(contrast.wall))
    yield _row(f"{label}, CPU", _seconds(first.cpu), _seconds(second.cpu), _ratio(contrast.cpu))
    yield _row(f"{label}, inputs a second", f"{first.rate:,.1f}", f"{second.rate:,.1f}", "")


def _seconds(measure: Measure) -> str:
    """The value with its interval, in the unit that suits it."""
    unit, factor = ("s", 1.0) if measure.value >= 1 else ("ms", 1e3) if measure.value >= 1e-3 else ("us", 1e6)
    low, value, high = (factor * one for one in (measure.low, measure.value, measure.high))
    return f"{value:.3g} {unit} [{low:.3g}, {high:.3g}]"


def _ratio(measure: Measure) -> str:
    return f"{measure.value:.2f}x [{measure.low:.2f}, {measure.high:.2f}]"


def _tasks(done: Comparison, paint: Paint) -> Iterator[str]:
    if not done.tasks:
        return
    yield ""
    yield paint("Answers", "bold") + paint(f"  (the {done.part} part; B / A of the metric, 95 % sure)", "dim")
    for one in done.tasks:
        yield _row(fitted(printable(one.task), _LABEL - 2), f"{one.first:.4f}", f"{one.second:.4f}", _kept(one.ratio))
        yield paint(f"    {one.likeness} of the answers {one.alike:.4f}, {one.examples:,} examples", "dim")


def _kept(measure: Measure) -> str:
    return f"{measure.value:.1%} [{measure.low:.1%}, {measure.high:.1%}]"


def _notes(done: Comparison) -> Iterator[str]:
    if done.notes:
        yield ""
    yield from (f"  {printable(note)}" for note in done.notes)


def _verdict(done: Comparison, paint: Paint) -> Iterator[str]:
    """What may be said, line by line: nothing that an interval does not hold."""
    yield ""
    yield f"B is {smaller(done.first.size, done.second.size)}."
    for contrast in done.contrasts:
        colour = {"faster": "green", "slower": "red"}.get(contrast.verdict, "yellow")
        yield f"B is {paint(_speed(contrast), colour)} with {contrast.batch} a call."
    worst = min(done.tasks, key=lambda one: one.ratio.low, default=None)
    if worst is not None:
        sure = f"at least {worst.ratio.low:.1%}, 97.5 % sure"
        yield f"B keeps {worst.ratio.value:.1%} of the task that suffers most, {printable(worst.task)}: {sure}."


def _speed(contrast: Contrast) -> str:
    wall = contrast.wall
    if contrast.verdict == "faster":
        return f"{wall.value:.2f} times faster, at least {wall.low:.2f}"
    if contrast.verdict == "slower":
        return f"{1 / wall.value:.2f} times slower, at least {1 / wall.high:.2f}"
    return f"not faster (A / B is {wall.value:.2f}, and may be 1: {wall.low:.2f} to {wall.high:.2f})"
