"""What weighing model files says, for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deadweight.core.model_report import ModelReport, Row, Weighed
from deadweight.core.plural import plural
from deadweight.core.tensor import TensorFinding
from deadweight.reports.measures import bar, share, size
from deadweight.reports.paint import Paint, clipped, fitted, printable

WIDTH = 110
MOST_TENSORS = 8
MOST_IN_A_FOLDER = 3
MOST_EVIDENCE = 3
MOST_GAPS = 8
CODE = "contains_code"


def text(report: ModelReport, colour: bool) -> str:
    """The whole report."""
    return "".join(f"{line.rstrip()}\n" for line in _lines(report, Paint(colour)))


def _lines(report: ModelReport, paint: Paint) -> Iterator[str]:
    for one in report.checkpoints:
        yield from _checkpoint(one, paint, MOST_TENSORS if len(report.checkpoints) == 1 else MOST_IN_A_FOLDER)
    if len(report.checkpoints) > 1:
        whole = sum(one.account.size for one in report.checkpoints)
        yield f"{plural(len(report.checkpoints), 'model file')}, {size(whole)}"
        yield ""
    yield from _code(report.findings, paint)
    yield from _findings(report.findings, paint)
    yield from _gaps(report, paint)


def _checkpoint(one: Weighed, paint: Paint, most: int) -> Iterator[str]:
    whole = one.account
    yield paint(printable(one.location), "bold")
    counts = f"{plural(len(one.tensors), 'tensor')}, {whole.elements:,} elements"
    files = f", {plural(len(one.files), 'file')}" if len(one.files) > 1 else ""
    yield f"{one.format}, {size(whole.size)}, {counts}{files}"
    yield "  " + " + ".join(_addends(one)) + f" = {whole.size:,}"
    if one.dtypes:
        yield "  " + ", ".join(f"{size(count)} {dtype}" for dtype, count in one.dtypes.items() if count)
    yield ""
    yield from _tensors(one, paint, most)


def _addends(one: Weighed) -> Iterator[str]:
    """The account to the byte: what is there of each."""
    whole = one.account
    yield f"{whole.tensors:,} tensors"
    if whole.unseen:
        yield f"{whole.unseen:,} of storages that no tensor views"
    yield from (f"{count:,} {printable(cause)}" for cause, count in whole.parts.items() if count)
    if whole.padding:
        yield f"{whole.padding:,} padding"


def _tensors(one: Weighed, paint: Paint, most: int) -> Iterator[str]:
    biggest = one.tensors[0].size if one.tensors else 0
    for row in one.tensors[:most]:
        name = fitted(printable(row.name), 44)
        kind = f"{row.dtype} {' x '.join(map(str, row.shape)) or 'scalar'}"
        yield (
            f"  {name:<44} {paint(f'{fitted(kind, 26):<26}', 'dim')} {size(row.size):>9} "
            f"{share(row.size, one.account.unpacked):>7}  {paint(bar(row.size, biggest, 14), 'blue')}{_shared(row)}"
        )
    rest = one.tensors[most:]
    if rest:
        count = sum(row.size for row in rest)
        yield f"  {f'{len(rest):,} more':<71} {size(count):>9} {share(count, one.account.unpacked):>7}"
    if one.tensors:
        yield ""


def _shared(row: Row) -> str:
    return f" the bytes of {fitted(printable(row.shared), 30)}" if row.shared else ""


def _code(findings: Sequence[TensorFinding], paint: Paint) -> Iterator[str]:
    found = [finding for finding in findings if finding.rule == CODE]
    if found:
        yield paint("Contains code", "red", "bold") + paint(
            "  (what loading it runs; nothing of it was run here)", "dim"
        )
    for finding in found:
        yield f"  {clipped(printable(finding.says), WIDTH)}"
        for evidence in finding.evidence[:MOST_EVIDENCE]:
            yield paint(f"    {clipped(printable(evidence.says), WIDTH - 4)}", "dim")
            yield paint(f"      {fitted(printable(evidence.where), WIDTH - 6)}", "dim")
    if found:
        yield ""


def _findings(findings: Sequence[TensorFinding], paint: Paint) -> Iterator[str]:
    found = [finding for finding in findings if finding.rule != CODE]
    if not found:
        yield "No dead weight found."
        yield ""
        return
    yield paint("What could go", "bold") + paint("  (findings overlap)", "dim")
    for finding in found:
        word = "estimate" if finding.is_estimate else str(finding.safety)
        label = paint(word, "green" if word == "safe" else "yellow")
        yield f"  {size(finding.size):>9}  {paint(finding.rule, 'bold')}  {label}"
        yield f"             {clipped(printable(finding.says), WIDTH - 13)}"
        for evidence in finding.evidence[:1]:
            yield paint(f"             {clipped(printable(evidence.says), WIDTH - 13)}", "dim")
            yield paint(f"             {fitted(printable(evidence.where), WIDTH - 13)}", "dim")
    yield ""


def _gaps(report: ModelReport, paint: Paint) -> Iterator[str]:
    if not report.gaps:
        return
    yield paint("Not known", "yellow", "bold")
    for gap in report.gaps[:MOST_GAPS]:
        yield f"  {gap.stage}: {fitted(printable(gap.where), 60)}: {clipped(printable(gap.reason), WIDTH)}"
    if len(report.gaps) > MOST_GAPS:
        yield f"  {len(report.gaps) - MOST_GAPS} more; --json names them"
    yield ""
