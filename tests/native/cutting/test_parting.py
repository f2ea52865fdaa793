from __future__ import annotations

import re
import struct
import subprocess
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.cutting import FIRST, PAGES, compiled, graph, image_of, said_by, written
from builders.elves import built, plain_library
from deadweight.core.errors import Corrupt
from deadweight.native.cutting.obstacles import obstacle
from deadweight.native.cutting.parting import parts_of
from deadweight.native.cutting.parts import Parts
from deadweight.native.cutting.reach import graph_of
from deadweight.native.cutting.unwinding import unwinding
from deadweight.native.elf import Shape, elf_layout
from deadweight.native.tables import Image

SOURCE = (
    PAGES
    + FIRST
    + """
#include <stdlib.h>
typedef int (*fn)(int);
HIDDEN int one(int x) { PAGES; return x + 1; }
HIDDEN int two(int x) { PAGES; return x + 2; }
LONG int shown(int x) { PAGES; return one(x); }
LONG int same(int x) __attribute__((alias("shown")));
static fn const table[3] = {one, 0, two};
fn volatile kept = two; static int numbers[9] = {1}; __thread int own[4096];
__attribute__((constructor)) static void early(void) { numbers[2] = abs(own[1]); }
LONG int entry(int x) { return shown(x) + table[x](x) + kept(x) + numbers[x]; }
"""
)


def parts(body: bytes) -> Parts:
    image = image_of(body)
    return parts_of(image, unwinding(image).functions)


@pytest.fixture(scope="module")
def whole() -> Parts:
    return parts(compiled(SOURCE))


def addresses(body: bytes, folder: Path) -> dict[str, int]:
    found = re.findall(r"^([0-9a-f]{16}) \w (\S+)$", said_by("nm", written(folder, body)), re.MULTILINE)
    return {name: int(at, 16) for at, name in found}


def names(found: Parts, address: int) -> set[str]:
    return {name for number in found.meant(address) for name in found[number].names}


def test_functions_are_what_nm_shows_in_the_code(whole: Parts, tmp_path: Path) -> None:
    listing = said_by("nm", written(tmp_path, compiled(SOURCE)))
    theirs = set(re.findall(r" [tTiW] (\S+)$", listing, re.MULTILINE)) - {"_init", "_fini"}
    assert {name for part in whole.functions for name in part.names} == theirs


def test_functions_have_no_holes_between_them_in_a_section(whole: Parts) -> None:
    section = next(one for one in image_of(compiled(SOURCE)).layout.sections if one.name == ".text")
    inside = [one for one in whole.functions if section.address <= one.start < section.address + section.size]
    assert [one.end for one in inside] == [*(one.start for one in inside[1:]), section.address + section.size]


def test_names_of_one_address_are_one_function(whole: Parts) -> None:
    assert ("same", "shown") in {one.names for one in whole.functions}


def test_objects_that_hold_addresses_know_them(whole: Parts, tmp_path: Path) -> None:
    at = addresses(compiled(SOURCE), tmp_path)
    held = {
        name: set(whole.held_by(len(whole.functions) + place))
        for place, _ in enumerate(whole.holding)
        for name in whole[len(whole.functions) + place].names
    }
    assert held["table"] == {at["one"], at["two"]}
    assert held["kept"] == {at["two"]}
    assert "numbers" not in held


def test_an_address_means_what_stands_there(whole: Parts, tmp_path: Path) -> None:
    at = addresses(compiled(SOURCE), tmp_path)
    assert names(whole, at["one"]) == {"one"}
    assert names(whole, at["one"] + 1) == set(), "its own code alone names the middle of a function"
    assert names(whole, at["table"]) == names(whole, at["table"] + 16) == {"table"}
    assert "table" in names(whole, at["table"] - 8)
    assert not list(whole.meant(0))


def test_stubs_and_slots_are_gone_through(whole: Parts, tmp_path: Path) -> None:
    listing = said_by("objdump", "-d", "-j", ".plt", written(tmp_path, compiled(SOURCE)))
    stub = re.search(r"^([0-9a-f]{16}) <shown@plt>:", listing, re.MULTILINE)
    assert stub
    assert names(whole, int(stub[1], 16)) == {"shown", "same"}
    slot = whole.stubs[int(stub[1], 16)]
    assert names(whole, slot) == {"shown", "same"}


def test_what_the_loader_runs_is_loose(whole: Parts, tmp_path: Path) -> None:
    at = addresses(compiled(SOURCE), tmp_path)
    assert {at["early"], at["_init"], at["_fini"]} <= whole.loose
    assert not {at["one"], at["two"], at["shown"]} & whole.loose


def test_a_variable_of_each_thread_is_no_address(whole: Parts) -> None:
    assert "own" not in whole.exported
    assert {"entry", "shown", "same", "kept"} <= whole.exported.keys()


def test_a_number_of_no_part_is_told(whole: Parts) -> None:
    assert [whole.is_function(number) for number in (0, len(whole) - 1)] == [True, False]
    with pytest.raises(IndexError):
        whole[len(whole)]


def test_what_an_assembler_wrote_is_told_from_what_a_compiler_did(whole: Parts) -> None:
    bare = {name for number in whole.bare for name in whole[number].names}
    assert "frame_dummy" in bare
    assert not {"one", "two", "entry", "early"} & bare


