from __future__ import annotations

import re
from array import array
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.cutting import PAGES, compiled, image_of, said_by, written
from deadweight.native.cutting.unwinding import Unwinding, unwinding

SOURCE = PAGES + "".join(f"int f{i}(int x) {{ PAGES; return x + {i}; }}\n" for i in range(5))
CPP_SOURCE = """
struct Guard { ~Guard() noexcept(false); };
int outer(int); int inner(int x) { Guard guard; if (x) throw x; return 1; }
int entry(int x) { try { return inner(x); } catch (int y) { return outer(y); } }
"""
ENTRY = re.compile(r"^([0-9a-f]{8}) ([0-9a-f]{16}) [0-9a-f]{8} FDE cie=[0-9a-f]+ pc=([0-9a-f]+)\.\.", re.MULTILINE)


def entries(body: bytes, path: Path) -> list[tuple[int, int, int]]:
    """What readelf shows: of each entry the addresses of its first byte, of the one behind it, and of its function."""
    start = next(one.address for one in image_of(body).layout.sections if one.name == ".eh_frame")
    found = ENTRY.findall(said_by("readelf", "--debug-dump=frames", path))
    return [(start + int(at, 16), start + int(at, 16) + 4 + int(size, 16), int(to, 16)) for at, size, to in found]


@pytest.mark.parametrize(
    ("source", "compiler", "suffix"), [(SOURCE, "cc", ".c"), (CPP_SOURCE, "c++", ".cc")], ids=["c", "c++"]
)
def test_entries_are_those_of_readelf(source: str, compiler: str, suffix: str, tmp_path: Path) -> None:
    body = compiled(source, suffix=suffix, compiler=compiler)
    found = unwinding(image_of(body))
    mine = list(zip(found.begins, found.ends, found.functions, strict=True))
    assert len(mine) > 3
    assert mine == entries(body, written(tmp_path, body))


def test_a_library_without_the_table_has_none() -> None:
    body = compiled("int f(void) { return 1; }", "-nostdlib", "-fno-asynchronous-unwind-tables")
    assert not unwinding(image_of(body)).functions


def test_a_table_without_its_index_has_none() -> None:
    assert not unwinding(image_of(compiled(SOURCE, "-Wl,--no-eh-frame-hdr"))).functions


def test_a_table_that_the_library_hands_to_the_unwinder_has_none() -> None:
    """The unwinder walks it then, over what went."""
    more = "extern void __register_frame_info(void *, void *);\nvoid early(void *x) { __register_frame_info(x, x); }\n"
    assert not unwinding(image_of(compiled(SOURCE + more))).functions


@pytest.mark.parametrize("encoding", [0x00, 0x03, 0x0B, 0x10, 0x1C, 0x3B, 0x9B, 0xFF])
def test_entries_that_are_written_in_another_way_are_none(encoding: int) -> None:
    body = compiled(SOURCE)
    at = body.index(b"\x01zR\0")
    odd = body[: at + 4] + body[at + 4 :].replace(b"\x1b", bytes((encoding,)), 1)
    assert unwinding(image_of(body)).functions
    assert not unwinding(image_of(odd)).functions


@pytest.mark.parametrize("letters", [b"zX\0", b"eh\0", b"R\0\0"])
def test_entries_that_say_what_is_not_known_are_none(letters: bytes) -> None:
    body = compiled(SOURCE)
    assert not unwinding(image_of(body.replace(b"\x01zR\0", b"\x01" + letters))).functions


@settings(max_examples=60)
@given(st.integers(0, 1 << 16), st.integers(0, 255))
def test_damage_is_never_an_error(place: int, byte: int) -> None:
    body = bytearray(compiled(SOURCE))
    section = next(one for one in image_of(bytes(body)).layout.sections if one.name == ".eh_frame")
    body[section.offset + place % section.size] = byte
    found = unwinding(image_of(bytes(body)))
    assert len(found.begins) == len(found.ends) == len(found.functions)


def table(*functions: int) -> Unwinding:
    count = len(functions)
    begins = array("Q", (1000 + 20 * number for number in range(count)))
    return Unwinding(begins, array("Q", (begin + 20 for begin in begins)), array("Q", functions))


def test_entries_of_functions_that_go_are_found_whatever_their_order() -> None:
    assert list(table(300, 100, 200, 400).of([(100, 200), (300, 400)])) == [(1000, 1020), (1020, 1040)]


def test_an_entry_stays_that_code_without_one_is_looked_up_by() -> None:
    """The unwinder reads there where its function ends: at the address of a function that stays and has no entry."""
    assert list(table(100, 200).of([(100, 150)])) == []
    assert list(table(100, 200).of([(100, 200)])) == [(1000, 1020)]


def test_the_last_entry_stays() -> None:
    assert list(table(100, 200).of([(100, 300)])) == [(1000, 1020)]
