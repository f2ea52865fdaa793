"""Which edits break the program: found by bisection over trials of the packed result."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from deadweight.core.edit import Edit, Safety
from deadweight.core.proof import Comparison, Undone

Trial = Callable[[Sequence[Edit]], Comparison | None]
"""Packs and proves these edits alone: the first difference, None where the result answers as the original does."""


def find_culprits(edits: Sequence[Edit], broken: Trial, most: int = 40) -> tuple[tuple[Edit, ...], tuple[Undone, ...]]:
    """Take out edits until nothing is broken: those kept, safest first, and those undone, with what they broke.

    Binary search for the shortest list of leading edits that is broken; its last edit goes, the search goes on behind
    it. Several culprits cost c · (log2 n + 1) trials, and of edits that break something only together one goes, the
    least safe: the search ends at the edit that completes what is broken, so that no further method (Zeller's ddmin)
    is needed. No edit is kept that was not part of a good trial. All edits behind those known to be good go where
    `most` trials are spent (three more at most), and all where the result is broken without any.
    """
    order = list(Safety)
    search = _Search(sorted(edits, key=lambda edit: order.index(edit.safety)), broken, most)
    search.run()
    return tuple(search.edits), tuple(search.undone)


@dataclass(slots=True)
class _Search:
    """`edits[:good]` is known to break nothing; of the empty list that is known once `rested`."""

    edits: list[Edit]
    broken: Trial
    most: int
    good: int = 0
    trials: int = 0
    rested: bool = False
    undone: list[Undone] = field(default_factory=list)

    def run(self) -> None:
        while self.good < len(self.edits):
            found = self._try(len(self.edits))
            if found is None or not self._take_out(found):
                return

    def _take_out(self, found: Comparison) -> bool:
        """Find and take out one edit that is to blame; whether it is worth going on."""
        bad, found = self._narrow(len(self.edits), found)
        if bad - self.good > 1:
            self._give_up(f"not told apart in {self.trials} trials: {found.difference}", found)
            return False
        if not self.rested and self._try(0) is not None:
            self._give_up(f"the result differs without any edit: {found.difference}", found)
            return False
        self.rested = True
        self.undone.append(Undone(self.edits.pop(bad - 1), found.probe, found.difference))
        return True

    def _narrow(self, bad: int, found: Comparison) -> tuple[int, Comparison]:
        """The smallest number of leading edits seen to be broken, and what was seen, as far as the trials reach."""
        while bad - self.good > 1 and self.trials < self.most:
            middle = (self.good + bad) // 2
            seen = self._try(middle)
            if seen is None:
                self.good, self.rested = middle, True
            else:
                bad, found = middle, seen
        return bad, found

    def _give_up(self, why: str, found: Comparison) -> None:
        self.undone += [Undone(edit, found.probe, why) for edit in self.edits[self.good :]]
        del self.edits[self.good :]

    def _try(self, count: int) -> Comparison | None:
        self.trials += 1
        return self.broken(tuple(self.edits[:count]))
