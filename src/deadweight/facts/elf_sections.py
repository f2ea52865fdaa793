"""What lies in the sections of each ELF file: bytes that no program needs, and code for GPUs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from deadweight.core.entry import Kind
from deadweight.core.gap import Gap
from deadweight.core.scene import Fact, Scene
from deadweight.native.elf import MAGIC, ElfLayout, elf_layout
from deadweight.native.fatbin import Place
from deadweight.native.gpu_places import gpu_places
from deadweight.native.runs import removable, runs_of


@dataclass(frozen=True, slots=True)
class Needless:
    """Bytes of one ELF file that can go, and the names of the sections that hold them, largest first.

    `moves` is whether what program headers cover stands elsewhere in the file then, with holes before it closed.
    """

    size: int
    sections: tuple[str, ...]
    moves: bool = False


@dataclass(frozen=True, slots=True)
class _Look:
    needless: dict[str, Needless] = field(default_factory=dict)
    gpu: dict[str, tuple[Place, ...]] = field(default_factory=dict)


def _look(scene: Scene) -> _Look:
    wanted = [one for one in scene.listing.entries if one.kind is Kind.FILE and one.head[:4] == MAGIC]
    found = _Look()
    for entry, stream in scene.artifact.contents.stream(wanted):
        layout = elf_layout(stream, entry.size)
        if layout is None:
            scene.note(Gap("elf sections", entry.path, "it begins as an ELF file and is no whole one"))
            continue
        if size := removable(layout):
            found.needless[entry.path] = _needless(layout, size)
        if places := gpu_places(layout):
            found.gpu[entry.path] = places
    return found


def _needless(layout: ElfLayout, size: int) -> Needless:
    runs = runs_of(layout)
    free = [layout.sections[index] for index in runs.free(layout)]
    largest = sorted((one for one in free if one.is_droppable), key=lambda one: -one.size)
    return Needless(size, tuple(one.name for one in largest) or ("pages between segments",), bool(runs.closed))


_LOOK: Fact[_Look] = Fact("elf look", _look)

ELF_SECTIONS: Fact[Mapping[str, Needless]] = Fact("elf sections", lambda scene: scene.ask(_LOOK).needless)
"""What could go, by the path of the ELF file; read from the section headers, in one pass over the artifact."""

GPU_PLACES: Fact[Mapping[str, tuple[Place, ...]]] = Fact("gpu places", lambda scene: scene.ask(_LOOK).gpu)
"""Where code for GPUs can lie, by the path of each ELF file that has a section of the CUDA linker's."""
