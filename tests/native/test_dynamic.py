from __future__ import annotations

import io
import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.elves import PROGRAM, built, compiled, damaged, plain_library, tool
from builders.loading import linked
from deadweight.core.errors import Corrupt
from deadweight.native.dynamic import Dynamic, dynamic_of
from deadweight.native.elf import Shape

_PLACES = ("/usr/lib/x86_64-linux-gnu", "/usr/lib", "/lib64", "/usr/bin")
_MOST_FILES = 150


def _of(body: bytes) -> Dynamic:
    return dynamic_of(io.BytesIO(body))


def _told_by_readelf(path: Path) -> tuple[tuple[str, ...], str, list[str], list[str], str]:
    out = subprocess.run(["readelf", "-dlW", str(path)], capture_output=True, text=True, check=False).stdout

    def named(tag: str) -> list[str]:
        return re.findall(rf"\({tag}\).*\[(.*)\]", out)

    rpath, runpath = ([one for text in named(tag) for one in text.split(":")] for tag in ("RPATH", "RUNPATH"))
    interpreter = re.findall(r"program interpreter: (.*)\]", out)
    return tuple(named("NEEDED")), "".join(named("SONAME")[:1]), rpath, runpath, "".join(interpreter[:1])


def test_what_is_read_of_the_files_of_this_system_is_what_readelf_tells() -> None:
    tool("readelf", "--version")
    paths = [path for place in _PLACES for path in sorted(Path(place).glob("*")) if path.is_file()]
    seen = 0
    for path in paths[:: max(1, len(paths) // 600)]:
        body = path.read_bytes() if path.stat().st_size < 8 << 20 else b""
        if body[:4] != b"\x7fELF" or seen >= _MOST_FILES:
            continue
        found = _of(body)
        told = (found.needed, found.soname, list(found.rpath), list(found.runpath), found.interpreter)
        assert told == _told_by_readelf(path), path
        seen += 1
    assert seen > 10


def test_a_library_tells_its_name_its_needs_and_where_to_look() -> None:
    found = _of(linked("libown.so.1", ("liba.so.1", "libb.so.2"), "-Wl,-rpath,$ORIGIN/../x:/opt/y,--enable-new-dtags"))
    assert (found.soname, found.needed) == ("libown.so.1", ("liba.so.1", "libb.so.2"))
    assert (found.rpath, found.runpath) == ((), ("$ORIGIN/../x", "/opt/y"))


def test_the_old_tag_is_told_from_the_new_one() -> None:
    found = _of(linked("", (), "-Wl,-rpath,/opt/y,--disable-new-dtags"))
    assert (found.rpath, found.runpath) == (("/opt/y",), ())


def test_a_library_that_leaves_the_systems_directories_out_says_so() -> None:
    assert _of(linked("", (), "-Wl,-z,nodefaultlib")).no_default
    assert not _of(linked()).no_default


def test_a_program_names_its_interpreter() -> None:
    assert "/ld" in _of(compiled(PROGRAM, ())).interpreter


def test_a_static_program_needs_nothing() -> None:
    found = _of(compiled(PROGRAM, ("-static",)))
    assert (found.needed, found.interpreter) == ((), "")


def test_an_object_to_be_linked_needs_nothing() -> None:
    assert _of(compiled("int x;", ("-c",))).needed == ()


def test_a_file_without_sections_is_read_by_its_segments() -> None:
    body = linked("libown.so.1", ("liba.so.1",))
    for offset, format_, value in ((40, "<Q", 0), (60, "<H", 0), (62, "<H", 0)):
        body = damaged(body, offset, format_, value)
    assert _of(body).needed == ("liba.so.1",)


@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize("order", ["<", ">"])
def test_files_of_every_width_and_byte_order_are_told_apart(bits: int, order: str) -> None:
    shape = Shape(bits, order)  # type: ignore[arg-type]  # the parameters are the literals
    assert _of(built(plain_library(shape))).machine == (62, bits, order)


def test_split_debugging_data_needs_nothing(tmp_path: Path) -> None:
    whole, split = tmp_path / "x.so", tmp_path / "x.debug"
    whole.write_bytes(linked("libown.so.1", ("liba.so.1",)))
    tool("objcopy", "--only-keep-debug", whole, split)
    assert _of(split.read_bytes()).needed == ()


def test_what_is_no_elf_file_is_corrupt() -> None:
    with pytest.raises(Corrupt, match="no ELF file"):
        _of(b"#!/bin/sh\n")


def test_a_dynamic_section_cut_short_is_corrupt() -> None:
    body = linked("libown.so.1", ("liba.so.1",))
    with pytest.raises(Corrupt):
        _of(body[:0x400])


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.data())
def test_damage_gives_an_answer_or_corrupt_and_nothing_else(data: st.DataObject) -> None:
    body = bytearray(linked("libown.so.1", ("liba.so.1",)))
    for _ in range(data.draw(st.integers(1, 12))):
        body[data.draw(st.integers(4, len(body) - 1))] = data.draw(st.integers(0, 255))
    try:
        _of(bytes(body[: data.draw(st.integers(0, len(body)))]))
    except Corrupt:
        return
