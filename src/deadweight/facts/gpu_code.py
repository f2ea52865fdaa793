"""Which code for which GPU architectures each library holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from deadweight.core.errors import Corrupt
from deadweight.core.gap import Gap
from deadweight.core.scene import Fact, Scene
from deadweight.facts.elf_sections import GPU_PLACES
from deadweight.native.fatbin import Container, containers


def _gpu_code(scene: Scene) -> Mapping[str, tuple[Container, ...]]:
    places = scene.ask(GPU_PLACES)
    wanted = [scene.listing.by_path[path] for path in places]
    found: dict[str, tuple[Container, ...]] = {}
    for entry, stream in scene.artifact.contents.stream(wanted):
        try:
            held = tuple(containers(stream, places[entry.path]))
        except Corrupt as error:
            scene.note(Gap("gpu code", entry.path, error.what))
            continue
        if any(one.codes for one in held):
            found[entry.path] = held
    return found


def by_architecture(held: Iterable[Container]) -> Mapping[str, int]:
    """Bytes of code by the name of what it is for (sm_90a, compute_80, other), most first."""
    sizes: Counter[str] = Counter()
    for container in held:
        for code in container.codes:
            sizes[code.name] += code.size
    return dict(sorted(sizes.items(), key=lambda pair: (-pair[1], pair[0])))


GPU_CODE: Fact[Mapping[str, tuple[Container, ...]]] = Fact("gpu code", _gpu_code)
"""The containers of GPU code by the path of the library; libraries without any are not there."""
