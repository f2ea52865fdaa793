from __future__ import annotations

from builders.elves import compiled
from builders.fatbins import LINKER, Variant, container, cubin, cuda_library, ptx
from builders.scenes import MemoryContents, scene_of
from deadweight.facts.elf_sections import GPU_PLACES
from deadweight.facts.gpu_code import GPU_CODE, by_architecture


def test_bytes_are_told_by_architecture_most_first() -> None:
    held = [container(cubin(80, 800), ptx(80, 16)), container(cubin(80, 800), cubin(90, 2000, specific=True))]
    found = scene_of({"lib/a.so": cuda_library(held)}).ask(GPU_CODE)["lib/a.so"]
    assert list(by_architecture(found).items()) == [("sm_90a", 2000), ("sm_80", 1600), ("compute_80", 16)]


def test_code_among_the_data_and_code_to_link_again_count_too() -> None:
    """cuFFT keeps its containers in .ldata, NCCL half of its code in __nv_relfatbin."""
    library = cuda_library(
        [container(cubin(52, 80))],
        data=b"x" * 999 + container(cubin(80, 160)) + container(Variant(50, LINKER, 240, head=128)),
        linkable=container(cubin(90, 320)),
    )
    found = scene_of({"lib/a.so": library}).ask(GPU_CODE)["lib/a.so"]
    assert by_architecture(found) == {"sm_90": 320, "other": 240, "sm_80": 160, "sm_52": 80}


def test_a_library_without_a_section_of_the_cuda_linker_is_not_read_for_it() -> None:
    scene = scene_of({"lib/plain.so": compiled(), "app/note.txt": container(cubin(80))})
    assert scene.ask(GPU_CODE) == {}
    contents = scene.artifact.contents
    assert isinstance(contents, MemoryContents)
    assert contents.read_bytes == len(compiled())


def test_places_are_the_sections_of_the_linker_and_other_data_but_no_code() -> None:
    library = cuda_library([container(cubin(80))], data=b"d" * 100)
    places = scene_of({"lib/a.so": library}).ask(GPU_PLACES)["lib/a.so"]
    assert [(place.whole, library[place.at : place.at + 4]) for place in places] == [
        (True, container()[:4]),
        (False, b"dddd"),
    ]


def test_a_section_that_holds_something_else_is_a_gap() -> None:
    scene = scene_of({"lib/a.so": cuda_library([b"nothing that is known"])})
    assert scene.ask(GPU_CODE) == {}
    assert [(gap.where, "no whole container" in gap.reason) for gap in scene.gaps] == [("lib/a.so", True)]


def test_a_library_whose_containers_are_empty_holds_no_code() -> None:
    assert scene_of({"lib/a.so": cuda_library([container()])}).ask(GPU_CODE) == {}
