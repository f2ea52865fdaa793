"""`deadweight model weigh`: tensors by bytes, what is dead weight and why."""

from __future__ import annotations

from pathlib import Path

import click

from deadweight.cli.answering import answer
from deadweight.cli.options import PATH, TALK
from deadweight.cli.progress import terminal_progress
from deadweight.models.reporting import weigh
from deadweight.reports.models import weighing


@click.command("weigh")
@click.argument("target", type=PATH)
@TALK
def COMMAND(target: Path, as_json: bool, quiet: bool) -> int:  # noqa: N802
    """What is in the model file TARGET, or in every one below a folder: tensors by bytes, and what is dead weight.

    It reads safetensors, torch, pickle and joblib, ONNX, GGUF, numpy and more, and never runs or imports anything of
    the file; what loading it would run is said. All bytes of the tensors are read, to tell which are equal.

    \b
    Examples:
      deadweight model weigh model.safetensors
      deadweight model weigh .venv/lib/python3.12/site-packages/silero_vad
      deadweight model weigh checkpoint.pt --json | jq '.findings[].says'
    """
    report = weigh(target, terminal_progress(quiet))
    answer(report, weighing.text, as_json, quiet)
    return 0
