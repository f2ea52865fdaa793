"""The original made ready: calibrated, and found to answer the same when it is asked twice."""

from __future__ import annotations

from deadweight.core.progress import SILENT, Progress
from deadweight.judging.steadiness import check_steady
from deadweight.judging.task import Program
from deadweight.squeezing.bench import Bench
from deadweight.squeezing.calibration.moments import Calibration
from deadweight.squeezing.calibration.norms import Norms, norms_of
from deadweight.squeezing.calibration.reaching import calibrate, calibration_of
from deadweight.squeezing.squeezing import Weights, kinds_of
from deadweight.squeezing.standards import Standards
from deadweight.squeezing.storing.files import Stored


def bench_of(stored: Stored, program: Program, progress: Progress = SILENT) -> Bench:
    """The original, calibrated, and found to answer the same when it is asked twice."""
    original = program.build(stored.tensors)
    if program.prepare is not None:
        program.prepare(original)
    progress.start("calibrating", 0, "inputs")
    found, norms = _calibrated(stored, program, original)
    progress.finish()
    check_steady(program, original)
    kinds = kinds_of(stored.tensors, found.tables.keys(), found.gates)
    weights = Weights(stored.tensors, kinds, found, stored.dtypes)
    return Bench(program, weights, Standards(program, stored.tensors), norms=norms)


def _calibrated(stored: Stored, program: Program, original: object) -> tuple[Calibration, Norms | None]:
    """What comes to layers, and to batch normalisation, by one run over the calibration inputs."""
    norms: list[Norms] = []

    def run() -> None:
        seen = norms_of(program, original, stored.tensors)
        if seen is None:
            calibrate(program, original)
        else:
            norms.append(seen)

    found = calibration_of(stored, program, original, run)
    return found, next(iter(norms), None)
