"""`deadweight model convert`: the same tensors in another form or dtype."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from deadweight.cli.colour import in_colour
from deadweight.cli.model.needs import check_numpy
from deadweight.cli.options import PATH, TALK
from deadweight.cli.progress import terminal_progress
from deadweight.core.conversion import Converted
from deadweight.core.errors import UsageError
from deadweight.core.progress import Progress
from deadweight.models.forms import NAMES, form_of
from deadweight.reports.json import as_plain, pieces
from deadweight.reports.models import converting

DTYPES = {"fp32": "float32", "fp16": "float16", "bf16": "bfloat16"}


@click.command("convert")
@click.argument("file", type=PATH)
@click.option("--output", "-o", "out", type=PATH, required=True, help="The new file; its ending says the form.")
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
    done = _converted(file, out, given, terminal_progress(quiet))
    if as_json:
        sys.stdout.writelines(pieces(as_plain(done)))
    elif not quiet:
        sys.stdout.write(converting.text(done, in_colour(sys.stdout)))
    return 0


def _converted(file: Path, out: Path, given: dict[str, Any], progress: Progress) -> Converted:
    form, dtype = form_of(out, given["form"] or ""), DTYPES.get(given["dtype"] or "", "")
    if form is None:
        return _graph(file, out, given, progress)
    from deadweight.models.converting import Wanted, convert

    return convert(file, out, Wanted(form, dtype, given["allow_overflow"], given["tensors_only"]), progress)


def _graph(file: Path, out: Path, given: dict[str, Any], progress: Progress) -> Converted:
    """A graph of a graph, or of weights and the task that builds their model."""
    dtype = DTYPES.get(given["dtype"] or "", "")
    if given["task"] is None:
        from deadweight.models.narrowing_graphs import narrowed

        return narrowed(file, out, dtype, allows_overflow=given["allow_overflow"], progress=progress)
    if dtype:
        raise UsageError("a graph is made in the dtype of its model", advice="Convert it, then the result: --dtype.")
    check_numpy("making a graph")
    from deadweight.judging.task import program_of
    from deadweight.pipeline.exporting import to_graph

    return to_graph(file, out, program_of(given["task"]), progress)
