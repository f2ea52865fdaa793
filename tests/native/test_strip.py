import ctypes
import io
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.elves import (
    LIBRARY,
    PROGRAM,
    Blueprint,
    Piece,
    built,
    compiled,
    damaged,
    patched,
    plain_library,
    relocated_library,
    symbols,
    text,
    tool,
    written,
)
from deadweight.native.elf import ElfLayout, Shape, elf_layout
from deadweight.native.runs import runs_of
from deadweight.native.strip import NOTHING_TO_GAIN, Left, Stripped, strip

Make = Callable[[], bytes]
SHAPES = [Shape(64, "<"), Shape(64, ">"), Shape(32, "<"), Shape(32, ">")]


def layout_of(body: bytes) -> ElfLayout:
    layout = elf_layout(io.BytesIO(body), len(body))
    assert layout is not None
    return layout


def stripped(folder: Path, body: bytes) -> Path:
    """The stripped file; fails where it was left."""
    out = folder / "stripped"
    outcome = strip(written(folder / "original", body), out)
    assert isinstance(outcome, Stripped), outcome
    assert (outcome.before, outcome.after) == (len(body), out.stat().st_size)
    out.chmod(0o755)
    return out


def left(folder: Path, body: bytes) -> str:
    """Why the file was left; fails where it was stripped."""
    outcome = strip(written(folder / "original", body), folder / "stripped")
    assert isinstance(outcome, Left)
    return outcome.why


def without_pointers(body: bytes, layout: ElfLayout) -> bytes:
    """The covered bytes, the three header fields that may change blanked."""
    width = layout.header.shape.bits // 8
    covered = bytearray(body[: layout.covered])
    covered[24 + 2 * width : 24 + 3 * width] = bytes(width)
    covered[12 + layout.header.shape.header.size : 16 + layout.header.shape.header.size] = bytes(4)
    return bytes(covered)


def names_of(path: Path) -> list[str]:
    return [section.name for section in layout_of(path.read_bytes()).sections]


def plain_bytes(shape: Shape) -> bytes:
    return built(plain_library(shape))


def relocated_bytes(shape: Shape) -> bytes:
    return built(relocated_library(shape))


BODIES = [
    pytest.param(lambda: compiled(), id="library"),
    pytest.param(lambda: compiled(flags=("-shared", "-fPIC", "-g", "-gz")), id="compressed debugging data"),
    pytest.param(lambda: compiled(PROGRAM, ("-g",)), id="program"),
    pytest.param(lambda: compiled(PROGRAM, ("-no-pie",)), id="fixed program"),
    pytest.param(lambda: compiled(PROGRAM, ("-static", "-g")), id="static program"),
    *(pytest.param(partial(plain_bytes, shape), id=f"{shape.bits}{shape.order}") for shape in SHAPES),
]
MANY = LIBRARY + "".join(
    f"static int of_{n}(int x) {{ return x + {n}; }}\nint to_{n}(int x) {{ return of_{n}(x); }}\n" for n in range(99)
)
MOVED = [
    *(pytest.param(partial(relocated_bytes, shape), id=f"relocated {shape.bits}{shape.order}") for shape in SHAPES),
    pytest.param(lambda: patched(compiled(MANY)), id="patched library"),
    pytest.param(lambda: patched(compiled(MANY + PROGRAM, ("-g",))), id="patched program"),
]


@pytest.mark.parametrize("make", BODIES)
def test_no_covered_byte_changes_but_three_fields_of_the_header(make: Make, tmp_path: Path) -> None:
    body = make()
    result = stripped(tmp_path, body).read_bytes()
    before, after = layout_of(body), layout_of(result)
    assert without_pointers(result, after) == without_pointers(body, before)
    assert after.segments == before.segments
    assert after.covered == before.covered


def in_memory(body: bytes) -> list[tuple[int, int, int, int, bytes]]:
    """Kind, address, size, alignment and bytes of each segment, those of the headers blanked."""
    layout = layout_of(body)
    header = layout.header
    blanked = bytearray(body)
    for start, size in (0, header.size), (header.segments_at, header.segment_count * header.segment_size):
        blanked[start : start + size] = bytes(size)
    one = layout.segments
    return [(s.kind, s.address, s.size, s.alignment, bytes(blanked[s.offset : s.offset + s.size])) for s in one]


