"""A file is fine-tuned against another: trained, written in its own form, and held beside the original."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from deadweight.core.progress import SILENT, Progress
from deadweight.core.steps import Tuned
from deadweight.judging.task import Program
from deadweight.pipeline.models.developing import developed
from deadweight.pipeline.models.trained import check_trained, write_trained
from deadweight.squeezing.steps.finetuning import Lesson, Teaching, fine_tuned
from deadweight.squeezing.storing.files import stored_of, weights_of


@dataclass(frozen=True, slots=True)
class Course:
    """What is trained into what, and the original that it learns from."""

    file: Path
    out: Path
    against: Path


def fine_tune(course: Course, lesson: Lesson, program: Program, progress: Progress = SILENT) -> Tuned:
    """Write `out`, the file trained to answer as the original does; raises as `fine_tuned` and `convert` do."""
    check_trained(course.out, "Train the weights it was made of, then: deadweight model convert.")
    began = time.monotonic()
    teaching = Teaching(program, weights_of(course.against), lesson)
    learned = fine_tuned(teaching, stored_of(course.file).tensors, progress)
    seconds = time.monotonic() - began
    done = write_trained(course.file, course.out, learned.tensors, progress)
    return Tuned(
        file=str(course.file),
        out=str(course.out),
        against=str(course.against),
        steps=lesson.steps,
        rate=lesson.rate,
        seed=lesson.seed,
        first_loss=learned.losses[0],
        last_loss=float(np.mean(learned.losses[-10:])),
        seconds=seconds,
        tensors=len(learned.tensors),
        zeros=learned.zeros,
        before=done.before,
        after=done.after,
        judged=developed(program, course.against, course.out, progress),
    )
