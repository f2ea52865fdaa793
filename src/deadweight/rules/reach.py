"""What nothing reaches, and how that is said: for the rules that cut by the closure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from deadweight.core.closure import Closure
from deadweight.core.edit import Safety
from deadweight.core.entry import Kind
from deadweight.core.finding import Confidence, Evidence
from deadweight.core.gap import Gap
from deadweight.core.scene import Scene
from deadweight.facts.entrances import ENTRANCES
from deadweight.facts.trace import TRACE
from deadweight.needs.closure import CLOSURE
from deadweight.rules.distribution_files import whole
from deadweight.rules.reporting import Waste

MOST_WAYS = 3
_ELF = b"\x7fELF"


def closure_of(scene: Scene) -> Closure | None:
    """The closure, None where it is not known what is reached; that is noted."""
    closure = scene.ask(CLOSURE)
    if not closure.known:
        why = "nothing says how the program starts" if not scene.ask(ENTRANCES) else "a kind of need failed"
        scene.note(
            Gap("closure", scene.artifact.location, f"what is reached is not known, so rules alone decide: {why}")
        )
        return None
    return closure


def needed_closure(scene: Scene) -> Closure | None:
    """The closure without what is only made use of where it is there, for the tight level; None as `closure_of`."""
    closure = closure_of(scene)
    return closure.without_optional() if closure is not None else None


def unreached(scene: Scene, closure: Closure, paths: Iterable[str]) -> Iterator[str]:
    """The paths of files and links that no way in leads to."""
    by_path = scene.listing.by_path
    for path in paths:
        if path not in closure and path in by_path and by_path[path].kind is not Kind.DIRECTORY:
            yield path


def together(scene: Scene, closure: Closure, paths: Iterable[str]) -> tuple[str, ...]:
    """The paths, a directory named instead of all in it where nothing in it, nor itself, is a member."""
    going = set(paths)
    named: set[str] = set()
    for path in whole(scene, going):
        below = {entry.path for entry in scene.listing.under(path)} if path in scene.listing.directories else set()
        if path in closure or any(one in closure for one in below):
            named |= below & going
        else:
            named.add(path)
    return tuple(sorted(named))


def is_native(scene: Scene, path: str) -> bool:
    """Whether the file is a native library or program."""
    entry = scene.listing.by_path.get(path)
    return entry is not None and entry.head.startswith(_ELF)


def unreached_waste(scene: Scene, says: str) -> Waste:
    """What a finding of something unreached says: from where it was looked for, and which runs were watched."""
    evidence = [Evidence(f"nothing leads there from {_ways(scene)}", "")]
    trace = scene.ask(TRACE)
    if trace is not None:
        runs = f"{trace.runs} watched run{'s' if trace.runs > 1 else ''}"
        evidence.append(Evidence(f"{runs} of {trace.command or 'the program'} did not touch it", ""))
    return Waste(says, tuple(evidence), Confidence.LIKELY, Safety.PROVEN)


def _ways(scene: Scene) -> str:
    entrances = scene.ask(ENTRANCES)
    named = [f"{one.says} ({' '.join(one.words)[:60]})" for one in entrances[:MOST_WAYS]]
    more = [f"{len(entrances) - MOST_WAYS} more"] if len(entrances) > MOST_WAYS else []
    return ", ".join([*named, *more])
