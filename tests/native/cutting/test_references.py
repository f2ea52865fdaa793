from __future__ import annotations

import re
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.cutting import compiled, image_of, said_by, written
from deadweight.native.cutting.references import distances, jumps_shortly, names_memory, references, runs_on

C_SOURCE = """
#include <stdio.h>
#include <string.h>
extern int given[]; int state = 3; static double table[64] = {1.5}; static const char *words[] = {"a", "b"};
static int inner(int x) { if (x == 3) state = 1000000; if (!state) state = 7; return given[x] + state; }
int compare(int x) { static short narrow; narrow = 300; return x > 5 ? inner(x) : narrow == 300; }
int chosen(int x) { switch (x) { case 0: return inner(1); case 1: return compare(2); case 2: return printf("%d", x);
 case 3: return puts("x"); case 4: return state++; case 5: return (int) table[x & 63]; } return *words[x & 1]; }
double floats(double x) { for (int i = 0; i < 64; i++) table[i] = x * table[i] + 2.5; return table[3]; }
"""
CPP_SOURCE = """
#include <map>
#include <stdexcept>
#include <string>
struct Base { virtual ~Base() {} virtual int value() { return 1; } };
struct Other : Base { int value() override { throw std::runtime_error("other"); } };
std::map<std::string, int> all;
int entry(const char *name) { try { Other other; return static_cast<Base &>(other).value() + all[name]; }
 catch (std::exception &error) { return static_cast<int>(std::string(error.what()).size()); } }
"""
LINE = re.compile(r"^ *([0-9a-f]+):\t((?:[0-9a-f]{2} )+) *\t(.*)$", re.MULTILINE)
JUMP = re.compile(r"(?:(?:bnd|notrack|data16|addr32|rex\.W) )*(?:call|j[a-z]+|loop[a-z]*)q?(?:,p[nt])? +([0-9a-f]+) <")
MEMORY = re.compile(r"# ([0-9a-f]+) <")
IMMEDIATES = (0, 1, 2, 4)


def instructions(path: Path) -> list[tuple[int, bytes, str]]:
    listing = said_by("objdump", "-dw", path)
    return [(int(at, 16), bytes.fromhex(code), text) for at, code, text in LINE.findall(listing)]


def told_as_memory(code: bytes, distance: int) -> bool:
    """Whether the displacement in the instruction is told as one of a memory operand."""
    padded = b"\x90" * 8 + code
    return any(names_memory(padded, at) for at in range(10, len(padded) - 3) if padded[at : at + 4] == packed(distance))


def packed(distance: int) -> bytes:
    return struct.pack("<i", distance)


@pytest.mark.parametrize(
    ("source", "compiler", "suffix", "flags"),
    [
        (C_SOURCE, "cc", ".c", ("-O0",)),
        (C_SOURCE, "cc", ".c", ("-O2",)),
        (C_SOURCE, "cc", ".c", ("-O3", "-mavx512f", "-fno-plt")),
        (C_SOURCE, "cc", ".c", ("-Os", "-fcf-protection=full")),
        (CPP_SOURCE, "c++", ".cc", ("-O0",)),
        (CPP_SOURCE, "c++", ".cc", ("-O2",)),
    ],
)
def test_all_that_the_disassembler_sees_is_among_them(
    source: str, compiler: str, suffix: str, flags: tuple[str, ...], tmp_path: Path
) -> None:
    body = compiled(source, *flags, suffix=suffix, compiler=compiler)
    image = image_of(body)
    found = {to for one in image.code for _, to in references(body, one.offset, one.address - one.offset, one.end)}
    far = near = memory = 0
    for at, code, text in instructions(written(tmp_path, body)):
        if (jump := JUMP.match(text)) and len(code) - (code[0] in (0xF2, 0x3E)) >= 5:
            assert int(jump[1], 16) in found, text
            far += 1
        elif jump:
            to = int(jump[1], 16) - at
            padded = bytes(200) + code + bytes(200)
            assert jumps_shortly(padded, (200, 200 + len(code)), (200 + to, 201 + to)), text
            near += 1
        elif aimed := MEMORY.search(text):
            assert any(int(aimed[1], 16) - more in found for more in IMMEDIATES), text
            assert told_as_memory(code, int(aimed[1], 16) - at - len(code)), text
            memory += 1
    assert min(far, near, memory) > 3


@given(st.binary(max_size=60), st.integers(-(1 << 31), (1 << 31) - 1), st.sampled_from([b"\xe8", b"\xe9", b"\x0f\x84"]))
def test_a_call_is_seen_whatever_stands_before_it(before: bytes, distance: int, opcode: bytes) -> None:
    code = before + opcode + struct.pack("<i", distance)
    assert (len(code) - 4, 0x1000 + len(code) + distance) in set(references(code, 0, 0x1000, len(code)))


def test_what_is_cut_off_by_the_end_is_no_reference() -> None:
    assert list(references(b"\xe8\0\0\0\0", 0, 0, 4)) == []
    assert list(references(b"\xe8\0\0\0\0", 0, 0, 5)) == [(1, 5)]
    assert list(references(b"", 0, 0, 0)) == []


def test_an_operand_in_memory_is_told_from_a_jump() -> None:
    assert names_memory(b"\x48\x8d\x05\0\0\0\0", 3)
    assert not names_memory(b"\xe8\0\0\0\0", 1)


@pytest.mark.parametrize("before", ["48c1e104eb1d", "48837c24480d", "0000000004 15"])
def test_a_byte_behind_no_opcode_that_has_an_operand_is_none(before: str) -> None:
    """The end of a jump, of an immediate: found in kernels of OpenBLAS."""
    assert not names_memory(bytes.fromhex(before) + bytes(4), 6)


@given(st.integers(-128, 127))
def test_a_jump_of_one_byte_reaches_as_far_as_its_byte_says(distance: int) -> None:
    code = bytes(200) + b"\xeb" + struct.pack("<b", distance) + bytes(200)
    to = 202 + distance
    assert jumps_shortly(code, (200, 202), (to, to + 1))
    assert not jumps_shortly(code, (200, 202), (to + 1, to + 2))
    assert not jumps_shortly(code, (200, 201), (to, to + 1))


ENDS = """c3 f3c3 c20800 e800000000 e900000000 eb10 0f0b f4 cc ffd0 ffe1 41ffe3 ff2511000000 ff1511000000 ff24c511000000
ffa4d0a0000000 ff20 ff6010 ff642410 ffa011000000 3effe0 ff24c8 41ff5510"""


@pytest.mark.parametrize("last", ENDS.split())
def test_code_that_ends_in_what_leaves_it_does_not_run_on(last: str) -> None:
    code = bytes.fromhex("4889d8" + last)
    assert not runs_on(code + b"\x90", len(code))


@pytest.mark.parametrize("last", ["b803000000", "0f8400000000", "7410", "c5f877", "4883c001", "90", ""])
def test_code_that_ends_in_anything_else_runs_on(last: str) -> None:
    code = bytes.fromhex("c3" * 3 + "0000000000000000" + last)
    assert runs_on(code, len(code))


def test_distances_are_from_the_beginning_of_the_table() -> None:
    assert list(distances(struct.pack("<iii", 16, -16, 4) + b"\1", 0x100)) == [0x110, 0xF0, 0x104]
