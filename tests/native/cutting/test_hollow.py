from __future__ import annotations

import struct
from collections.abc import Sequence
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.cutting import FIRST, PAGES, answer, compiled, image_of, said_by, without_the_rest, written
from builders.elves import built, plain_library
from deadweight.core.errors import Corrupt
from deadweight.native.cutting.hollow import LEAST, PAGE, Wish, hollowed, joined, pages
from deadweight.native.elf import Shape, elf_layout
from deadweight.native.loading import host_loader
from deadweight.native.strip import Stripped, strip
from deadweight.native.tables import DYNAMIC_SYMBOLS, Image

COUNT = 12
SOURCE = (
    PAGES
    + FIRST
    + "int state = 5; int zeros[9000];\n"
    + "".join(f"LONG int f{i}(int x) {{ PAGES; return x + {i} + state + zeros[{i}]; }}\n" for i in range(COUNT))
    + "LONG int entry(int x) { return f3(x) + f7(x); }\nLONG int other(int x) { return f1(x) + f9(x); }\n"
)
USER = "extern int f1(int);\nint used(int x) { return f1(x); }\n"
LOAD = 1


def whole() -> bytes:
    return compiled(SOURCE)


def functions(body: bytes) -> dict[str, tuple[int, int]]:
    """The addresses of the functions f0 to f11, without the one behind the last."""
    found = {one.name: one.value for one in image_of(body).dynamic_symbols if one.is_defined}
    names = [f"f{number}" for number in range(COUNT)]
    return {name: (found[name], found[following]) for name, following in zip(names, [*names[1:], "entry"], strict=True)}


