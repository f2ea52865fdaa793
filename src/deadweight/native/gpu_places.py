"""Where in a library code for GPUs can lie."""

from __future__ import annotations

from deadweight.native.elf import EXECUTABLE_CODE, ElfLayout, Section
from deadweight.native.fatbin import SECTIONS, Place

_PROGRAM_DATA = 1


def gpu_places(layout: ElfLayout) -> tuple[Place, ...]:
    """The sections to look in, none where the file has no section of the CUDA linker's.

    Besides those, libraries keep containers among their data and load them by themselves (cuFFT: all but one).
    """
    if not any(section.name in SECTIONS for section in layout.sections):
        return ()
    return tuple(Place(one.offset, one.size, one.name in SECTIONS) for one in layout.sections if _is_data(one))


def _is_data(section: Section) -> bool:
    return (
        section.is_stored
        and section.type == _PROGRAM_DATA
        and section.is_allocated
        and not section.flags & EXECUTABLE_CODE
    )
