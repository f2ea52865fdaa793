"""`deadweight model convert`: the same tensors in another form or dtype."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from deadweight.cli.answering import answer
from deadweight.cli.model.needs import check_numpy
from deadweight.cli.options import NEW_PATH, PATH, TALK
from deadweight.cli.progress import terminal_progress
from deadweight.models.forms import NAMES
from deadweight.pipeline.models.converting import Asked, convert
from deadweight.reports.models import converting

DTYPES = {"fp32": "float32", "fp16": "float16", "bf16": "bfloat16"}


@click.command("convert")
@click.argument("file", type=PATH)
@click.option("--output", "-o", "out", type=NEW_PATH, required=True, help="The new file; its ending says the form.")
@click.option("--to", "form", type=click.Choice(NAMES), help="The form, where the ending does not say it.")
@click.option("--dtype", type=click.Choice(tuple(DTYPES)), help="The dtype of all numbers of floating point.")
@click.option("--allow-overflow", is_flag=True, help="Numbers that fp16 cannot hold become infinite.")
@click.option("--tensors-only", is_flag=True, help="Leave the graph or program of the file behind.")
@click.option("--task", type=PATH, help="The Python file that builds the model of the weights, to make a graph of it.")
@TALK
def COMMAND(file: Path, out: Path, as_json: bool, quiet: bool, **given: Any) -> int:  # noqa: N802, ANN401  click's
    """Write the tensors of FILE, whatever form of model file it is, in another form or dtype.

    They pass in pieces, so that 8 GB take little memory; each is read back from the new file and compared before the
    file gets its name. A narrower dtype rounds: how many numbers changed, and by how much, is told; what it cannot
    hold at all is refused. Blocks of GGUF (q8_0, q5, q4) become numbers where --dtype says which. A graph of ONNX stays
    one, its tensors narrower. Weights become one with a --task whose example(inputs) says what the model is called
    with: it is traced by torch, and run beside the original.

    \b
    Examples:
      deadweight model convert pretrained.pt -o model.safetensors
      deadweight model convert model.safetensors -o half.safetensors --dtype bf16
      deadweight model convert model.gguf -o model.npz --dtype fp32
      deadweight model convert model.onnx -o half.onnx --dtype fp16
      deadweight model convert model.safetensors -o model.onnx --task task.py
    """
    if given["task"] is not None:
        check_numpy("making a graph")
    asked = Asked(
        form=given["form"] or "",
        dtype=DTYPES.get(given["dtype"] or "", ""),
        allows_overflow=given["allow_overflow"],
        tensors_only=given["tensors_only"],
        task=given["task"],
    )
    done = convert(file, out, asked, terminal_progress(quiet))
    answer(done, converting.text, as_json, quiet)
    return 0