def memory(body: bytes) -> dict[int, bytes]:
    """What the loader maps: pages by address, read here by the program headers alone (System V gABI, chapter 5)."""
    (at,) = struct.unpack_from("<Q", body, 32)
    size, count = struct.unpack_from("<HH", body, 54)
    found: dict[int, bytes] = {}
    for number in range(count):
        kind, flags, offset, address, _, stored, held, _ = struct.unpack_from("<IIQQQQQQ", body, at + number * size)
        if kind == LOAD:
            content = body[offset : offset + stored] + bytes(held - stored)
            start = address
            while start < address + held:
                end = min(start // PAGE * PAGE + PAGE, address + held)
                found[start] = bytes((flags,)) + content[start - address : end - address]
                start = end
    return found


def unnumbered(body: bytes) -> bytes:
    """The library without what its symbols say of sections, which come apart: the loader does not read that."""
    changed = bytearray(body)
    table = next(image_of(body).of_type(DYNAMIC_SYMBOLS))
    for at in range(table.offset, table.offset + table.size, 24):
        changed[at + 6 : at + 8] = b"\0\0"
    return bytes(changed)


def check_kept(before: bytes, after: bytes, gone: Sequence[tuple[int, int]]) -> None:
    """Every page out of what goes is mapped as it was, but for the header and one page of program headers."""
    old, new = memory(unnumbered(before)), memory(unnumbered(after))
    header = min(old)
    differing = {address for address in old.keys() | new.keys() if old.get(address) != new.get(address)} - {header}
    assert old[header][64:] == new[header][64:] or header in {start for start, _ in gone}
    assert all(any(start <= address < end for start, end in gone) for address in differing)
    assert sum(address in new for address in differing) <= 1


def without(body: bytes, *names: str, hide: bool = True) -> bytes:
    spans = functions(body)
    hidden = frozenset(names) if hide else frozenset[str]()
    return hollowed(image_of(body), Wish(sorted(spans[name] for name in names), hidden))


def test_what_stays_is_mapped_as_before() -> None:
    body = whole()
    names = ("f0", "f2", "f4", "f5", "f11")
    after = without(body, *names, hide=False)
    check_kept(body, after, sorted(functions(body)[name] for name in names))
    assert len(after) < len(body) - 5 * 3 * PAGE


@settings(max_examples=25)
@given(st.lists(st.integers(0, 70), min_size=2, max_size=10, unique=True))
def test_any_stretches_leave_the_other_bytes(ends: list[int]) -> None:
    body = whole()
    start = functions(body)["f0"][0]
    ends = sorted(ends[: len(ends) // 2 * 2])
    stretches = [(start + 3333 * first, start + 3333 * last) for first, last in zip(ends[::2], ends[1::2], strict=True)]
    if not list(pages(stretches)):
        return
    after = hollowed(image_of(body), Wish(stretches))
    check_kept(body, after, stretches)
    assert len(body) - len(after) >= sum(end - first for first, end in pages(stretches)) - PAGE - 64 * 16


def test_the_result_is_always_the_same() -> None:
    assert without(whole(), "f1", "f5") == without(whole(), "f1", "f5")


def test_functions_that_stay_answer_and_the_loader_binds_all(tmp_path: Path) -> None:
    path = written(tmp_path, without_the_rest(whole(), "entry"))
    for environment in ({}, {"LD_BIND_NOW": "1"}):
        assert answer(path, "entry", 1, **environment) == answer(written(tmp_path, whole(), "all.so"), "entry", 1)


def test_the_loader_lists_the_result_as_the_original(tmp_path: Path) -> None:
    loader = host_loader()
    assert loader is not None
    before, after = written(tmp_path, whole(), "before.so"), written(tmp_path, without(whole(), "f1", "f5"), "after.so")
    assert loader.outcome(before) == loader.outcome(after)


def test_a_name_that_went_is_not_found(tmp_path: Path) -> None:
    path = written(tmp_path, without_the_rest(whole(), "entry"))
    assert "undefined symbol: f1" in answer(path, "f1", 1)
    assert answer(path, "f3", 1) == "9"


def test_who_imports_a_name_that_went_is_told_by_the_loader(tmp_path: Path) -> None:
    path = written(tmp_path, without_the_rest(whole(), "entry"), "libcut.so")
    user = written(
        tmp_path, compiled(USER, str(path), "-Wl,-rpath,$ORIGIN", "-Wl,--unresolved-symbols=ignore-all"), "user.so"
    )
    assert "undefined symbol: f1" in answer(user, "used", 1, LD_BIND_NOW="1", LD_LIBRARY_PATH=str(tmp_path))


def test_binutils_read_the_result_without_a_complaint(tmp_path: Path) -> None:
    path = written(tmp_path, without_the_rest(whole(), "entry"))
    said_by("readelf", "-hlSsdrW", "--dyn-syms", path)
    assert "<f3>:" in said_by("objdump", "-d", path)
    said_by("nm", "-D", path)


def test_a_stripped_library_is_cut_like_any_other(tmp_path: Path) -> None:
    original = written(tmp_path, whole(), "original.so")
    assert isinstance(strip(original, tmp_path / "stripped.so"), Stripped)
    stripped = (tmp_path / "stripped.so").read_bytes()
    after = without(stripped, "f1", "f5")
    assert answer(written(tmp_path, after), "entry", 1) == answer(original, "entry", 1)
    assert len(after) < len(stripped) - 4 * PAGE


def test_what_was_cut_can_be_cut_again(tmp_path: Path) -> None:
    once = without(whole(), "f1", "f5")
    spans = functions(whole())
    twice = hollowed(image_of(once), Wish([spans["f10"]]))
    check_kept(once, twice, [spans["f10"]])
    assert answer(written(tmp_path, twice), "entry", 1) == answer(written(tmp_path, whole(), "all.so"), "entry", 1)


def test_bytes_are_written_by_their_address(tmp_path: Path) -> None:
    body = whole()
    state = next(one.value for one in image_of(body).dynamic_symbols if one.name == "state")
    patched = hollowed(image_of(body), Wish([functions(body)["f1"]], frozenset(), {state: struct.pack("<i", 100)}))
    assert answer(written(tmp_path, patched), "f0", 1) == "101"


def test_versions_of_imported_names_still_hold(tmp_path: Path) -> None:
    source = "#include <stdio.h>\n#include <stdlib.h>\n" + SOURCE + 'int says(int x) { puts(""); return abs(-x); }\n'
    path = written(tmp_path, without_the_rest(compiled(source), "says"))
    assert answer(path, "says", 4, LD_BIND_NOW="1").split() == ["4"]


THROWING = (
    PAGES
    + """
#include <stdexcept>
#include <string>
struct Guard { int *at; ~Guard() { ++*at; } };
#define GONE(name) extern "C" int name(int x) { PAGES; if (x > 5) throw std::runtime_error("gone"); return x; }
GONE(gone_a) GONE(gone_b)
extern "C" LONG int thrower(int x) { PAGES; if (x > 5) throw std::runtime_error(std::string("x")); return x; }
GONE(gone_c)
extern "C" LONG int middle(int x, int *count) { Guard guard{count}; return thrower(x) + 1; }
GONE(gone_d)
extern "C" int entry(int x) { int count = 0; try { return middle(x, &count); }
 catch (const std::exception &error) { return 100 + count + static_cast<int>(std::string(error.what()).size()); } }
GONE(gone_e)
"""
)


@pytest.mark.parametrize("flags", [("-O0",), ("-O2",), ("-O2", "-static-libstdc++", "-static-libgcc")])
def test_exceptions_are_caught_through_what_stays(flags: tuple[str, ...], tmp_path: Path) -> None:
    body = compiled(THROWING, *flags, suffix=".cc", compiler="c++")
    path = written(tmp_path, without_the_rest(body, "entry"))
    assert len(path.read_bytes()) < len(body) - 4 * 3 * PAGE
    assert (answer(path, "entry", 1), answer(path, "entry", 9)) == ("2", "102")
    assert "undefined symbol" in answer(path, "gone_c", 1)


BARE = """
asm(".globl bare\\n.type bare, @function\\nbare: sub $8, %rsp\\n call walk\\n"
    " add $8, %rsp\\n ret\\n.size bare, .-bare");
"""
WALKING = """
#include <execinfo.h>
extern int bare(int);
__attribute__((noinline)) int walk(int x) { void *all[64]; return backtrace(all, 64) > 0; }
"""


def test_a_walk_up_the_stack_ends_at_code_without_an_entry(tmp_path: Path) -> None:
    """What is looked up there by an entry that went would be read at an address that nothing is mapped at."""
    many = [f"int g{i}(int x) {{ PAGES; return x + {i}; }}\n" for i in range(1000)]
    around = "".join((*many[:500], BARE, *many[500:]))
    source = WALKING + PAGES.replace("20480", "512") + around + "LONG int entry(int x) { return bare(x) + 1; }\n"
    body = compiled(source)
    path = written(tmp_path, without_the_rest(body, "entry"))
    assert len(path.read_bytes()) < len(body) - 200 * 512
    assert answer(path, "entry", 1) == answer(written(tmp_path, body, "all.so"), "entry", 1) == "2"


@pytest.mark.parametrize(
    ("flags", "why"),
    [
        (("-pie", "-Dentry=main"), "a program"),
        (("-no-pie", "-fno-pic", "-Dentry=main"), "no shared library"),
        (("-Wl,-z,max-page-size=0x200000",), "more than a page"),
    ],
)
def test_what_cannot_be_cut_is_told(flags: tuple[str, ...], why: str) -> None:
    body = compiled(SOURCE, *flags)
    text = next(one for one in image_of(body).layout.sections if one.name == ".text")
    with pytest.raises(Corrupt, match=why):
        hollowed(image_of(body), Wish([(text.address, text.address + text.size)]))


@pytest.mark.parametrize("shape", [Shape(32, "<"), Shape(64, ">")])
def test_a_library_for_another_machine_is_not_cut(shape: Shape) -> None:
    with pytest.raises(Corrupt, match="x86-64"):
        hollowed(image_of(built(plain_library(shape))), Wish([(0, 1 << 20)]))


@settings(max_examples=40)
@given(st.integers(0, 64 + 13 * 56 - 1), st.sampled_from([0, 1, 0x7F, 0x80, 0xFF]))
def test_damaged_headers_are_told_or_do_no_harm(place: int, byte: int) -> None:
    body = bytearray(whole())
    body[place] = byte
    layout = elf_layout(BytesIO(bytes(body)), len(body))
    if layout is not None:
        with suppress(Corrupt):
            hollowed(Image(layout, bytes(body)), Wish([functions(whole())["f1"]]))


def test_too_little_is_told() -> None:
    start, _ = functions(whole())["f0"]
    for stretches in ([], [(start, start + PAGE)], [(start, start + 100), (start + 200, start + 300)]):
        with pytest.raises(Corrupt, match="nothing to gain"):
            hollowed(image_of(whole()), Wish(stretches))


def test_a_stretch_over_two_segments_is_told() -> None:
    body = whole()
    last = max(one.address + one.size for one in image_of(body).layout.sections if one.is_allocated)
    with pytest.raises(Corrupt):
        hollowed(image_of(body), Wish([(functions(body)["f0"][0], last)]))


def test_what_the_loader_writes_into_stays() -> None:
    body = compiled(
        "int zero;\nint *pointers[9000] = {[0 ... 8999] = &zero};\nint entry(void) { return *pointers[7]; }\n"
    )
    at = next(one.value for one in image_of(body).dynamic_symbols if one.name == "pointers")
    with pytest.raises(Corrupt, match="writes into"):
        hollowed(image_of(body), Wish([(at, at + 72000)]))


def test_what_other_headers_name_stays() -> None:
    """The beginning of what each thread has of its own is read through a header of its own."""
    body = compiled("__thread int own[9000] = {1};\nint entry(int x) { return own[x]; }\n")
    own = next(one for one in image_of(body).layout.sections if one.name == ".tdata")
    with pytest.raises(Corrupt, match="more than one part"):
        hollowed(image_of(body), Wish([(own.address, own.address + own.size)]))


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 1 << 16), st.integers(0, 1 << 16)), max_size=8))
def test_pages_are_whole_and_within_what_was_asked(found: list[tuple[int, int]]) -> None:
    stretches = sorted((min(pair), max(pair)) for pair in found)
    asked = {number for start, end in stretches for number in range(start, end)}
    for start, end in pages(stretches):
        assert start % PAGE == end % PAGE == 0
        assert end - start >= LEAST
        assert asked.issuperset(range(start, end))


def test_stretches_that_touch_are_one() -> None:
    assert list(joined([(0, 5), (5, 9), (11, 12), (11, 20), (13, 14)])) == [(0, 9), (11, 20)]
    assert list(joined([])) == []
    assert list(pages([(0, PAGE), (PAGE, 2 * PAGE)])) == [(0, 2 * PAGE)]
