"""Fine-tuning by distillation: a changed model learns to answer what the original answers; it takes no labels.

Only the task's calibration inputs are looked at. The model stays in evaluation mode, so that statistics stay and
nothing is dropped. Weights that are zero stay zero. Source: Hinton et al. 2015; squared error of the outputs
themselves, Ba and Caruana 2014.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from math import cos, pi
from typing import Any

import numpy as np

from deadweight.core.errors import Lacking, UsageError
from deadweight.core.progress import SILENT, Progress
from deadweight.judging.array import Array
from deadweight.judging.task import Program
from deadweight.squeezing.steps.thinning import Thinning

_WARM = 0.1
"""The share of the steps over which the rate rises; then it falls as a half wave."""
_WORKING = "the task"


@dataclass(frozen=True, slots=True)
class Lesson:
    """How long and how fast: `rate` is the learning rate of Adam at its height, `batch` the inputs of a step."""

    steps: int = 100
    rate: float = 1e-4
    batch: int = 16
    seed: int = 0


@dataclass(slots=True)
class Learned:
    """The tensors that were trained, by name, the loss at each step, and how many weights are zero.

    A loss is the mean squared difference to the original's outputs over their mean square.
    """

    tensors: dict[str, Array] = field(default_factory=dict)
    losses: list[float] = field(default_factory=list)
    zeros: int = 0


@dataclass(frozen=True, slots=True)
class Teaching:
    """Who teaches what: the program that builds and asks models, the original's tensors, and the lesson.

    With `thinning` more and more weights become zero while the others learn.
    """

    program: Program
    original: Mapping[str, Array]
    lesson: Lesson
    thinning: Thinning | None = None


def fine_tuned(teaching: Teaching, tensors: Mapping[str, Array], progress: Progress = SILENT) -> Learned:
    """Train the model of `tensors` towards the original; raises UsageError where the task cannot be trained on.

    Raises Lacking where torch is not there.
    """
    torch, program, lesson = _torch(), teaching.program, teaching.lesson
    _check(program, lesson)
    torch.manual_seed(lesson.seed)
    student, teacher = program.build(tensors), program.build(teaching.original)
    held, found = parameters_of(student, tensors), Learned()
    optimiser = torch.optim.Adam(list(held.values()), lr=lesson.rate)
    progress.start("fine-tuning", lesson.steps, "steps")
    for step, inputs in enumerate(_batches(program.calibration, lesson)):
        _thin(teaching, tensors, held, step)
        masks = {name: one != 0 for name, one in held.items()}
        _set_rate(optimiser, lesson, step)
        found.losses.append(_step(program, (student, teacher), inputs, optimiser))
        _keep_zeros(held, masks)
        progress.advance(1)
    progress.finish()
    found.zeros = sum(int((one == 0).sum()) for one in held.values())
    found.tensors = {name: one.detach().cpu().numpy().copy() for name, one in held.items()}
    _check_finite(found)
    return found


def _thin(teaching: Teaching, tensors: Mapping[str, Array], held: Mapping[str, Any], step: int) -> None:
    """Set the smallest weights to zero where it is their turn, among those that no parameter is made of too."""
    share = None if teaching.thinning is None else teaching.thinning.share(step)
    if teaching.thinning is None or share is None:
        return
    now = {**tensors, **{name: one.detach().cpu().numpy() for name, one in held.items()}}
    with _torch().no_grad():
        for name, goes in teaching.thinning.smallest(now, share):
            if name in held:
                held[name].masked_fill_(_torch().from_numpy(goes).to(held[name].device), 0.0)


def _keep_zeros(held: Mapping[str, Any], masks: Mapping[str, Any]) -> None:
    with _torch().no_grad():
        for name, one in held.items():
            one.mul_(masks[name])


def _torch() -> Any:  # noqa: ANN401  a module
    try:
        import torch
    except ImportError as fault:
        raise Lacking("fine-tuning takes torch", advice="pip install 'deadweight[models,torch]'") from fault
    return torch


def _check(program: Program, lesson: Lesson) -> None:
    wrong = []
    if program.forward is None:
        wrong.append("it defines no forward(model, inputs), which gives a tensor that gradients flow through")
    if len(program.calibration) < lesson.batch:
        wrong.append(f"its calibration() gives {len(program.calibration)} inputs, and a step takes {lesson.batch}")
    if wrong:
        raise UsageError(
            "; ".join(wrong), where=_WORKING, advice="docs/models.md shows a task; predict may call its forward."
        )


def parameters_of(model: Any, tensors: Mapping[str, Array]) -> dict[str, Any]:  # noqa: ANN401  torch's own
    """The parameters of the model by the names of the tensors that they were made of: by name, else by values.

    Raises UsageError where the model has none that is one of the tensors.
    """
    by_shape: dict[tuple[int, ...], list[str]] = {}
    for name, one in tensors.items():
        by_shape.setdefault(one.shape, []).append(name)
    found: dict[str, Any] = {}
    for own, parameter in model.named_parameters() if hasattr(model, "named_parameters") else ():
        values = parameter.detach().cpu().numpy()
        near = sorted(by_shape.get(values.shape, ()), key=lambda name: (not name.endswith(own), name))
        same = (
            name for name in near if name not in found and np.array_equal(values, tensors[name].astype(values.dtype))
        )
        found.update({name: parameter.requires_grad_(True) for name in islice(same, 1)})
    if not found:
        raise UsageError(
            "none of the model's parameters is a tensor of the file",
            where=_WORKING,
            advice="build(weights) gives a torch module whose parameters are the weights, as they are.",
        )
    return found


def _is_of(values: Array, tensor: Array) -> bool:
    return bool(np.array_equal(values, tensor.astype(values.dtype)))


def _batches(inputs: Sequence[Any], lesson: Lesson) -> Iterator[list[Any]]:
    """As many batches as there are steps; each input comes once before one comes twice."""
    random = np.random.default_rng(lesson.seed)
    order: list[int] = []
    for _ in range(lesson.steps):
        if len(order) < lesson.batch:
            order += random.permutation(len(inputs)).tolist()
        taken, order = order[: lesson.batch], order[lesson.batch :]
        yield [inputs[at] for at in taken]


def _step(program: Program, models: tuple[Any, Any], inputs: list[Any], optimiser: Any) -> float:  # noqa: ANN401
    torch, forward = _torch(), program.forward
    assert forward is not None, "it was checked"
    with torch.no_grad():
        wanted = forward(models[1], inputs)
    given = forward(models[0], inputs)
    if not hasattr(given, "requires_grad") or not given.requires_grad:
        raise UsageError(
            "forward(model, inputs) gives nothing that gradients flow through",
            where=_WORKING,
            advice="It calls the model without inference_mode, no_grad, detach or numpy.",
        )
    loss = ((given - wanted) ** 2).mean() / (wanted**2).mean().clamp_min(1e-12)
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    optimiser.step()
    return float(loss.detach())


def _set_rate(optimiser: Any, lesson: Lesson, step: int) -> None:  # noqa: ANN401  torch's own
    warm = max(1, round(_WARM * lesson.steps))
    left = (step - warm) / max(1, lesson.steps - warm)
    share = (step + 1) / warm if step < warm else (1 + cos(pi * left)) / 2
    for group in optimiser.param_groups:
        group["lr"] = lesson.rate * share


def _check_finite(found: Learned) -> None:
    wrong = [name for name, one in found.tensors.items() if not np.isfinite(one.astype(np.float64)).all()]
    if wrong:
        raise UsageError(
            f"training left what is no number in {wrong[0]}", where=_WORKING, advice="Lower the rate: --lr."
        )
