"""The process that a model runs in alone, to be timed: `python -m deadweight.pipeline.models.worker WORDS`.

WORDS are one JSON object: the file, and the task, or samples with their metric and the model whose inputs they fit.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from deadweight.judging.basis import Basis
from deadweight.judging.serving import Bench, own_output, serve, timed_inputs
from deadweight.pipeline.models.developing import model_of


def words(file: Path, model: Path, basis: Basis) -> Sequence[str]:
    """The command line that runs the file; `model` is the one that samples are fitted to."""
    said = {
        "file": str(file),
        "model": str(model),
        "task": str(basis.task or ""),
        "samples": str(basis.samples or ""),
        "metric": basis.metric,
    }
    return (sys.executable, "-m", __name__, json.dumps(said))


def main(said: dict[str, str]) -> None:
    """Serve until standard input ends."""
    out = own_output()
    task, samples = (Path(said[name]) if said[name] else None for name in ("task", "samples"))
    basis = Basis(task, samples, said["metric"])

    def made() -> Bench:
        program = basis.program(Path(said["model"]))
        return Bench(program, timed_inputs(program), lambda: model_of(program, Path(said["file"])))

    serve(made, sys.stdin.buffer, out)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
