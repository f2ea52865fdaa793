"""A file is fine-tuned against another: trained, written in its own form, and held beside the original."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from deadweight.core.errors import UsageError
from deadweight.core.progress import SILENT, Progress
from deadweight.core.steps import Tuned
from deadweight.core.tensor import Tensor
from deadweight.judging.array import Array
from deadweight.judging.task import Program
from deadweight.models.casting import bytes_in
from deadweight.models.converting import Wanted, convert
from deadweight.models.forms import form_of
from deadweight.pipeline.models.developing import developed
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
    form = form_of(course.out)
    if form is None:
        raise UsageError(
            "a graph is not trained",
            where=str(course.out),
            advice="Train the weights it was made of, then: deadweight model convert.",
        )
    began = time.monotonic()
    teaching = Teaching(program, weights_of(course.against), lesson)
    learned = fine_tuned(teaching, stored_of(course.file).tensors, progress)
    seconds = time.monotonic() - began
    done = convert(course.file, course.out, Wanted(form, change=Rewriting(learned.tensors)), progress)
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


@dataclass(frozen=True, slots=True)
class Rewriting:
    """Gives the new elements of the tensors that were trained, in the dtype that the file has."""

    tensors: Mapping[str, Array]

    def __call__(self, tensor: Tensor, given: Iterator[bytes]) -> Iterator[bytes]:
        """The bytes of the tensor as they are to be written."""
        if tensor.name not in self.tensors:
            yield from given
            return
        yield bytes_in(self.tensors[tensor.name], tensor.dtype)
