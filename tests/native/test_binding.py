from __future__ import annotations

import re
import struct
from io import BytesIO
from pathlib import Path

import pytest

from builders.cutting import compiled, image_of, said_by, written
from builders.elves import built as built_from
from builders.elves import plain_library
from deadweight.native.binding import NOTHING, Binding, binding_of
from deadweight.native.elf import Shape

SOURCE = """
#include <stdio.h>
#include <math.h>
extern double dgemm_(double); extern void dscal_(void); extern __attribute__((weak)) void maybe_(void);
extern int table_[4];
int my_get_config64_(void) { return table_[1]; }
double entry(double x) { dscal_(); if (maybe_) maybe_(); puts("x"); return dgemm_(x) + sin(x); }
"""
PROGRAM = "extern double dgemm_(double);\nint main(int n, char **a) { return (int) dgemm_(n); }\n"


def binding(body: bytes, mark: str = "get_config") -> Binding:
    return binding_of(BytesIO(body), image_of(body).layout, mark)


def unversioned(path: Path) -> frozenset[str] | None:
    """The names that nm shows as undefined and without a version."""
    listing = said_by("nm", "-D", "--undefined-only", path)
    return frozenset(re.findall(r"^ +[a-zA-Z] ([^\s@]+)$", listing, re.MULTILINE))


@pytest.mark.parametrize(
    ("source", "flags"),
    [
        (SOURCE, ()),
        (SOURCE, ("-s",)),
        (SOURCE, ("-Wl,-z,now", "-fno-plt")),
        ("int entry(void) { return 1; }", ("-nostdlib",)),
    ],
)
def test_names_of_no_version_are_those_of_nm(source: str, flags: tuple[str, ...], tmp_path: Path) -> None:
    body = compiled(source, *flags)
    assert binding(body).imported == unversioned(written(tmp_path, body))


def test_names_with_a_version_are_left_out() -> None:
    """The version says of which library they are."""
    imported = binding(compiled(SOURCE, "-lm")).imported
    assert imported is not None
    assert {"dgemm_", "dscal_", "maybe_", "table_"} <= imported
    assert not {"puts", "sin"} & imported


@pytest.mark.parametrize("flags", [("-pie",), ("-no-pie", "-fno-pic")])
def test_what_a_program_imports_is_seen(flags: tuple[str, ...], tmp_path: Path) -> None:
    library = written(tmp_path, compiled("double dgemm_(double x) { return x; }\n"), "libgemm.so")
    body = compiled(PROGRAM, *flags, str(library))
    imported = binding(body).imported
    assert imported == unversioned(written(tmp_path, body, "program"))
    assert imported is not None
    assert "dgemm_" in imported


def test_a_mark_in_a_name_that_is_exported_is_seen() -> None:
    assert binding(compiled(SOURCE)).exports_mark
    assert not binding(compiled(SOURCE), "set_config").exports_mark
    assert not binding(compiled(SOURCE), "dgemm_").exports_mark, "it is imported"


def test_a_file_without_section_headers_is_unknown() -> None:
    body = bytearray(compiled(SOURCE))
    struct.pack_into("<Q", body, 40, 0)
    struct.pack_into("<HH", body, 60, 0, 0)
    assert binding(bytes(body)).imported is None


def test_what_is_not_bound_by_the_loader_imports_nothing() -> None:
    assert (
        binding(
            compiled(
                PROGRAM.replace("extern", "").replace("(double);", "(double x) { return x; }"), "-static", "-no-pie"
            )
        )
        == NOTHING
    )
    assert binding(compiled(SOURCE, "-c")) == NOTHING


@pytest.mark.parametrize("shape", [Shape(32, "<"), Shape(64, ">")])
def test_a_file_for_another_machine_binds_to_none_of_these(shape: Shape) -> None:
    assert binding(built_from(plain_library(shape))) == NOTHING
