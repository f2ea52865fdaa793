"""Which edits broke what a proof found: results with some of them are tried, compared, and thrown away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from deadweight.core.changes import Changes
from deadweight.core.edit import Edit
from deadweight.core.probe import ProbeKind
from deadweight.core.proof import Comparison, Proof, Undone
from deadweight.facts.hard_imports import MODULE_PATHS
from deadweight.pipeline.making.ground import Ground
from deadweight.pipeline.making.narrowing import Said, narrowed, said_by, spares_program
from deadweight.pipeline.making.trial_trees import TrialTrees
from deadweight.pipeline.proving import Baseline, Proving, compare
from deadweight.proof.bisect import Blame, find_culprits
from deadweight.proof.suspects import of_its_kind, suspects

MOST_TRIALS = 40


def culprits(
    ground: Ground, room: Path, made: tuple[Sequence[Edit], Changes], failed: tuple[Baseline, Proving, Proof]
) -> tuple[tuple[Edit, ...], tuple[Undone, ...]]:
    """Which of the edits made break what failed: those kept and those undone, the probes that failed asked alone.

    `room` is an empty folder of ours; the changes are what the edits came to besides the swaps, their staged files
    still there. Swaps are made in every trial.
    """
    edits, changes = made
    scene = ground.scene
    known, proving, proof = failed
    asked = narrowed(known, proof, proving)
    swept = all(probe.kind is not ProbeKind.REQUEST for probe in asked.probes) and spares_program(proof, asked)
    assert asked.stand is not None, "the original stood somewhere"
    trees = TrialTrees(ground, room, changes, asked.stand)
    trials = _Trials(trees, asked, replace(proving, start=None) if swept else proving, said_by(proof.after))
    scene.progress.start("finding what broke it", 0, "trials")
    found = find_culprits(
        [edit for edit in edits if edit.rule and edit not in ground.swaps],
        trials,
        MOST_TRIALS,
        Blame(trials.suspected, of_its_kind),
    )
    scene.progress.finish()
    return found


@dataclass(slots=True)
class _Trials:
    """Runs of results with some of the edits, and what the last of them said."""

    trees: TrialTrees
    known: Baseline
    proving: Proving
    said: Said

    def __call__(self, edits: Sequence[Edit]) -> Comparison | None:
        """The first difference of a result with these edits alone."""
        with self.trees.standing(edits) as stand:
            proof = compare(self.known, stand, self.proving)
        self.said = said_by(proof.after)
        self.trees.scene.progress.advance(1)
        return proof.first_difference

    def suspected(self, found: Comparison, edits: Sequence[Edit]) -> Sequence[Edit]:
        """The edits that the difference and the sweeps of the last trial name, else those that its log does."""
        listing, modules = self.trees.scene.listing, self.trees.scene.ask(MODULE_PATHS)
        near = "\n".join((*self.said.swept, found.difference))
        return suspects(near, edits, listing, modules) or suspects(self.said.log, edits, listing, modules)
