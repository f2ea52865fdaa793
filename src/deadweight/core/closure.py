"""What a program needs, at any remove, with the reason for each member."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

from deadweight.core.listing import Listing


class Step(NamedTuple):
    """One step of the closure: `path` is needed because of `because`, another member; empty for a way in.

    `says` is the reason as a sentence's end: `imported in line 12`, `is its DT_NEEDED libz.so.1`. `need` is the name of
    the Need that said so. An `optional` step leads to what is made use of only where it is there.
    """

    path: str
    says: str
    because: str = ""
    need: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Closure:
    """The members by path, each with the step that reached it first (breadth first, so chains are short).

    `known` is False where nothing says how the program starts: then nothing is known to be unreached. `optional` are
    the members that only optional steps lead to.
    """

    steps: Mapping[str, Step] = field(default_factory=dict)
    known: bool = True
    optional: frozenset[str] = frozenset()

    def __contains__(self, path: str) -> bool:
        return path in self.steps

    def without_optional(self) -> Closure:
        """What is reached without optional steps."""
        if not self.optional:
            return self
        return Closure({path: step for path, step in self.steps.items() if path not in self.optional}, self.known)

    def chain(self, path: str) -> tuple[Step, ...]:
        """The steps from a way in to the path, empty where nothing reaches it."""
        found: list[Step] = []
        here = path
        while here in self.steps and len(found) <= len(self.steps):
            found.append(self.steps[here])
            here = self.steps[here].because
        return tuple(reversed(found))


Follow = Callable[[str], Iterable[Step]]


def close(seeds: Iterable[Step], follow: Follow, listing: Listing) -> Mapping[str, Step]:
    """Every path that the seeds lead to, with the step that reached it first.

    A path reached through symbolic links reaches each link on its way and what they lead to. Paths that are not there
    are passed over, and so is the root. A directory is a member by itself: what lies in it is not.
    """
    steps: dict[str, Step] = {}
    _reach(steps, seeds, follow, listing)
    return steps


def close_in_turn(
    seeds: Iterable[Step], follow: Follow, listing: Listing, wanted: Callable[[Step, Mapping[str, Step]], bool]
) -> Closure:
    """The same, optional steps last: the members that only these lead to are optional.

    An optional step is taken like any other once `wanted` says so of it and of what is reached so far.
    """
    steps: dict[str, Step] = {}
    waiting = _reach(steps, seeds, follow, listing)
    while released := [step for step in waiting if wanted(step, steps)]:
        taking = set(map(id, released))
        waiting = [step for step in waiting if id(step) not in taking]
        taken = [step._replace(optional=False) for step in released]
        waiting += _reach(steps, taken, follow, listing)
    needed = frozenset(steps)
    _reach(steps, [step._replace(optional=False) for step in waiting], _taking_all(follow), listing)
    return Closure(steps, optional=frozenset(steps) - needed)


def _reach(steps: dict[str, Step], seeds: Iterable[Step], follow: Follow, listing: Listing) -> list[Step]:
    """Add what the seeds lead to; the optional steps that were met and not taken."""
    waiting: deque[str] = deque()
    put_off: list[Step] = []
    for step in chain(seeds, _following(waiting, follow)):
        if step.optional:
            put_off.append(step)
            continue
        for one in _settled(step, listing):
            if one.path and one.path not in steps:
                steps[one.path] = one
                waiting.append(one.path)
    return put_off


def _taking_all(follow: Follow) -> Follow:
    return lambda path: (step._replace(optional=False) if step.optional else step for step in follow(path))


def _following(waiting: deque[str], follow: Follow) -> Iterator[Step]:
    while waiting:
        yield from follow(waiting.popleft())


def _settled(step: Step, listing: Listing) -> Iterator[Step]:
    """The step, and those along the symbolic links that lead from its path to where it ends."""
    if step.path in listing and step.path not in listing.links:
        yield step
        return
    because, says = step.because, step.says
    for path in _trail(step.path, listing):
        yield Step(path, says, because, step.need)
        if not step.path.startswith(f"{path}/"):  # a directory on the way is no reason: all paths go through it
            because, says = path, "is where the link leads"


def _trail(path: str, listing: Listing) -> Iterator[str]:
    """Each symbolic link on the way to the path, then what stands where they lead, if anything does."""
    followed = 0
    here, waiting = "", path.split("/")[::-1]
    while waiting and followed <= 40:
        part = waiting.pop()
        if part == "..":
            here = here.rpartition("/")[0]
            continue
        step = f"{here}/{part}" if here else part
        target = listing.links.get(step)
        if target is None:
            here = step if part not in ("", ".") else here
            continue
        yield step
        followed += 1
        here = "" if target.startswith("/") else here
        waiting.extend(part for part in reversed(target.split("/")) if part)
    if followed <= 40 and (here in listing or here in listing.directories):
        yield here
