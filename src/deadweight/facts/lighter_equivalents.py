"""Which installed distributions have a lighter equivalent, and what speaks against taking it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from deadweight.core.scene import Fact, Scene
from deadweight.facts.distributions import DISTRIBUTIONS, Distribution
from deadweight.facts.equivalents import EQUIVALENTS, Equivalent
from deadweight.facts.gpu import GPU
from deadweight.facts.programs import PROGRAMS
from deadweight.facts.requirement_graph import REQUIREMENTS
from deadweight.facts.sources import MAX_SOURCE, SOURCES, Source

GPU_USE = re.compile(rb"\.cuda\(|[\"']cuda(?::\d+)?[\"']")
ASKS_FIRST = (b"is_available", b"device_count", b'"cpu"', b"'cpu'")


@dataclass(frozen=True, slots=True)
class Sign:
    """A sentence on what speaks against it, and where that was read."""

    says: str
    where: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A heavy distribution that is installed, its lighter equivalent, and the distributions that go with it.

    With `objections` the condition does not hold, or is not known to.
    """

    equivalent: Equivalent
    heavy: Distribution
    leaving: tuple[Distribution, ...]
    objections: tuple[Sign, ...] = ()


def _proposals(scene: Scene) -> tuple[Proposal, ...]:
    by_name = {one.heavy: one for one in EQUIVALENTS}
    heavies = [one for one in scene.ask(DISTRIBUTIONS) if one.name in by_name]
    return tuple(_proposal(scene, by_name[one.name], one) for one in heavies if _is_heavy(scene, by_name, one))


def _is_heavy(scene: Scene, by_name: Mapping[str, Equivalent], one: Distribution) -> bool:
    """Whether it is the heavy build where the lighter one has the same name."""
    return not by_name[one.name].is_build or one.info in scene.ask(GPU).loading


def _proposal(scene: Scene, equivalent: Equivalent, heavy: Distribution) -> Proposal:
    leaving = leaving_with(scene, heavy, equivalent.leaves)
    objections = (
        *(_gpu_signs(scene, equivalent, heavy) if equivalent.without_gpu else ()),
        *_call_sites(scene, equivalent, heavy),
        *_installed(scene, equivalent),
        *(_named(scene, heavy, leaving) if equivalent.lighter != heavy.name else ()),
    )
    return Proposal(equivalent, heavy, leaving, objections)


def leaving_with(scene: Scene, heavy: Distribution, names: str) -> tuple[Distribution, ...]:
    """What the heavy one requires, is called so (a pattern), and nothing else that stays requires or imports."""
    if not names:
        return ()
    graph, by_info = scene.ask(REQUIREMENTS), {one.info: one for one in scene.ask(DISTRIBUTIONS)}
    below = graph.closure([heavy.info]) - {heavy.info}
    going = {info for info in below if re.fullmatch(names, by_info[info].name)}
    kept = graph.closure((info for info in by_info if info not in going), before={heavy.info})
    imported = _imported(scene, {*going, heavy.info})
    kept |= graph.closure(info for info in going if imported & set(by_info[info].modules))
    return tuple(by_info[info] for info in sorted(going - kept))


def _imported(scene: Scene, but: set[str]) -> set[str]:
    """The top-level modules that the application imports, or a module of another distribution at its top."""
    found: set[str] = set()
    for source in scene.ask(SOURCES).values():
        if source.distribution not in but:
            names = source.imports if source.distribution else source.imports | source.nested
            found.update(name.partition(".")[0] for name in names)
    return found


def _gpu_signs(scene: Scene, equivalent: Equivalent, heavy: Distribution) -> Iterator[Sign]:
    yield from (Sign(asking.says, asking.where) for asking in scene.ask(GPU).asking if asking.is_certain)
    own = [one for one in _importing(scene, equivalent.module, heavy) if not one.distribution]
    for path, body in _bodies(scene, own):
        use = GPU_USE.search(body)
        if use and not any(word in body for word in ASKS_FIRST):
            yield _sign("the application takes a GPU for granted", path, body, use)


def _call_sites(scene: Scene, equivalent: Equivalent, heavy: Distribution) -> Iterator[Sign]:
    if equivalent.calls is None:
        return
    for path, body in _bodies(scene, _importing(scene, equivalent.module, heavy)):
        call = equivalent.calls.search(body)
        if call:
            yield _sign("this needs it", path, body, call)
    words = scene.ask(PROGRAMS) & equivalent.programs
    yield from (Sign(f"the artifact is started with {word!r}", "its commands") for word in sorted(words))


def _importing(scene: Scene, module: str, heavy: Distribution) -> list[Source]:
    """The sources outside of the heavy distribution that import the module, or one within."""
    return [
        source
        for source in scene.ask(SOURCES).values()
        if source.distribution != heavy.info
        and any(name == module or name.startswith(f"{module}.") for name in source.imports | source.nested)
    ]


def _bodies(scene: Scene, sources: Iterable[Source]) -> Iterator[tuple[str, bytes]]:
    entries = [scene.listing.by_path[source.path] for source in sources]
    for entry, stream in scene.artifact.contents.stream(entries):
        yield entry.path, stream.read(MAX_SOURCE)


def _sign(says: str, path: str, body: bytes, match: re.Match[bytes]) -> Sign:
    line = body.count(b"\n", 0, match.start()) + 1
    return Sign(f"{says}: {match[0].decode('utf-8', 'replace').strip()!r} in line {line}", path)


def _installed(scene: Scene, equivalent: Equivalent) -> Iterator[Sign]:
    for one in scene.ask(DISTRIBUTIONS):
        if one.name in equivalent.blockers:
            yield Sign(f"{one.name} works only with {equivalent.heavy}", one.info)


def _named(scene: Scene, heavy: Distribution, leaving: Iterable[Distribution]) -> Iterator[Sign]:
    """Who requires the heavy one by its name, which the lighter one does not have."""
    going = {heavy.info, *(one.info for one in leaving)}
    for need in scene.ask(REQUIREMENTS).why(heavy.info):
        if need.by not in going:
            yield Sign(f"it is required by its name: {need.requirement}", need.by)


PROPOSALS: Fact[tuple[Proposal, ...]] = Fact("lighter equivalents", _proposals)
"""One for each installed distribution that has a lighter equivalent, whether or not its condition holds."""
