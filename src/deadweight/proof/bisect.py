"""Which edits break the program: by what the difference names, else by bisection over trials of the result."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from deadweight.core.edit import Edit, Safety
from deadweight.core.proof import Comparison, Undone

Trial = Callable[[Sequence[Edit]], Comparison | None]
"""Proves a result with these edits alone: the first difference, None where it answers as the original does."""


def _nobody(found: Comparison, edits: Sequence[Edit]) -> Sequence[Edit]:
    return ()


def _alone(culprit: Edit, edits: Sequence[Edit], again: bool, text: str) -> Sequence[Edit]:
    return (culprit,)


@dataclass(frozen=True, slots=True)
class Blame:
    """Who is to blame: `suspects` of a difference are tried first, `kin` are the edits that go with a culprit.

    `kin` is told the edits left, whether its rule has had a culprit before, and the difference.
    """

    suspects: Callable[[Comparison, Sequence[Edit]], Sequence[Edit]] = _nobody
    kin: Callable[[Edit, Sequence[Edit], bool, str], Sequence[Edit]] = _alone


BLIND = Blame()


def find_culprits(
    edits: Sequence[Edit], broken: Trial, most: int = 40, blame: Blame = BLIND
) -> tuple[tuple[Edit, ...], tuple[Undone, ...]]:
    """Take out edits until nothing is broken: those kept, safest first, and those undone, with what they broke.

    As long as taking out whom the difference names changes what is seen, they are taken out: one trial a step.
    Then binary search for the shortest list of leading edits that is broken; its last edit goes with its kin, the
    search goes on behind it. Several culprits cost c · (log2 n + 1) trials, and of edits that break something only
    together one goes, the least safe: the search ends at the edit that completes what is broken, so that no further
    method (Zeller's ddmin) is needed. No edit is kept that was not part of a good trial. All edits behind those known
    to be good go where `most` trials are spent (three more at most), and all where the result is broken without any.
    """
    order = list(Safety)
    search = _Search(sorted(edits, key=lambda edit: order.index(edit.safety)), broken, most, blame)
    search.run()
    return tuple(search.edits), tuple(search.undone)


@dataclass(slots=True)
class _Search:
    """`edits[:good]` is known to break nothing; of the empty list that is known once `rested`."""

    edits: list[Edit]
    broken: Trial
    most: int
    blame: Blame
    good: int = 0
    trials: int = 0
    rested: bool = False
    undone: list[Undone] = field(default_factory=list)

    def run(self) -> None:
        while self.good < len(self.edits):
            found = self._follow(self._try(self.edits))
            if found is None or not self._take_out(found):
                return

    def _follow(self, found: Comparison | None) -> Comparison | None:
        """Take out whom the difference names while that changes what is seen; what is seen at the end."""
        while found is not None and self.trials < self.most:
            named = self._with_kin(self.blame.suspects(found, self.edits), found)
            if not named:
                return found
            seen = self._try([edit for edit in self.edits if edit not in named])
            if seen is not None and (seen.probe, seen.difference) == (found.probe, found.difference):
                return found
            self._undo(named, found.difference, found)
            found = seen
        return found

    def _take_out(self, found: Comparison) -> bool:
        """Find and take out one edit that is to blame, and its kin; whether it is worth going on."""
        bad, found = self._narrow(len(self.edits), found)
        if bad - self.good > 1:
            self._give_up(f"not told apart in {self.trials} trials: {found.difference}", found)
            return False
        if not self.rested and self._try(()) is not None:
            self._give_up(f"the result differs without any edit: {found.difference}", found)
            return False
        self.rested = True
        self._undo(self._with_kin([self.edits[bad - 1]], found), found.difference, found)
        return True

    def _narrow(self, bad: int, found: Comparison) -> tuple[int, Comparison]:
        """The smallest number of leading edits seen to be broken, and what was seen, as far as the trials reach."""
        while bad - self.good > 1 and self.trials < self.most:
            middle = (self.good + bad) // 2
            seen = self._try(self.edits[:middle])
            if seen is None:
                self.good, self.rested = middle, True
            else:
                bad, found = middle, seen
        return bad, found

    def _with_kin(self, culprits: Sequence[Edit], found: Comparison) -> list[Edit]:
        blamed = {one.edit.rule for one in self.undone}
        every = (self.blame.kin(one, self.edits, one.rule in blamed, found.difference) for one in culprits)
        return [edit for kin in every for edit in kin]

    def _undo(self, culprits: Sequence[Edit], why: str, found: Comparison) -> None:
        """Take the culprits out; those among the edits known to be good leave them good."""
        self.good -= sum(edit in culprits for edit in self.edits[: self.good])
        self.undone += [Undone(edit, found.probe, why) for edit in self.edits if edit in culprits]
        self.edits = [edit for edit in self.edits if edit not in culprits]

    def _give_up(self, why: str, found: Comparison) -> None:
        self._undo(self.edits[self.good :], why, found)

    def _try(self, edits: Sequence[Edit]) -> Comparison | None:
        self.trials += 1
        return self.broken(tuple(edits))
