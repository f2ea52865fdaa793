"""`deadweight model quantize`: weights in eight bits or four."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from deadweight.cli.answering import answer
from deadweight.cli.model.judging import JUDGED, program_for
from deadweight.cli.model.needs import check_numpy
from deadweight.cli.options import NEW_PATH, PATH, TALK
from deadweight.cli.progress import terminal_progress
from deadweight.core.errors import UsageError
from deadweight.core.steps import Quantised
from deadweight.reports.models import quantising

METHODS = ("dynamic", "static", "weight-only")


@click.command("quantize")
@click.argument("file", type=PATH)
@click.option("--output", "-o", "out", type=NEW_PATH, required=True, help="The new file: .onnx of a graph.")
@click.option("--method", type=click.Choice(METHODS), required=True, help="Weights and activations, or weights alone.")
@click.option("--bits", type=click.Choice(("8", "4")), default="8", show_default=True, help="4 with weight-only.")
@click.option(
    "--group",
    type=click.Choice(("16", "32", "64", "128")),
    default="32",
    show_default=True,
    help="Weights of a row that share a scale, where only weights are quantised.",
)
@click.option("--per-channel/--per-tensor", default=True, show_default=True, help="A scale for each channel.")
@JUDGED
@TALK
def COMMAND(file: Path, out: Path, as_json: bool, quiet: bool, **given: Any) -> int:  # noqa: N802, ANN401  click's
    """Write FILE with its weights in fewer bits; the words mean what they mean in onnxruntime.

    A graph of ONNX stays one and runs in onnxruntime: `dynamic` measures what flows through it at run time, `static`
    once, on calibration inputs (--samples, --task), `weight-only` leaves it in floating point. Embeddings are
    quantised too. Any other checkpoint takes weight-only, as a file of codes that `deadweight model restore` makes
    plain again. No gate decides: that is `deadweight model squeeze`.

    \b
    Examples:
      deadweight model quantize model.onnx -o int8.onnx --method dynamic
      deadweight model quantize model.onnx -o int4.onnx --method weight-only --bits 4 --group 32
      deadweight model quantize model.onnx -o int8.onnx --method static --samples inputs.npz
      deadweight model quantize model.safetensors -o int8.safetensors --method weight-only --task task.py
    """
    check_numpy("quantising")
    if given["method"] != "weight-only" and given["bits"] != "8":
        raise UsageError(f"{given['method']} quantisation has 8 bits", advice="--method weight-only has 4 too.")
    done = _quantised(file, out, given, quiet)
    answer(done, quantising.text, as_json, quiet)
    return 0


def _quantised(file: Path, out: Path, given: dict[str, Any], quiet: bool) -> Quantised:
    from deadweight.pipeline.models.quantising import quantise
    from deadweight.squeezing.graphs.quantising import Bits, Method

    bits = Bits(Method(given["method"]), int(given["bits"]), int(given["group"]), given["per_channel"])
    return quantise(file, out, bits, program_for(file, given), terminal_progress(quiet))