def test_objects_that_lie_in_each_other_are_one() -> None:
    text = """.data
.globl outer
.type outer, @object
.type inner, @object
outer: .quad inner, one
inner: .quad two, one
.size inner, 8
.quad two
.size outer, .-outer
.text
.type one, @function
one: ret
.size one, .-one
.type two, @function
two: ret
.size two, .-two
.section .note.GNU-stack,"",@progbits
"""
    found = parts(compiled(text, suffix=".S"))
    assert ("outer", "inner") in {found.objects[place].names for place in found.holding}


@pytest.mark.parametrize(
    ("flags", "why"),
    [
        (("-s",), "stripped"),
        (("-no-pie", "-fno-pic", "-Dentry=main"), "no shared library"),
        (("-c",), "no shared library"),
        (("-mcmodel=large",), "large code model"),
    ],
)
def test_what_is_not_taken_apart_is_told(flags: tuple[str, ...], why: str) -> None:
    with pytest.raises(Corrupt, match=why):
        parts(compiled(SOURCE, *flags))


@pytest.mark.parametrize("shape", [Shape(32, "<"), Shape(64, ">")])
def test_a_library_for_another_machine_is_not_taken_apart(shape: Shape) -> None:
    assert "x86-64" in obstacle(image_of(built(plain_library(shape))))


def test_a_library_whose_names_have_versions_is_not_taken_apart(tmp_path: Path) -> None:
    """A name can stand for two functions then, and who imports one names its version."""
    (tmp_path / "map").write_text("ONE { global: shown; entry; local: *; };\n")
    assert "versions" in obstacle(image_of(compiled(SOURCE, f"-Wl,--version-script={tmp_path / 'map'}")))


def test_a_library_whose_names_are_listed_without_a_version_is(tmp_path: Path) -> None:
    (tmp_path / "map").write_text("{ global: shown; entry; local: *; };\n")
    body = compiled(SOURCE, f"-Wl,--version-script={tmp_path / 'map'}")
    assert parts(body).exported.keys() == {"shown", "entry"}


def test_packed_relocations_of_the_linker_are_refused() -> None:
    try:
        body = compiled(SOURCE, "-Wl,-z,pack-relative-relocs", "-Wl,--fatal-warnings")
    except subprocess.CalledProcessError:
        pytest.skip("the linker packs no relocations")
    assert "packed" in obstacle(image_of(body))


@pytest.mark.parametrize("kind", [9, 19, 0x60000002, 0x6FFFFF00])
def test_relocations_in_another_form_are_refused(kind: int) -> None:
    image = image_of(compiled(SOURCE))
    number = next(number for number, one in enumerate(image.layout.sections) if one.name == ".rela.dyn")
    body = bytearray(image.body)
    struct.pack_into("<I", body, image.layout.header.sections_at + 64 * number + 4, kind)
    assert "packed" in obstacle(image_of(bytes(body)))


@pytest.mark.parametrize("kind", [2, 10, 24, 99])
def test_relocations_of_a_kind_that_is_not_known_are_refused(kind: int) -> None:
    image = image_of(compiled(SOURCE))
    section = next(one for one in image.layout.sections if one.name == ".rela.dyn")
    body = bytearray(image.body)
    struct.pack_into("<I", body, section.offset + 8, kind)
    assert f"type {kind}" in obstacle(image_of(bytes(body)))


def test_a_name_with_two_addresses_is_refused() -> None:
    image = image_of(compiled(SOURCE))
    symbols = list(image.dynamic_symbols)
    section = next(image.of_type(11))
    at = {one.name: section.offset + 24 * number for number, one in enumerate(symbols)}
    body = bytearray(image.body)
    body[at["same"] : at["same"] + 4] = body[at["entry"] : at["entry"] + 4]
    assert "exports entry twice" in obstacle(image_of(bytes(body)))


def test_an_object_that_only_the_unwinder_reads_counts() -> None:
    """The routine that a language catches exceptions by is named by the table of unwinding alone."""
    source = (
        PAGES
        + """
    extern "C" int __gxx_personality_v0(int) { PAGES; return 3; }
    struct Guard { ~Guard(); }; extern "C" int given(int);
    extern "C" int entry(int x) { Guard guard; return given(x); }
    """
    )
    body = compiled(source, "-nostdlib", suffix=".cc", compiler="c++")
    found = graph(body).parts
    assert found.exported["__gxx_personality_v0"] in found.loose


@settings(max_examples=50)
@given(st.data())
def test_a_damaged_library_is_told_or_taken_apart(data: st.DataObject) -> None:
    body = bytearray(compiled(SOURCE))
    layout = image_of(bytes(body)).layout
    sections = [one for one in layout.sections if one.is_stored and one.name != ".text"]
    headers = (layout.header.sections_at, layout.table_end - layout.header.sections_at)
    for start, size in data.draw(
        st.lists(st.sampled_from([headers, *((one.offset, one.size) for one in sections)]), max_size=4)
    ):
        body[start + data.draw(st.integers(0, size - 1))] = data.draw(st.integers(0, 255))
    found = elf_layout(BytesIO(bytes(body)), len(body))
    if found is None:
        return
    image = Image(found, bytes(body))
    with suppress(Corrupt):
        graph_of(image, parts_of(image, unwinding(image).functions)).reached([])
