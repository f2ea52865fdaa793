"""Weights become a graph of ONNX through the task that builds their model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from deadweight.core.conversion import Converted, Ran
from deadweight.core.errors import Corrupt, UsageError
from deadweight.core.progress import SILENT, Progress
from deadweight.formats.output import put_in_place, scratch_directory
from deadweight.judging.array import Array
from deadweight.judging.task import Program
from deadweight.models.onnx_files import onnx_library
from deadweight.models.reading import read
from deadweight.squeezing.graphs.exporting import export
from deadweight.squeezing.storing.files import weights_of


def to_graph(file: Path, out: Path, program: Program | None, progress: Progress = SILENT) -> Converted:
    """Write the graph of the file's model; raises as `export`, and UsageError where there is no program."""
    checkpoint = read(file)
    ran = write_graph(weights_of(file), out, program, progress)
    after = read(out)
    form = (str(file), str(out), checkpoint.format, "ONNX", checkpoint.size, after.size, len(after.tensors))
    return Converted(*form, ran=ran)


def write_graph(weights: Mapping[str, Array], out: Path, program: Program | None, progress: Progress = SILENT) -> Ran:
    """Write the graph that the program makes of the weights, checked by onnx and run beside the model."""
    if program is None:
        raise UsageError(
            "weights alone are no graph: it is made by running the model that they belong to",
            where=str(out),
            advice="--task TASK.py, with build(weights) and example(inputs).",
        )
    progress.start("tracing", 0, "models")
    with scratch_directory(out) as folder:
        made = folder / out.name
        ran = export(program, program.build(weights), made)
        onnx = onnx_library()
        try:
            onnx.checker.check_model(str(made))
        except onnx.checker.ValidationError as fault:
            raise Corrupt(f"onnx takes the graph for no valid model ({fault})", where=str(out)) from fault
        put_in_place(made, out)
    progress.finish()
    return ran
