"""The report for a person at a terminal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from deadweight.core.edit import Safety
from deadweight.core.finding import Finding
from deadweight.core.plural import plural
from deadweight.core.report import Composition, Report
from deadweight.core.seams import ReportForm
from deadweight.reports.measures import bar, share, size
from deadweight.reports.outcome import outcome_lines
from deadweight.reports.paint import Paint, clipped, fitted, printable

WIDTH = 110
NOTABLE_OVERHEAD = 100_000
MOST_OWNERS = 12
MOST_FINDINGS = 4
MOST_GAPS = 8
SAFETY_COLOUR = {Safety.SAFE: "green", Safety.PROVEN: "cyan", Safety.LOSSY: "yellow", Safety.SUGGESTED: "yellow"}


def lines(report: Report, paint: Paint) -> Iterator[str]:
    """The whole report, line by line."""
    yield from _head(report.before, paint)
    if report.after is None:
        yield from _owners(report.before, paint)
        yield from _layers(report.before, paint)
        yield from _dead(report.before, paint)
        yield from _findings(report, paint)
    else:
        yield from outcome_lines(report, paint)
    yield from _plan(report, paint)
    yield from _gaps(report, paint)
    yield from (paint(f"over budget: {one}", "red", "bold") for one in report.over_budget)


def _head(whole: Composition, paint: Paint) -> Iterator[str]:
    yield paint(printable(whole.location), "bold")
    layers = f", {plural(len(whole.layers), 'layer')}" if whole.layers else ""
    sizes = f"{size(whole.total)} stored, {size(whole.unpacked)} unpacked"
    yield f"{whole.format}, {sizes}, {whole.entries:,} entries{layers}"
    parts = [("visible", whole.visible), ("hidden", whole.shadowed), ("overhead", whole.overhead)]
    yield "  " + " + ".join(f"{size(count)} {name}" for name, count in parts) + f" = {size(whole.total)}"
    yield ""


def _owners(whole: Composition, paint: Paint) -> Iterator[str]:
    yield paint("Who has the bytes", "bold") + paint("  (unpacked)", "dim")
    most = whole.owners[0].size if whole.owners else 0
    for one in whole.owners[:MOST_OWNERS]:
        name = fitted(printable(one.owner), 36)
        yield (
            f"  {name:<36} {paint(f'{one.kind:<20}', 'dim')} {size(one.size):>9} {share(one.size, whole.unpacked):>7}  "
            f"{paint(bar(one.size, most, 20), 'blue')}"
        )
    rest = whole.owners[MOST_OWNERS:]
    if rest:
        name = f"{len(rest):,} more"
        count = sum(one.size for one in rest)
        yield f"  {name:<36} {'':<20} {size(count):>9} {share(count, whole.unpacked):>7}"
    if whole.contested:
        yield f"  {plural(whole.contested, 'path')} claimed by more than one owner; --json names them"
    yield ""


def _layers(whole: Composition, paint: Paint) -> Iterator[str]:
    if not whole.layers:
        return
    yield paint("Layers", "bold") + paint("  (stored, unpacked, made by)", "dim")
    for layer in whole.layers:
        made = clipped(printable(" ".join(layer.created_by.split())) or "(not recorded)", WIDTH - 42)
        sizes = f"{size(layer.size):>9} {size(layer.unpacked):>9}"
        yield f"  {layer.index:>3}  {layer.diff_id[7:19]}  {sizes}  {paint(made, 'dim')}"
    yield ""


def _dead(whole: Composition, paint: Paint) -> Iterator[str]:
    dead = {cause: count for cause, count in whole.dead.items() if count}
    overheads = {cause: count for cause, count in whole.overheads.items() if count >= NOTABLE_OVERHEAD}
    for head, causes in (("Stored and never seen", dead), ("Overhead", overheads)):
        if causes:
            yield paint(head, "bold")
            for cause, count in sorted(causes.items(), key=lambda pair: -pair[1]):
                yield f"  {size(count):>9}  {printable(cause)}"
            yield ""


def _findings(report: Report, paint: Paint) -> Iterator[str]:
    if not report.findings:
        yield "Nothing found that could go."
        yield ""
        return
    by_rule: dict[str, list[Finding]] = defaultdict(list)
    for finding in report.findings:
        by_rule[finding.rule].append(finding)
    yield paint("What could go", "bold") + paint(
        "  (estimates; findings overlap; deadweight rule NAME says why)", "dim"
    )
    for rule, group in sorted(by_rule.items(), key=lambda pair: -sum(map(_weight, pair[1]))):
        yield from _group(rule, group, paint)
    yield ""


def _group(rule: str, group: Sequence[Finding], paint: Paint) -> Iterator[str]:
    safeties = sorted({finding.safety for finding in group}, key=list(Safety).index)
    labels = " ".join(paint(str(one), SAFETY_COLOUR[one]) for one in safeties)
    whole = size(sum(map(_weight, group)))
    is_stored = any(one.stored for one in group) and not any(one.size for one in group)
    stored = paint("  stored; unpacked it stays as big", "dim") if is_stored else ""
    yield f"  {whole:>9}  {paint(rule, 'bold')}  {labels}  {plural(len(group), 'finding')}{stored}"
    told = ""
    for finding in group[:MOST_FINDINGS]:
        owner = f"{printable(finding.owner)}: " if finding.owner else ""
        yield f"    {size(_weight(finding)):>9}  {clipped(owner + printable(finding.says), WIDTH - 15)}"
        evidence = finding.evidence[0]
        if evidence.says != told:
            yield paint(f"               {clipped(printable(evidence.says), WIDTH - 15)}", "dim")
        yield paint(f"               {fitted(printable(evidence.where or finding.paths[0]), WIDTH - 15)}", "dim")
        told = evidence.says
    rest = group[MOST_FINDINGS:]
    if rest:
        yield f"    {size(sum(map(_weight, rest))):>9}  in {plural(len(rest), 'more finding')}"


def _weight(finding: Finding) -> int:
    """What would go: unpacked bytes, or the stored ones of what only stores less."""
    return finding.size or finding.stored


def _plan(report: Report, paint: Paint) -> Iterator[str]:
    plan = report.plan
    if plan is None or report.after is not None:
        return
    decided = [edit for edit in plan.edits if edit.rule]
    if not decided and not plan.left_out:
        return
    paths = sum(len(edit.paths) for edit in decided)
    yield paint("The plan", "bold")
    yield f"  {plural(len(decided), 'edit')} on {plural(paths, 'path')}, about {size(plan.estimate)} unpacked would go"
    unproven = [edit for edit in decided if edit.safety is Safety.PROVEN]
    if unproven:
        yield paint(f"  {plural(len(unproven), 'edit')} made only with a proof: slim with --run or --probe", "dim")
    reasons: dict[str, int] = defaultdict(int)
    for left in plan.left_out:
        reasons[left.why] += 1
    for why, number in sorted(reasons.items(), key=lambda pair: -pair[1]):
        yield paint(f"  {plural(number, 'edit')} left out: {clipped(printable(why), WIDTH - 24)}", "dim")
    yield ""


def _gaps(report: Report, paint: Paint) -> Iterator[str]:
    if not report.gaps:
        return
    yield paint("Not known", "yellow", "bold")
    by_reason: dict[tuple[str, str], list[str]] = defaultdict(list)
    for gap in report.gaps:
        by_reason[gap.stage, gap.reason].append(gap.where)
    for (stage, reason), places in list(by_reason.items())[:MOST_GAPS]:
        more = f" and {len(places) - 1:,} more" if len(places) > 1 else ""
        where = fitted(printable(places[0]), 60)
        yield f"  {stage}: {where}{more}: {clipped(printable(reason), WIDTH)}"
    if len(by_reason) > MOST_GAPS:
        yield f"  {plural(len(by_reason) - MOST_GAPS, 'more reason')}; --json names them"
    yield ""


def _write(report: Report, colour: bool) -> str:
    return "\n".join(line.rstrip() for line in lines(report, Paint(colour))) + "\n"


FORM: ReportForm = ReportForm("terminal", "for a person at a terminal", _write)
