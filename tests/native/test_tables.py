from __future__ import annotations

import re
from pathlib import Path

import pytest

from builders.cutting import PAGES, compiled, image_of, said_by, written
from builders.elves import built as built_from
from builders.elves import damaged, plain_library
from deadweight.core.errors import Corrupt
from deadweight.native.elf import Shape
from deadweight.native.tables import Image

SOURCE = (
    PAGES
    + """
#include <stdio.h>
int shown = 4; static int hidden[3] = {1}; __thread int own = 3; extern int given(int);
HIDDEN int inner(int x) { return x + hidden[0]; }
int (*const pointers[2])(int) = {inner, given};
int entry(int x) { return printf("%d", own) + inner(x) + given(shown); }
int other(int x) __attribute__((alias("entry")));
"""
)
KINDS = {"NOTYPE": 0, "OBJECT": 1, "FUNC": 2, "SECTION": 3, "FILE": 4, "TLS": 6, "IFUNC": 10}
ROW = re.compile(r"^ +\d+: ([0-9a-f]+) +(\w+) (\w+) +\w+ +\w+ +(\w+) ?([^\s@]*)", re.MULTILINE)
RELOCATION = re.compile(r"^([0-9a-f]{16})  ([0-9a-f]{16}) R_X86_64_", re.MULTILINE)


@pytest.fixture(scope="module")
def image() -> Image:
    return image_of(compiled(SOURCE))


def rows(path: Path, which: str) -> list[tuple[str, int, int, int]]:
    listing = said_by("readelf", which, "-W", path).partition("Symbol table")[2]
    return [(name, KINDS[kind], int(at, 16), int(size, 0)) for at, size, kind, _, name in ROW.findall(listing)]


def test_what_the_loader_binds_is_what_readelf_lists(image: Image, tmp_path: Path) -> None:
    mine = [(one.name, one.kind, one.value, one.size) for one in image.dynamic_symbols]
    assert mine == rows(written(tmp_path, image.body), "--dyn-syms")


def test_the_symbols_of_the_linker_are_what_nm_lists(image: Image, tmp_path: Path) -> None:
    listing = said_by("nm", written(tmp_path, image.body))
    theirs = {(name, int(at, 16)) for at, _, name in re.findall(r"^([0-9a-f]{16}) (\w) (\S+)$", listing, re.MULTILINE)}
    mine = {(one.name, one.value) for one in image.local_symbols if one.is_defined and one.kind not in (3, 4)}
    assert mine == theirs
    assert {"inner", "entry", "other", "hidden"} <= {name for name, _ in mine}


def test_a_name_of_another_file_is_not_defined(image: Image) -> None:
    defined = {one.name: one.is_defined for one in image.dynamic_symbols}
    assert (defined["given"], defined["printf"], defined["entry"], defined["own"]) == (False, False, True, True)


def test_relocations_are_what_readelf_lists(image: Image, tmp_path: Path) -> None:
    listing = said_by("readelf", "-rW", written(tmp_path, image.body))
    theirs = [(int(place, 16), int(info, 16)) for place, info in RELOCATION.findall(listing)]
    assert [(one.place, one.symbol << 32 | one.type) for one in image.relocations] == theirs


def test_code_is_by_address_and_all_that_is_run(image: Image, tmp_path: Path) -> None:
    listing = said_by("readelf", "-SW", written(tmp_path, image.body))
    theirs = re.findall(r"\] (\S+) +\w+ +([0-9a-f]{16}) [0-9a-f]+ [0-9a-f]+ [0-9a-f]{2} +AX ", listing)
    assert [(one.name, one.address) for one in image.code] == [(name, int(at, 16)) for name, at in theirs]


def test_the_dynamic_section_is_what_readelf_lists(image: Image, tmp_path: Path) -> None:
    listing = said_by("readelf", "-dW", written(tmp_path, image.body))
    theirs = [int(tag, 16) for tag in re.findall(r"^ (0x[0-9a-f]{16}) \(", listing, re.MULTILINE)]
    mine = [tag for tag, _ in image.tags]
    assert mine[: mine.index(0) + 1] == theirs


def test_zeros_have_no_bytes(image: Image) -> None:
    zeros = next(one for one in image.layout.sections if one.name == ".tbss" or one.name == ".bss")
    assert image.bytes_of(zeros) == b""


def test_symbols_without_a_table_of_names_are_told(image: Image) -> None:
    layout = image.layout
    number, _ = next((number, one) for number, one in enumerate(layout.sections) if one.name == ".symtab")
    link = layout.header.sections_at + number * layout.header.section_size + 40
    broken = image_of(damaged(image.body, link, "<I", 0xFFFF))
    with pytest.raises(Corrupt, match="no names"):
        broken.local_symbols  # noqa: B018


@pytest.mark.parametrize(("bits", "order"), [(32, "<"), (64, ">"), (32, ">")])
def test_other_shapes_are_not_for_this_machine(bits: int, order: str) -> None:
    shape = Shape(32 if bits == 32 else 64, "<" if order == "<" else ">")
    assert not image_of(built_from(plain_library(shape))).is_for_x86_64
