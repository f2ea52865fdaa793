"""What a race of two models comes to: costs of each, and contrasts that claim no more than the repeats show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from deadweight.core.comparison import Calls, Contrast, Costs, Measure
from deadweight.judging.intervals import Rounds, median, spread
from deadweight.judging.racing import Seen

_CROWDED = 1.25
_WALL, _CPU = 0, 1


def costs(seen: Seen, which: int) -> Costs:
    """What one of the two costs, 0 for the first."""
    opened, ran = ([start[which] for start in spent] for spent in (seen.opened, seen.ran))
    calls = tuple(_calls(batch, [turns[:, which] for turns in starts]) for batch, starts in seen.turns.items())
    return Costs(
        spread([one.wall for one in opened]),
        _middle([one.resident for one in opened]),
        _middle([one.resident for one in ran]),
        _middle([one.peak for one in ran]),
        calls,
    )


def contrasts(seen: Seen) -> tuple[Contrast, ...]:
    """By batch size how many times less the second takes, each round held against itself."""
    return tuple(
        Contrast(batch, *(median([turns[:, 0, of] / turns[:, 1, of] for turns in starts]) for of in (_WALL, _CPU)))
        for batch, starts in seen.turns.items()
    )


def loads(seen: Seen) -> Measure:
    """How many times faster the second is opened, from the least to the most of the starts."""
    return spread([first.wall / second.wall for first, second in seen.opened])


def crowded(seen: Seen, threads: int) -> Iterator[str]:
    """What was seen to use more threads than it was told to."""
    for which, name in enumerate("AB"):
        used = max(float(np.median(turns[:, which, _CPU] / turns[:, which, _WALL])) for turns in _all(seen))
        if used > threads * _CROWDED:
            yield f"{name} keeps {used:.1f} threads busy where {threads} were asked for: it sets them itself"


def _all(seen: Seen) -> Iterator[Rounds]:
    for starts in seen.turns.values():
        yield from starts


def _calls(batch: int, starts: Sequence[Rounds]) -> Calls:
    return Calls(batch, *(median([turns[:, of] for turns in starts]) for of in (_WALL, _CPU)))


def _middle(values: Sequence[int]) -> int:
    return int(np.median(values))
