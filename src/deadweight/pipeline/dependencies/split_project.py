"""A project is split, its core list tried where that is asked for, and the lists written if nothing is against it."""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from pathlib import Path

from deadweight.core.errors import UsageError
from deadweight.core.proof import Verdict as Shown
from deadweight.core.verdict import Fault, Verdict
from deadweight.dependencies.split_outcome import SplitOutcome, Trial
from deadweight.pipeline.dependencies.chosen import chosen
from deadweight.pipeline.dependencies.core_environment import CoreEnvironment
from deadweight.pipeline.dependencies.judging import Judged
from deadweight.pipeline.dependencies.split_order import Lists, SplitOrder
from deadweight.pipeline.dependencies.splitting import outcome_of, split_lists, write_lists
from deadweight.pipeline.dependencies.trial import tried
from deadweight.pipeline.exercise import Exercise
from deadweight.requirements.uv import find_uv


def split_project(folder: Path, environment: Path | None, order: SplitOrder, exercise: Exercise | None) -> SplitOutcome:
    """The project's lists, written into the order's folder; with an exercise only if the proof shows the same.

    Raises UsageError for broken files and where the folder is there already, Lacking without uv or what it needs.
    """
    if os.path.lexists(order.out):
        raise UsageError("it is already there", where=str(order.out), advice="Name a path that is free.")
    uv = find_uv()
    judged = chosen(folder, environment)
    if order.unsafe:
        judged = replace(judged, verdicts=tuple(map(_taken_as_sure, judged.verdicts)))
    lists = split_lists(uv, judged, order)
    if exercise is None:
        return write_lists(judged, order, lists)
    with tempfile.TemporaryDirectory(prefix="deadweight-", dir=_disk(order.out, folder)) as room:
        lists, trial = tried(CoreEnvironment(uv, judged, order, Path(room)), judged, lists, exercise)
    return _written(judged, order, lists, trial)


def _taken_as_sure(verdict: Verdict) -> Verdict:
    """As sure, where that leaves something out or elsewhere; what is only guessed is never added."""
    return replace(verdict, is_sure=True) if verdict.fault in (Fault.UNUSED, Fault.MISPLACED) else verdict


def _written(judged: Judged, order: SplitOrder, lists: Lists, trial: Trial) -> SplitOutcome:
    if trial.proof.verdict is Shown.SAME:
        return write_lists(judged, order, lists, trial)
    return outcome_of(judged, order, lists, trial)


def _disk(out: Path, folder: Path) -> str | None:
    """Where there is room for an environment: beside the result, unless that is in the project; else the system's."""
    parent = out.absolute().parent
    inside = Path(os.path.realpath(parent)).is_relative_to(os.path.realpath(folder))
    return None if inside or not parent.is_dir() else str(parent)