@pytest.mark.parametrize("make", [*BODIES, *MOVED])
def test_every_segment_holds_what_it_held_where_it_was_in_memory(make: Make, tmp_path: Path) -> None:
    body = make()
    result = stripped(tmp_path, body).read_bytes()
    assert in_memory(result) == in_memory(body)
    for before, after in zip(layout_of(body).segments, layout_of(result).segments, strict=True):
        assert (before.offset - after.offset) % max(before.alignment, 1) == 0


@pytest.mark.parametrize("make", MOVED)
def test_whole_pages_between_segments_go(make: Make, tmp_path: Path) -> None:
    body = make()
    before, after = layout_of(body), layout_of(stripped(tmp_path, body).read_bytes())
    runs = runs_of(after).runs
    assert all(b.start - a.end < 2 * 4096 for a, b in pairwise(runs))
    assert runs_of(after).closed == 0
    assert before.covered - after.covered >= 4096
    assert not {".symtab", ".strtab"} & {one.name for one in after.sections}


def test_a_patched_library_loads_and_a_patched_program_runs_without_the_hole(tmp_path: Path) -> None:
    assert ctypes.CDLL(str(stripped(tmp_path, patched(compiled(MANY))))).answer() == 42
    program = stripped(tmp_path, patched(compiled(MANY + PROGRAM, ("-g",))))
    assert subprocess.run([program], capture_output=True, text=True, check=True).stdout == "42\n"


def test_a_hole_in_which_bytes_stand_that_no_section_names_stays(tmp_path: Path) -> None:
    body = patched(compiled(MANY) + b"payload" * 9)
    assert left(tmp_path, body) == NOTHING_TO_GAIN.why
    assert runs_of(layout_of(body), io.BytesIO(body)).closed == 0


def test_a_section_that_stays_is_carried_out_of_the_hole(tmp_path: Path) -> None:
    payload = written(tmp_path / "payload", b"data that the program reads from its own file" * 50)
    source = written(tmp_path / "source", compiled(MANY + PROGRAM, ("-g",)))
    tool("objcopy", "--add-section", f"pydata={payload}", source, tmp_path / "bundled")
    path = stripped(tmp_path, patched((tmp_path / "bundled").read_bytes()))
    tool("objcopy", "--dump-section", f"pydata={tmp_path / 'back'}", path, tmp_path / "ignored")
    assert (tmp_path / "back").read_bytes() == payload.read_bytes()
    assert subprocess.run([path], capture_output=True, text=True, check=True).stdout == "42\n"


@pytest.mark.parametrize("make", [*BODIES, *MOVED])
def test_readelf_takes_the_result_without_a_word(make: Make, tmp_path: Path) -> None:
    body = make()
    complaints = [line for line in tool("readelf", "-aW", stripped(tmp_path, body)).splitlines() if "arning" in line]
    before = [line for line in tool("readelf", "-aW", tmp_path / "original").splitlines() if "arning" in line]
    assert [line.replace("stripped", "original") for line in complaints] == before


@pytest.mark.parametrize("make", [*BODIES, *MOVED])
def test_allocated_sections_are_those_that_were_there(make: Make, tmp_path: Path) -> None:
    body = make()
    result = layout_of(stripped(tmp_path, body).read_bytes())
    before = {one.name: one for one in layout_of(body).sections if one.is_allocated}
    after = {one.name: one for one in result.sections if one.is_allocated}
    assert list(after) == list(before)
    for name, section in after.items():
        at = section.offset
        assert (before[name].offset - at) % 4096 == 0
        assert replace(section, name_at=0, link=0, info=0) == replace(
            before[name], name_at=0, link=0, info=0, offset=at
        )
        linked = layout_of(body).sections[before[name].link]
        if linked.is_allocated:
            assert result.sections[section.link].name == linked.name


