"""`deadweight doctor`: which parts of the system are there, and what is lost without them."""

from __future__ import annotations

import sys

import click

from deadweight.cli.colour import in_colour
from deadweight.cli.options import TALK
from deadweight.core.errors import Lacking
from deadweight.reports.json import as_plain, text
from deadweight.reports.paint import Paint
from deadweight.sandbox.isolation import Isolation, isolation
from deadweight.sandbox.parts import Part, parts


@click.command("doctor")
@TALK
def COMMAND(as_json: bool, quiet: bool) -> int:  # noqa: N802  click's own way to name it
    """Which parts of the system deadweight found, what is lost without them, and whether the sandbox really holds.

    The sandbox is tried, not looked up: a write to the host and a connection to it must fail inside.

    \b
    Examples:
      deadweight doctor
      deadweight doctor --json | jq '.sandbox.level'
    """
    found = parts()
    held, why = _sandbox()
    if as_json:
        sandbox = as_plain(held) if held else {"level": "", "lost": [], "why": why}
        click.echo(text({"parts": [_document(part) for part in found], "sandbox": sandbox}), nl=False)
    elif not quiet:
        _tell(found, held, why)
    return 0 if held else Lacking.exit_code


def _sandbox() -> tuple[Isolation | None, str]:
    try:
        return isolation(), ""
    except Lacking as fault:
        return None, fault.message


def _document(part: Part) -> dict[str, object]:
    return {**as_plain(part), "present": part.present}


def _tell(found: tuple[Part, ...], held: Isolation | None, why: str) -> None:
    paint = Paint(in_colour(sys.stdout))
    for part in found:
        mark = paint("found  ", "green") if part.present else paint("missing", "yellow")
        click.echo(f"{mark}  {part.name:<11}  {part.version if part.present else 'without it ' + part.without}")
    if held:
        lost = f", but {', '.join(held.lost)}" if held.lost else ""
        click.echo(f"{paint('holds  ', 'green')}  sandbox      {held.level}{lost}")
    else:
        click.echo(f"{paint('fails  ', 'red')}  sandbox      {why}")
