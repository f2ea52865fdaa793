"""The names in an ELF file are those that stand in it, but for names of calls in its code."""

from __future__ import annotations

import io
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from builders.elves import compiled
from deadweight.native.elf import EXECUTABLE_CODE, ElfLayout, elf_layout
from deadweight.native.names_of_elf import names_of_elf, stretches
from deadweight.native.names_within import names_within

SOURCE = 'const char *names[] = {"/usr/share/x/data.bin", "libother.so.1"};\nint f(int x) { return x * 3; }\n'
LIBRARIES = sorted(Path("/usr/lib/x86_64-linux-gnu").glob("lib*.so.*"))[:40]


def layout_of(body: bytes) -> ElfLayout:
    found = elf_layout(io.BytesIO(body), len(body))
    assert found is not None
    return found


def names_of(body: bytes, layout: ElfLayout | None) -> frozenset[str]:
    return names_of_elf(io.BytesIO(body), layout, len(body))


def test_names_in_the_data_of_a_library_are_found() -> None:
    body = compiled(SOURCE)
    assert {"/usr/share/x/data.bin", "libother.so.1"} <= names_of(body, layout_of(body))


def test_a_short_path_in_an_instruction_is_found_and_a_call_is_none() -> None:
    body = bytearray(compiled(SOURCE))
    layout = layout_of(bytes(body))
    code = max((one for one in layout.sections if one.flags & EXECUTABLE_CODE), key=lambda one: one.size)
    text = b"/bin/sh\0iconv_open\0"
    body[code.offset : code.offset + len(text)] = text
    assert {"/bin/sh", "iconv_open"} <= names_within(io.BytesIO(body))
    assert names_of(bytes(body), layout) == names_within(io.BytesIO(body)) - {"iconv_open"}


def test_what_is_appended_to_a_program_is_looked_through() -> None:
    body = compiled(SOURCE)
    assert "libappended.so.7" in names_of(body + b"\0libappended.so.7\0", layout_of(body))


@pytest.mark.parametrize("sections", [False, True])
def test_a_file_without_sections_is_looked_through_whole(sections: bool) -> None:
    body = compiled(SOURCE)
    layout = replace(layout_of(body), sections=()) if sections else None
    assert list(stretches(layout, len(body))) == [(0, len(body), False)]
    assert names_of(body, layout) == names_within(io.BytesIO(body))


def test_stretches_follow_each_other_without_a_hole_and_tell_code() -> None:
    body = compiled(SOURCE)
    layout = layout_of(body)
    found = list(stretches(layout, len(body)))
    assert [start for start, _, _ in found] == [0, *(end for _, end, _ in found[:-1])]
    assert found[-1][1] == len(body)
    code = sum(end - start for start, end, is_code in found if is_code)
    assert code == sum(one.size for one in layout.sections if one.flags & EXECUTABLE_CODE)


@pytest.mark.parametrize("path", [Path(sys.executable).resolve(), *LIBRARIES], ids=lambda path: path.name)
def test_no_name_of_a_library_of_this_system_is_missed(path: Path) -> None:
    body = path.read_bytes()
    assert names_of(body, layout_of(body)) == names_within(io.BytesIO(body))