def test_a_stripped_library_loads_and_answers(tmp_path: Path) -> None:
    path = stripped(tmp_path, compiled())
    assert ctypes.CDLL(str(path)).answer() == 42
    assert tool("ldd", path).split("(")[0] == tool("ldd", tmp_path / "original").split("(")[0]


@pytest.mark.parametrize("flags", [("-g",), ("-no-pie", "-g"), ("-static", "-g")])
def test_a_stripped_program_runs(tmp_path: Path, flags: tuple[str, ...]) -> None:
    path = stripped(tmp_path, compiled(PROGRAM, flags))
    assert subprocess.run([path], capture_output=True, text=True, check=True).stdout == "42\n"


def test_symbols_debugging_data_and_comments_go(tmp_path: Path) -> None:
    names = names_of(stripped(tmp_path, compiled()))
    assert not [name for name in names if name.startswith((".debug", ".comment", ".symtab", ".strtab"))]
    assert names[-1] == ".shstrtab"
    assert ".dynsym" in names


def test_it_frees_what_gnu_strip_frees(tmp_path: Path) -> None:
    body = compiled(PROGRAM, ("-static", "-g"))
    ours = stripped(tmp_path, body).stat().st_size
    tool("strip", "--strip-unneeded", "-o", tmp_path / "theirs", tmp_path / "original")
    theirs = (tmp_path / "theirs").stat().st_size
    assert len(body) - ours > 0.99 * (len(body) - theirs)


def test_gdb_still_finds_the_exported_function(tmp_path: Path) -> None:
    said = tool("gdb", "-batch", "-nx", "-ex", "info address answer", stripped(tmp_path, compiled()))
    assert "answer" in said
    assert "No symbol" not in said


def test_stripping_twice_gains_nothing(tmp_path: Path) -> None:
    once = stripped(tmp_path, compiled()).read_bytes()
    assert left(tmp_path, once) == NOTHING_TO_GAIN.why


def test_sections_that_nobody_knows_stay_and_read_as_before(tmp_path: Path) -> None:
    payload = written(tmp_path / "payload", b"data that the program reads from its own file" * 50)
    source = written(tmp_path / "source", compiled(PROGRAM, ("-g",)))
    tool("objcopy", "--add-section", f"pydata={payload}", source, tmp_path / "bundled")
    path = stripped(tmp_path, (tmp_path / "bundled").read_bytes())
    assert "pydata" in names_of(path)
    tool("objcopy", "--dump-section", f"pydata={tmp_path / 'back'}", path, tmp_path / "ignored")
    assert (tmp_path / "back").read_bytes() == payload.read_bytes()


def test_symbols_that_remaining_relocations_need_stay(tmp_path: Path) -> None:
    body = compiled(PROGRAM, ("-g", "-Wl,--emit-relocs"))
    names = names_of(stripped(tmp_path, body))
    assert {".rela.text", ".symtab", ".strtab"} <= set(names)
    assert ".debug_info" not in names


def test_symbols_of_a_library_that_was_relocated_go_from_between_its_segments(tmp_path: Path) -> None:
    names = names_of(stripped(tmp_path, built(relocated_library(SHAPES[0]))))
    assert [name for name in names if name] == [".text", ".dynstr", ".shstrtab"]


def test_the_indexes_that_symbols_name_do_not_change(tmp_path: Path) -> None:
    shape = SHAPES[0]
    debug = Piece(".debug_info", body=b"d" * 5000)
    data = Piece(".data", 1, 0x3, b"data" * 10)
    table, names = symbols(shape)
    body = built(Blueprint((text(), data, debug, table, names), 2))
    # The section headers change places, not the bodies: the debugging data is named before the data is.
    layout = layout_of(body)
    at = layout.header.sections_at
    headers = [body[at + 64 * place : at + 64 * place + 64] for place in range(len(layout.sections))]
    order = [0, 1, 3, 2, *range(4, len(headers))]
    swapped = body[:at] + b"".join(headers[place] for place in order)
    result = layout_of(stripped(tmp_path, swapped).read_bytes())
    assert [one.name for one in result.sections] == ["", ".text", "", ".data", ".shstrtab"]


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: compiled(flags=("-c", "-g")), "relocatable"),
        (lambda: damaged(compiled(), 16, "<H", 4), "core"),
        (lambda: damaged(compiled(), 16, "<H", 0xFE00), "unknown type"),
        (lambda: compiled() + b"PK\x03\x04" * 64, "appended"),
        (lambda: compiled()[:-1], "no whole ELF"),
        (lambda: b"!<arch>\n" + bytes(200), "no whole ELF"),
        (lambda: built(replace(plain_library(SHAPES[0]), gap=b"payload" * 20)), "no section names stands before"),
        (lambda: damaged(built(plain_library(SHAPES[0])), 64, "<I", 4), "nothing to load"),
        (lambda: damaged(built(plain_library(SHAPES[0])), 62, "<H", 0), "no section names"),
    ],
)
def test_what_is_not_to_be_stripped_is_left_with_the_reason(make: Make, why: str, tmp_path: Path) -> None:
    assert why in left(tmp_path, make())


