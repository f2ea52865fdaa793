"""`deadweight trace`: what a run of the program touches."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from deadweight.cli.options import LOOK, NEW_PATH, PATH, TALK, TARGET, Manners, settings
from deadweight.cli.proving import PROVE, exercise
from deadweight.cli.trace_telling import tell_trace
from deadweight.core.errors import UsageError
from deadweight.formats.output import refuse_inside
from deadweight.pipeline.target import open_scene
from deadweight.pipeline.tracing.file import trace_text, write_trace
from deadweight.pipeline.tracing.foreign import read_any
from deadweight.pipeline.tracing.target import traced
from deadweight.pipeline.tracing.uniting import united


@click.command("trace")
@TARGET
@click.option("-o", "--output", "out", type=NEW_PATH, help="The trace file to write.")
@click.option("--runs", type=click.IntRange(1), default=1, show_default=True, help="How often to run it.")
@click.option("--from-trace", "files", multiple=True, type=PATH, help="Add this trace, or record of strace (below).")
@click.option("--root", metavar="DIR", help="Where the program of a record saw TARGET; / for an image.")
@PROVE
@LOOK
@TALK
def COMMAND(target: Path, out: Path | None, as_json: bool, quiet: bool, **given: Any) -> int:  # noqa: N802, ANN401
    """Run the program of TARGET in the sandbox and write down every path that it and its children use.

    It is run once untraced, to tell what tracing costs, then --runs times under strace, each time asked every --probe
    (import sweeps are left out: they touch everything). All that is opened, executed, mapped, looked at, listed or
    read as a link counts, with how often, when first, and by which program. A run that is cut short, a probe that does
    not come out or a process that escapes is an error. The trace is JSON (docs/trace.schema.json), bound to the digest
    of TARGET; `deadweight slim --from-trace` takes it as one of its seeds.

    A record made elsewhere, of a service in production say, is taken with --from-trace. Make it with

    \b
      strace -f -ttt -y -q -s 4096 --pidns-translation '--trace=%file,?getdents,?getdents64,\\
        ?fchdir,?mmap,?mmap2,?clone,?clone3,?fork,?vfork,?unshare,?io_uring_setup' \\
        --inject=io_uring_setup:error=ENOSYS -o record.log -p PID    (or a command instead of -p PID)

    \b
    Examples:
      deadweight trace app --run 'bin/uvicorn service:app --port 8000' --probe 'GET /health' -o trace.json
      deadweight trace image.tar --probe 'POST /embed {"texts": ["hello"]}' --runs 3 -o trace.json
      deadweight trace app --from-trace monday.json --from-trace tuesday.json -o both.json
      deadweight trace image.tar --from-trace record.log -o trace.json
    """
    manners = Manners(as_json, quiet)
    if out is not None:
        refuse_inside(out, target)
    asked = settings(target, manners, given)
    wish = exercise(asked, given)
    if wish is None and not given["files"]:
        raise UsageError("there is nothing to trace", advice="Give --run and --probe, or --from-trace FILE.")
    scene = open_scene(asked.target)
    made = [read_any(file, scene, given["root"] or "") for file in given["files"]]
    if wish is not None:
        made.append(traced(scene, wish, given["runs"]))
    trace = united(made)
    if out is not None:
        write_trace(trace, out)
    if as_json:
        click.echo(trace_text(trace), nl=False)
    elif not quiet:
        tell_trace(scene, trace)
    return 0
