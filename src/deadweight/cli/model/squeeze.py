"""`deadweight model squeeze`: the smallest model that keeps what a task asks for, where a gate says so."""

from __future__ import annotations

import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import click

from deadweight.cli.colour import in_colour
from deadweight.cli.model.judging import JUDGED_BY, basis
from deadweight.cli.options import PATH, TALK
from deadweight.cli.progress import terminal_progress
from deadweight.core.errors import Lacking, UsageError
from deadweight.core.progress import Progress
from deadweight.core.squeeze_report import SqueezeReport
from deadweight.core.version import VERSION
from deadweight.reports.json import as_plain, text

REFUSED = 3


def _list(context: click.Context, _: click.Parameter, is_asked: bool) -> None:
    """Tell which methods there are, and end."""
    if not is_asked:
        return
    _check_numpy()
    from deadweight.reports.models.squeezing import methods_text
    from deadweight.squeezing.method import methods

    sys.stdout.write(methods_text([(one.name, one.summary, one.rank) for one in methods().values()]))
    context.exit()


@click.command("squeeze")
@click.argument("file", type=PATH)
@click.option("--output", "-o", "out", type=PATH, required=True, help="The squeezed file; an ordinary safetensors.")
@JUDGED_BY
@click.option("--keep", type=click.FloatRange(0.01, 1.0), default=0.95, show_default=True, help="The share to keep.")
@click.option("--ratio", type=click.FloatRange(1.0), default=None, help="How many times smaller; as small as passes.")
@click.option("--method", "names", multiple=True, metavar="NAME", help="Search this method; may be repeated.")
@click.option("--methods", is_flag=True, is_eager=True, expose_value=False, callback=_list, help="List the methods.")
@click.option("--memory", type=PATH, help="A file that remembers what was judged, so that a search goes on.")
@TALK
def COMMAND(file: Path, out: Path, as_json: bool, quiet: bool, **given: Any) -> int:  # noqa: N802, ANN401  click's
    """Squeeze FILE: weights rounded with error feedback to codes that zstd packs, coarser until a task says stop.

    The task's development data steer the search. The result is written only where the gate's data, touched once, say
    that each task keeps the share: the lower bound of a paired bootstrap, 95 % sure. Otherwise nothing is written, and
    the exit status is 3. The task is your own program and is run as such.

    Methods that are named with --method are all searched; else feedback is, and those after it only where it fails.

    \b
    Examples:
      deadweight model squeeze model.safetensors -o small.safetensors --task task.py
      deadweight model squeeze model.safetensors -o small.safetensors --task task.py --ratio 14 --keep 0.97
      deadweight model squeeze model.onnx -o small.safetensors --samples inputs.npz
      deadweight model restore small.safetensors -o plain.safetensors
    """
    if out.exists():
        raise UsageError("it is there already", where=str(out), advice="Name another, or remove it first.")
    report = _squeezed(file, out, given, terminal_progress(quiet))
    if as_json:
        sys.stdout.write(text({**as_plain(report), "passed": report.passed}))
    elif not quiet:
        from deadweight.reports.models import squeezing

        sys.stdout.write(squeezing.text(report, in_colour(sys.stdout)))
    return 0 if report.passed else REFUSED


def _squeezed(file: Path, out: Path, given: dict[str, Any], progress: Progress) -> SqueezeReport:
    judged_by = basis(given, file)
    from deadweight.judging.looks import Looks
    from deadweight.pipeline.models.squeezing import Order, squeeze
    from deadweight.squeezing.memory import Memory
    from deadweight.squeezing.method import chosen
    from deadweight.squeezing.search import Aim

    program = judged_by.program(file)
    remembered = Memory(given["memory"], f"{_digest(file)} {judged_by.digest} {VERSION}")
    names = given["names"]
    aim = Aim(given["keep"], given["ratio"] or 0.0, bool(names))
    looks = Looks(given["memory"], judged_by.digest)
    return squeeze(Order(file, out, aim, remembered, chosen(names), looks), program, progress)


def _digest(path: Path) -> str:
    found = sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            found.update(piece)
    return found.hexdigest()


def _check_numpy() -> None:
    try:
        import numpy  # noqa: F401
    except ImportError as fault:
        raise Lacking("squeezing needs numpy", advice="pip install 'deadweight[models]'") from fault
