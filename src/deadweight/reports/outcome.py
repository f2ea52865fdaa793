"""What was made, for a person: before and after, the waterfall between them, and the proof."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from deadweight.core.plural import plural
from deadweight.core.proof import Proof, Verdict
from deadweight.core.report import Composition, Cut, Pull, Report
from deadweight.reports.coarser import coarser_lines
from deadweight.reports.measures import bar, share, size, times
from deadweight.reports.paint import Paint, clipped, fitted, printable

VERDICT_COLOUR = {Verdict.SAME: "green", Verdict.DIFFERENT: "red", Verdict.UNSTABLE: "yellow", Verdict.NOT_RUN: "red"}
WORST_FIRST = (Verdict.DIFFERENT, Verdict.NOT_RUN, Verdict.UNSTABLE, Verdict.SAME)
MOST_COMPARISONS = 12
MOST_UNPROVEN = 10
BYTECODE = "bytecode"
NOTICEABLE = 1.0
"""Seconds by which a start is later before it is worth a word."""


def outcome_lines(report: Report, paint: Paint) -> Iterator[str]:
    """Before and after, what made the difference, and whether it still works."""
    if report.after is not None:
        yield from _table(report, report.after, paint)
        yield from _waterfall(report, report.after, paint)
        yield from coarser_lines(report.models, paint)
    if report.proof is not None:
        yield from proof_lines(report.proof, report.cuts, paint)
    if report.companion:
        yield f"What was cut lies in {printable(report.companion)}; deadweight restore puts it back."
        yield ""


def _table(report: Report, after: Composition, paint: Paint) -> Iterator[str]:
    before = report.before
    yield paint(f"{'':<12}{'before':>12}{'after':>12}{'smaller':>10}", "bold")
    rows = [("stored", before.total, after.total), ("unpacked", before.unpacked, after.unpacked)]
    for name, was, now in rows:
        yield f"{name:<12}{size(was):>12}{size(now):>12}{paint(f'{times(was, now):>10}', 'green', 'bold')}"
    for pull in report.pulls:
        yield (
            f"{'to pull':<12}{size(pull.before):>12}{size(pull.after):>12}"
            f"{paint(f'{times(pull.before, pull.after):>10}', 'green', 'bold')}{_having(pull)}"
        )
    yield from _shapes(report)
    yield f"{'entries':<12}{before.entries:>12,}{after.entries:>12,}{times(before.entries, after.entries):>10}"
    yield ""


def _shapes(report: Report) -> Iterator[str]:
    """Which shape is the least to pull by one who has the base."""
    if report.shapes:
        ordered = sorted(report.shapes.items(), key=lambda pair: pair[1])
        yield "  as " + ", ".join(f"{shape} {size(count)}" for shape, count in ordered) + "  (--shape, by that base)"


def _having(pull: Pull) -> str:
    return f"  by one who has {printable(pull.base)}" if pull.base else ""


def _waterfall(report: Report, after: Composition, paint: Paint) -> Iterator[str]:
    whole = report.before.unpacked
    if not report.cuts and whole == after.unpacked:
        yield "Nothing was cut: no edit of the plan takes anything away."
        yield ""
        return
    yield paint("What made the difference", "bold") + paint("  (unpacked, measured on the result)", "dim")
    yield f"  {size(whole):>10}  before"
    for cut in report.cuts:
        yield _step(cut, whole, paint)
    rest = whole - after.unpacked - sum(cut.size for cut in report.cuts)
    if rest:
        yield _step(Cut("everything else", 0, rest), whole, paint)
    yield f"  {size(after.unpacked):>10}  after"
    yield ""


def _step(cut: Cut, whole: int, paint: Paint) -> str:
    if cut.stored > 0 and not (cut.size or cut.files):
        return f"  {size(-cut.stored):>10}  {cut.cause}{paint('  stored; unpacked it is as big as before', 'dim')}"
    files = f"  {plural(cut.files, 'entry')}" if cut.files else ""
    mark = paint(bar(cut.size, whole, 30), "green")
    return f"  {size(-cut.size):>10}  {cut.cause}{paint(files, 'dim')}  {share(cut.size, whole)}  {mark}"


def proof_lines(proof: Proof, cuts: Iterable[Cut], paint: Paint) -> Iterator[str]:
    """The verdict, its probes, what the runs cost, and what was taken out again."""
    verdict = paint(str(proof.verdict), VERDICT_COLOUR[proof.verdict], "bold")
    why = f": {proof.why_not_run}" if proof.why_not_run else ""
    yield f"{paint('Proof', 'bold')}  {verdict}{printable(why)}{paint(_counted(proof), 'dim')}"
    yield from _comparisons(proof, paint)
    yield from _runs(proof)
    yield from _later_start(proof, cuts, paint)
    for undone in proof.undone:
        why = clipped(printable(undone.difference), 90)
        what = f"{undone.edit.rule} on {fitted(undone.edit.owner or undone.edit.paths[0], 50)}"
        yield paint(f"  taken out again: {printable(what)}: {printable(undone.probe)}: {why}", "yellow")
    yield from _unproven(proof, paint)
    yield ""


def _unproven(proof: Proof, paint: Paint) -> Iterator[str]:
    if not proof.unproven:
        return
    yield paint(f"  not proven ({len(proof.unproven)})", "yellow")
    yield from (paint(f"    {clipped(printable(one), 120)}", "dim") for one in proof.unproven[:MOST_UNPROVEN])
    if len(proof.unproven) > MOST_UNPROVEN:
        yield paint(f"    and {len(proof.unproven) - MOST_UNPROVEN} more; --json names them", "dim")


def _counted(proof: Proof) -> str:
    counts = Counter(comparison.verdict for comparison in proof.comparisons)
    each = ", ".join(f"{count} {verdict}" for verdict, count in counts.items()) if len(counts) > 1 else ""
    whole = plural(counts.total(), "probe")
    return f"  ({whole}: {each})" if each else f"  ({whole})" if counts else ""


def _comparisons(proof: Proof, paint: Paint) -> Iterator[str]:
    shown = sorted(proof.comparisons, key=lambda one: WORST_FIRST.index(one.verdict))
    for comparison in shown[:MOST_COMPARISONS]:
        mark = paint(f"{comparison.verdict:<9}", VERDICT_COLOUR[comparison.verdict])
        yield f"  {mark} {fitted(printable(comparison.probe), 60)}  {clipped(printable(comparison.difference), 90)}"
    if len(shown) > MOST_COMPARISONS:
        rest = shown[MOST_COMPARISONS:]
        alike = f" {rest[0].verdict}" if len({one.verdict for one in rest}) == 1 else ""
        yield f"  and {len(rest)} more{alike}"


def _later_start(proof: Proof, cuts: Iterable[Cut], paint: Paint) -> Iterator[str]:
    """What a later start comes from: without bytecode, Python compiles at each start what it can't write back."""
    before, after = proof.before, proof.after
    compiled = sum(cut.size for cut in cuts if cut.cause == BYTECODE)
    if before is None or after is None or not compiled or after.start_seconds - before.start_seconds < NOTICEABLE:
        return
    told = f"it starts later: Python compiles what it loads; --ignore {BYTECODE} keeps {size(compiled)}, and the time"
    yield paint(f"  {told}", "yellow")


def _runs(proof: Proof) -> Iterator[str]:
    for name, run in (("before", proof.before), ("after", proof.after)):
        if run is not None and run.started and (run.peak_bytes or run.start_seconds):
            peak = f", peak memory {size(run.peak_bytes)}" if run.peak_bytes else ""
            yield f"  {name:<9} ready in {run.start_seconds:.2f} s{peak}"
        if run is not None and run.error:
            yield f"  {name:<9} {printable(run.error)}"
    held = dict.fromkeys(run.isolation for run in (proof.before, proof.after) if run is not None and run.isolation)
    yield from (f"  {'held by':<9} {printable(one)}" for one in held)
