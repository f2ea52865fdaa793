"""How many bytes of each ELF file no program needs: symbols and debugging data that no segment covers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from deadweight.core.entry import Kind
from deadweight.core.gap import Gap
from deadweight.core.scene import Fact, Scene
from deadweight.native.elf import MAGIC, elf_layout


@dataclass(frozen=True, slots=True)
class Needless:
    """Bytes of one ELF file that can go, and the names of the sections that hold them, largest first."""

    size: int
    sections: tuple[str, ...]


def _elf_sections(scene: Scene) -> Mapping[str, Needless]:
    wanted = [one for one in scene.listing.entries if one.kind is Kind.FILE and one.head[:4] == MAGIC]
    found: dict[str, Needless] = {}
    for entry, stream in scene.artifact.contents.stream(wanted):
        layout = elf_layout(stream, entry.size)
        if layout is None:
            scene.note(Gap("elf sections", entry.path, "it begins as an ELF file and is no whole one"))
        elif layout.removable:
            free = [layout.sections[index] for index in layout.free()]
            largest = sorted((one for one in free if one.is_droppable), key=lambda one: -one.size)
            found[entry.path] = Needless(layout.removable, tuple(one.name for one in largest))
    return found


ELF_SECTIONS: Fact[Mapping[str, Needless]] = Fact("elf sections", _elf_sections)
"""What could go, by the path of the ELF file; read from the section headers, in one pass over the artifact."""
