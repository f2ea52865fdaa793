"""`deadweight deps lock`: exact versions with hashes of what is asked for."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from deadweight.cli.colour import in_colour
from deadweight.cli.deps.locking import FOR, FORM, form, wish
from deadweight.cli.options import PATH, TALK
from deadweight.core.errors import UsageError
from deadweight.pipeline.dependencies.lock_writing import LockOrder, lock_to
from deadweight.pipeline.dependencies.locking import asked_of
from deadweight.reports.dependencies.locking import lock_report
from deadweight.reports.json import as_plain, text
from deadweight.reports.paint import Paint
from deadweight.requirements.uv import find_uv


@click.command("lock")
@click.argument("paths", metavar="[PROJECT|FILE…]", type=PATH, nargs=-1)
@click.option("-o", "--output", "out", type=PATH, help="The lock to write; standard output where left out.")
@click.option("--group", "groups", multiple=True, metavar="NAME", help="This extra or group too; repeatable.")
@click.option("--upgrade", is_flag=True, help="Do not keep to the versions of the lock that is there.")
@click.option("--check", is_flag=True, help="Write nothing: exit status 1 where the lock is out of date.")
@FORM
@FOR
@TALK
def COMMAND(paths: tuple[Path, ...], out: Path | None, as_json: bool, quiet: bool, **given: Any) -> int:  # noqa: N802, ANN401
    """Exact versions, with hashes, of what PROJECT or some requirements FILEs ask for.

    The versions are found by uv. Without --platform one lock holds for every platform; with it, for just those, and
    only the hashes of files that they can install are in it. A lock that is already there is kept to wherever its
    versions still fit, and the same input gives the same bytes.

    Platforms are named as uv does: linux, macos, windows, x86_64-manylinux_2_28, aarch64-manylinux_2_28,
    x86_64-unknown-linux-musl, aarch64-apple-darwin, x86_64-pc-windows-msvc and more.

    \b
    Examples:
      deadweight deps lock -o requirements.lock.txt
      deadweight deps lock requirements.in --python 3.11 --platform x86_64-manylinux_2_28 -o requirements.lock.txt
      deadweight deps lock --group test --form pylock -o pylock.test.toml
      deadweight deps lock -o requirements.lock.txt --check
    """
    if given["check"] and out is None:
        raise UsageError("--check compares with a lock", advice="Name it: -o requirements.lock.txt")
    what = asked_of(paths or (Path(),), given["groups"])
    order = LockOrder(out, form(given["form"], out), wish(given), given["upgrade"], given["check"])
    outcome = lock_to(find_uv(), what, order)
    if as_json:
        click.echo(text(as_plain(outcome)), nl=False)
    elif out is None:
        click.echo(outcome.text, nl=False)
    elif not quiet:
        click.echo(lock_report(outcome, Paint(in_colour(sys.stdout))), nl=False)
    return int(given["check"] and not outcome.is_current)
