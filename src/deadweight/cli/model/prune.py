"""`deadweight model prune`: the smallest weights at zero."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from deadweight.cli.answering import answer
from deadweight.cli.model.judging import JUDGED, program_for
from deadweight.cli.model.lesson import PACE, check_pace, lesson_of
from deadweight.cli.model.needs import check_numpy
from deadweight.cli.options import NEW_PATH, PATH, TALK
from deadweight.cli.progress import terminal_progress
from deadweight.core.errors import UsageError
from deadweight.core.steps import Pruned
from deadweight.reports.models import pruning

SHARE = click.FloatRange(0.0, 1.0, min_open=True, max_open=True)


@click.command("prune")
@click.argument("file", type=PATH)
@click.option("--output", "-o", "out", type=NEW_PATH, required=True, help="The new file; its ending says the form.")
@click.option("--amount", type=SHARE, required=True, help="The share of the weights that goes, 0.3 for 30 %.")
@click.option(
    "--scope",
    type=click.Choice(("layer", "global")),
    default="layer",
    show_default=True,
    help="The smallest of each tensor, or of all of them together.",
)
@click.option("--keep", multiple=True, metavar="GLOB", help="Tensors that stay whole.")
@click.option("--steps", type=click.IntRange(1), help="Go in ten rounds, with so many steps of Adam between and after.")
@PACE
@JUDGED
@TALK
def COMMAND(file: Path, out: Path, as_json: bool, quiet: bool, **given: Any) -> int:  # noqa: N802, ANN401  click's
    """Set the smallest weights of FILE to zero, as torch.nn.utils.prune does (l1_unstructured, global_unstructured).

    The result is an ordinary file of the same dtypes, and as big: zeros take the room of other numbers. What zstd
    leaves of it is measured and told. Tensors of one axis and of less than 4,096 elements are left as they are.

    With --steps they go little by little (Zhu and Gupta 2017), and the others learn in between to answer as the
    original does. That takes torch, and a --task with forward(model, inputs); see deadweight model finetune.

    \b
    Examples:
      deadweight model prune model.safetensors -o sparse.safetensors --amount 0.3
      deadweight model prune model.onnx -o sparse.onnx --amount 0.2 --scope global --keep '*embeddings*'
      deadweight model prune model.safetensors -o sparse.safetensors --amount 0.3 --task task.py
      deadweight model prune model.safetensors -o sparse.safetensors --amount 0.5 --task task.py --steps 100
    """
    check_pace(click.get_current_context())
    check_numpy("pruning")
    done = _pruned(file, out, given, quiet)
    answer(done, pruning.text, as_json, quiet)
    return 0


def _pruned(file: Path, out: Path, given: dict[str, Any], quiet: bool) -> Pruned:
    from deadweight.pipeline.models.pruning import asked, prune
    from deadweight.squeezing.steps.pruning import Cut, Scope

    progress, cut = terminal_progress(quiet), Cut(given["amount"], Scope(given["scope"]), given["keep"])
    program = program_for(file, given)
    if not given["steps"]:
        done = prune(file, out, cut, progress)
    elif program is None:
        raise UsageError("--steps are of training, which takes a task", advice="--task TASK.py, with forward().")
    else:
        from deadweight.pipeline.models.thinning import Course, prune_gradually

        done = prune_gradually(Course(file, out, cut, lesson_of(given)), program, progress)
    return done if program is None else asked(done, program, progress)
