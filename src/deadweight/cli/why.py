"""`deadweight why`: why a path or an owner is there."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click

from deadweight.cli.colour import in_colour
from deadweight.cli.entering import ENTER, entering
from deadweight.cli.options import CHOOSE, LOOK, TALK, TARGET, Manners, Settings, settings
from deadweight.core.errors import UsageError
from deadweight.core.finding import Finding
from deadweight.core.paths import is_under
from deadweight.core.scene import Scene
from deadweight.facts.explanation import OWNERS, Explanation, explain
from deadweight.needs.reach import Reach, reach_of
from deadweight.pipeline.finding import chosen_rules, find
from deadweight.pipeline.target import open_scene
from deadweight.pipeline.ways_in import acquaint
from deadweight.reports.json import as_plain, finding_document, text
from deadweight.reports.measures import plural, size
from deadweight.reports.paint import Paint, clipped, fitted, printable

MOST = 12


@click.command("why")
@TARGET
@click.argument("subject", metavar="PATH|OWNER")
@ENTER
@LOOK
@CHOOSE
@TALK
def COMMAND(target: Path, subject: str, as_json: bool, quiet: bool, **given: Any) -> int:  # noqa: N802, ANN401
    """Why PATH, or what OWNER has, is in TARGET.

    Who owns it and where that is recorded, the layer and the instruction that brought it, who requires it, which
    files have the same bytes, and which findings would cut it. With --run, or for an image that starts something, also
    the chain from the way in to it, or that nothing reaches it.

    \b
    Examples:
      deadweight why .venv babel
      deadweight why image.tar usr/lib/gcc
      deadweight why app numpy --run 'bin/uvicorn app:app'
      deadweight why app .venv/lib/python3.11/site-packages/numpy/_core/tests --json
    """
    asked = settings(target, Manners(as_json, quiet), given)
    scene = open_scene(asked.target)
    acquaint(scene, entering(asked, given))
    said = explain(scene, subject)
    if said is None:
        raise _nothing(scene, subject)
    reach = reach_of(scene, said)
    findings = _touching(scene, asked, said)
    if as_json:
        plain = {**as_plain(said), "reach": as_plain(reach), "findings": [finding_document(one) for one in findings]}
        click.echo(text(plain), nl=False)
    elif not quiet:
        paint = Paint(in_colour(sys.stdout))
        click.echo("\n".join([*_lines(said, paint), *_reached(reach), *_could_go(findings, paint)]))
    return 0


def _nothing(scene: Scene, subject: str) -> UsageError:
    known = [owner.split(" ")[0] for owner in scene.ask(OWNERS)]
    paths = [entry.path for entry in scene.listing.entries if entry.name == Path(subject).name]
    near = (*get_close_matches(subject, known, 3), *paths[:3])
    advice = f"Did you mean {', '.join(near)}?" if near else "Owners and paths: deadweight weigh TARGET --json"
    return UsageError(f"no path and no owner is called {subject!r}", where=scene.artifact.location, advice=advice)


def _touching(scene: Scene, asked: Settings, said: Explanation) -> tuple[Finding, ...]:
    path = said.subject.strip("/")
    named = path in scene.listing or bool(said.hidden_by)
    return tuple(
        finding
        for finding in find(scene, chosen_rules(asked.choice))
        if (any(is_under(path, one) or is_under(one, path) for one in finding.paths) if named else _of(finding, said))
    )


def _of(finding: Finding, said: Explanation) -> bool:
    return finding.owner == said.owner


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
