"""Why something is there, for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from deadweight.core.finding import Finding
from deadweight.core.plural import plural
from deadweight.facts.explanation import Explanation
from deadweight.needs.reach import Reach
from deadweight.reports.measures import size
from deadweight.reports.paint import Paint, clipped, fitted, printable

MOST = 12
"""Of what there are many, so many are shown."""


def why_text(said: Explanation, reach: Reach, findings: tuple[Finding, ...], paint: Paint) -> str:
    """Whose it is and who needs it, the chain from the way in, and which findings would cut it."""
    return "\n".join([*_lines(said, paint), *_reached(reach), *_could_go(findings, paint)])


def _lines(said: Explanation, paint: Paint) -> Iterator[str]:
    yield paint(printable(said.subject), "bold") + f"  {size(said.size)} in {plural(said.files, 'file')}"
    if said.hidden_by:
        yield from (f"  never seen  hidden by {fitted(printable(' '.join(one.split())), 90)}" for one in said.hidden_by)
    else:
        yield f"  belongs to  {printable(said.owner)}{_known(said)}"
    yield from (f"  also claimed by  {printable(rival)}" for rival in said.rivals[:MOST])
    for origin in said.origins:
        made = clipped(printable(" ".join(origin.instruction.split())) or "(not recorded)", 80)
        yield f"  from layer {origin.layer}  {size(origin.size)} in {plural(origin.files, 'entry')}: {made}"
    if said.hidden:
        more = "" if said.hidden_by else " more in lower layers, hidden by this"
        yield f"  stored      {size(said.hidden)}{more}"
    yield from _listed("needed by ", said.needed_by)
    if not said.needed_by and said.kind == "python distribution":
        yield "  needed by   no other distribution"
    yield from _listed("same bytes", said.copies)


def _reached(reach: Reach) -> Iterator[str]:
    """The chain from the way in, a line a step."""
    if not reach.known:
        return
    if not reach.chain:
        yield "  reached by  nothing: no step leads here from a way in"
        return
    yield f"  reached     {reach.members:,} of {plural(reach.files, 'file')}; the first by this chain:"
    for step in reach.chain:
        yield f"                {printable(step.path)}  {printable(step.says)}"


def _could_go(findings: tuple[Finding, ...], paint: Paint) -> Iterator[str]:
    for finding in findings[:MOST]:
        yield f"  could go    {paint(finding.rule, 'bold')} ({finding.safety}): {printable(finding.says)}"
        yield from (paint(f"                {printable(one.says)}", "dim") for one in finding.evidence[:3])
    if not findings:
        yield "  could go    no rule says so"


def _known(said: Explanation) -> str:
    """Of which kind the owner is, and how that is known: a phrase, or the path of a record."""
    kind = f" ({said.kind})" if said.kind != said.owner else ""
    if not said.source:
        return kind
    is_phrase = said.source.startswith(("is ", "lies "))
    return f"{kind}, {'which' if is_phrase else 'as recorded in'} {printable(said.source)}"


def _listed(head: str, items: tuple[str, ...]) -> Iterator[str]:
    for item in items[:MOST]:
        yield f"  {head}  {printable(item)}"
    if len(items) > MOST:
        yield f"  {'':<10}  and {len(items) - MOST} more"
