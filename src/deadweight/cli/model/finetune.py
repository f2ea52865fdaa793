"""`deadweight model finetune`: a changed model learns what the original answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from deadweight.cli.answering import answer
from deadweight.cli.model.judging import check_files
from deadweight.cli.model.lesson import PACE, lesson_of
from deadweight.cli.model.needs import check_numpy
from deadweight.cli.options import NEW_PATH, PATH, TALK
from deadweight.cli.progress import terminal_progress
from deadweight.core.steps import Tuned
from deadweight.reports.models import finetuning


@click.command("finetune")
@click.argument("file", type=PATH)
@click.option("--output", "-o", "out", type=NEW_PATH, required=True, help="The new file; its ending says the form.")
@click.option("--task", type=PATH, required=True, help="The Python file with forward(model, inputs).")
@click.option("--against", type=PATH, required=True, help="The original, whose outputs are what it learns.")
@click.option("--steps", type=click.IntRange(1), default=100, show_default=True, help="Steps of Adam.")
@PACE
@TALK
def COMMAND(file: Path, out: Path, as_json: bool, quiet: bool, **given: Any) -> int:  # noqa: N802, ANN401  click's
    """Train FILE, pruned or rounded, to answer as the original does: distillation, which takes no labels.

    It takes torch. Only the task's calibration inputs are looked at, and its development data are asked at the end;
    the gate's part is never touched. Weights that are zero stay zero. The task has forward(model, inputs), which gives
    the model's outputs as a tensor that gradients flow through.

    \b
    Examples:
      deadweight model prune model.safetensors -o sparse.safetensors --amount 0.3
      deadweight model finetune sparse.safetensors -o tuned.safetensors --against model.safetensors --task task.py
      deadweight model quantize tuned.safetensors -o small.safetensors --method weight-only
    """
    check_numpy("fine-tuning")
    check_files(file, given["against"], given["task"])
    done = _tuned(file, out, given, quiet)
    answer(done, finetuning.text, as_json, quiet)
    return 0


def _tuned(file: Path, out: Path, given: dict[str, Any], quiet: bool) -> Tuned:
    from deadweight.judging.task import program_of
    from deadweight.pipeline.models.finetuning import Course, fine_tune

    return fine_tune(
        Course(file, out, given["against"]), lesson_of(given), program_of(given["task"]), terminal_progress(quiet)
    )
