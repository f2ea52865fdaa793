"""A file is pruned little by little, its model trained in between to answer as before."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from deadweight.core.progress import SILENT, Progress
from deadweight.core.steps import Pruned, Recovered
from deadweight.formats.output import scratch_directory
from deadweight.judging.task import Program
from deadweight.models.reading import read
from deadweight.pipeline.models.pruning import prune
from deadweight.pipeline.models.trained import check_trained, write_trained
from deadweight.squeezing.steps.finetuning import Learned, Lesson, Teaching, fine_tuned
from deadweight.squeezing.steps.pruning import Cut, prunable
from deadweight.squeezing.steps.thinning import Thinning
from deadweight.squeezing.storing.files import weights_of


@dataclass(frozen=True, slots=True)
class Course:
    """What is pruned into what, how much of it, and how long it learns in between."""

    file: Path
    out: Path
    cut: Cut
    lesson: Lesson


def prune_gradually(course: Course, program: Program, progress: Progress = SILENT) -> Pruned:
    """Write `out`, as many weights at zero as `prune` writes, the others trained; raises as it and `fine_tuned` do."""
    file, out = course.file, course.out
    check_trained(out, "Leave --steps away, or prune the weights it was made of, then: deadweight model convert.")
    began, tensors = time.monotonic(), weights_of(file)
    layers = tuple(one.name for one in prunable(read(file), course.cut.keep))
    thinning = Thinning(course.cut, layers, course.lesson.steps)
    learned = fine_tuned(Teaching(program, tensors, course.lesson, thinning), tensors, progress)
    seconds = time.monotonic() - began
    with scratch_directory(out) as folder:
        trained = folder / out.name
        write_trained(file, trained, learned.tensors, progress)
        done = prune(trained, out, course.cut, progress)  # what no parameter was made of, and what a dtype rounds to
    zeros = {name: int(np.count_nonzero(tensors[name] == 0)) for name in layers}
    return replace(
        done,
        file=str(file),
        before=read(file).size,
        tensors=tuple(replace(one, before=zeros[one.name]) for one in done.tensors),
        recovered=_recovered(learned, len(thinning.turns()), seconds),
    )


def _recovered(learned: Learned, rounds: int, seconds: float) -> Recovered:
    last = float(np.mean(learned.losses[-10:]))
    return Recovered(len(learned.losses), rounds, max(learned.losses), last, seconds)
