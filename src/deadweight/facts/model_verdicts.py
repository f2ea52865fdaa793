"""What a gate says of a model whose weights were made coarser, and how it is told."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from deadweight.core.errors import UsageError
from deadweight.core.scene import Scene
from deadweight.core.squeeze_report import Judged
from deadweight.facts.model_files import on_disk

if TYPE_CHECKING:
    from deadweight.squeezing.steps.own_format_search import Verdict

_KEEP = 0.95


def verdict_on(scene: Scene, path: str, task: Path, keep: float) -> Verdict:
    """What the task, or samples of inputs, say of the coarsest weights that keep such a share."""
    from deadweight.judging.samples import program_of_samples
    from deadweight.judging.task import program_of
    from deadweight.squeezing.steps.own_format_search import verdict_of

    for _, place in on_disk(scene, [scene.listing.by_path[path]]):
        program = program_of(task) if task.suffix == ".py" else program_of_samples(place, task)
        return verdict_of(place, program, keep)
    raise UsageError("the model could not be laid aside to be judged", where=path, advice="Leave out its task.")


def verdict_told(one: Judged, keep: float) -> str:
    """One task's part of it."""
    kept = f"{one.task}: {one.before:.4g} became {one.after:.4g}, {one.lower:.3f} of it kept at least"
    return f"{kept} of {one.examples:,} examples, {keep:g} asked for"


def share_to_keep(scene: Scene) -> float:
    """The share that is asked for; raises UsageError for what is none."""
    text = scene.options.get("lossy-keep", str(_KEEP))
    try:
        keep = float(text)
    except ValueError:
        keep = -1.0
    if not 0 < keep <= 1:
        raise UsageError(f"{text!r} is no share to keep", where="lossy-keep", advice="A number up to 1: 0.95")
    return keep