def test_debugging_data_kept_for_another_file_is_left(tmp_path: Path) -> None:
    tool("objcopy", "--only-keep-debug", written(tmp_path / "library", compiled()), tmp_path / "library.debug")
    assert "another file" in left(tmp_path, (tmp_path / "library.debug").read_bytes())


def test_sections_that_overlap_each_other_are_left(tmp_path: Path) -> None:
    body = built(plain_library(SHAPES[0], Piece("payload", body=b"p" * 5000)))
    layout = layout_of(body)
    at = layout.header.sections_at + 64 * 4
    assert "overlaps" in left(tmp_path, damaged(body, at + 24, "<Q", layout.sections[3].offset))


def test_a_file_with_nothing_to_drop_is_left_and_the_original_is_untouched(tmp_path: Path) -> None:
    body = compiled(flags=("-shared", "-fPIC", "-s", "-fno-ident", "-nostdlib"))
    outcome = strip(written(tmp_path / "original", body), tmp_path / "stripped")
    assert outcome == NOTHING_TO_GAIN
    assert (tmp_path / "original").read_bytes() == body


def test_real_extension_modules_import_after_stripping(tmp_path: Path) -> None:
    folder = tmp_path / "msgspec"
    subprocess.run(["cp", "-r", str(Path(msgspec.__file__).parent), str(folder)], check=True)
    for path in list(folder.rglob("*.so")):
        out = tmp_path / "out"
        assert not isinstance(strip(path, out), Left)
        path.unlink()
        written(path, out.read_bytes())
    code = "import msgspec; print(msgspec.json.decode(b'[1,2]'), msgspec.__file__)"
    ran = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert ran.stdout == f"[1, 2] {folder}/__init__.py\n"


PIECES = st.builds(
    Piece,
    st.sampled_from([".comment", ".debug_line", ".note.mine", "payload", ".gnu_debuglink", ".stab", ".annotation"]),
    st.sampled_from([1, 7]),
    st.just(0),
    st.binary(max_size=400),
    alignment=st.sampled_from([1, 4, 8, 16]),
)


@settings(max_examples=80, derandomize=True, deadline=None)
@given(st.sampled_from(SHAPES), st.lists(PIECES, max_size=5, unique_by=lambda piece: piece.name))
def test_whatever_follows_the_last_segment_the_covered_bytes_stay(shape: Shape, more: list[Piece]) -> None:
    body = built(plain_library(shape, *more))
    with tempfile.TemporaryDirectory() as folder:
        result = stripped(Path(folder), body).read_bytes()
    before, after = layout_of(body), layout_of(result)
    assert without_pointers(result, after) == without_pointers(body, before)
    needless = (".comment", ".debug_line", ".gnu_debuglink", ".stab", ".symtab", ".strtab")
    kept = [one for one in before.sections[1:-1] if one.name not in needless or (not one.size and one.is_allocated)]
    assert [one.name for one in after.sections[1:-1]] == [one.name for one in kept]
    for one in after.sections[1:-1]:
        if not one.is_allocated and one.size:
            old = next(section for section in kept if section.name == one.name)
            assert result[one.offset : one.end] == body[old.offset : old.end]
            assert one.offset % max(one.alignment, 1) == 0
