"""`deadweight model strip`: the same tensors without what nothing uses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from deadweight.cli.answering import answer
from deadweight.cli.options import NEW_PATH, PATH, TALK
from deadweight.cli.progress import terminal_progress
from deadweight.models.reporting import opened
from deadweight.models.selection import Wish
from deadweight.models.stripping import strip
from deadweight.reports.models import stripping


@click.command("strip")
@click.argument("target", type=PATH)
@click.option(
    "--output", "-o", "out", type=NEW_PATH, required=True, help="The new file: .safetensors, or .pt for torch."
)
@click.option("--keep", multiple=True, metavar="GLOB", help="Tensors that stay whatever is found.")
@click.option("--drop", multiple=True, metavar="GLOB", help="Tensors that go because you say so: poolers, averages.")
@click.option("--tensors-only", is_flag=True, help="Leave the graph or program of the file behind.")
@TALK
def COMMAND(target: Path, out: Path, as_json: bool, quiet: bool, **given: Any) -> int:  # noqa: N802, ANN401  click's
    """Write the tensors of TARGET without optimizer state, copies, unread tensors and bytes of no tensor.

    Every tensor that is kept is read back from the new file and compared with the original before the file gets its
    name. A folder gives one file of safetensors in which equal tensors of all its model files are stored once.

    \b
    Examples:
      deadweight model strip pretrained.pt -o small.pt
      deadweight model strip pretrained.pt -o small.safetensors
      deadweight model strip model.safetensors -o lean.safetensors --drop 'pooler.*'
      deadweight model strip silero_vad/data -o silero.safetensors --tensors-only
    """
    looking = opened(target, terminal_progress(quiet))
    wish = Wish(given["keep"], given["drop"])
    done = strip(looking, wish, out, tensors_only=given["tensors_only"])
    answer(done, stripping.text, as_json, quiet)
    return 0
