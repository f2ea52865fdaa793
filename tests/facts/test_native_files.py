from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.cutting import compiled
from builders.openblas import KINDS, importer, openblas
from builders.scenes import MemoryContents, scene_of
from deadweight.core.entry import Entry, Kind
from deadweight.facts import native_files
from deadweight.facts.native_files import IMPORTS, NATIVE_FILES, OPENBLAS, begin_native_files

NEEDING = '#include <math.h>\nextern void given_(void);\nvolatile const char *path = "/usr/share/x/data.bin";\n'
NEEDING += "double entry(double x) { given_(); return sin(x); }\n"


def test_each_file_tells_what_it_asks_for() -> None:
    found = scene_of({"lib/x.so": compiled(NEEDING, "-lm"), "lib/y.txt": b"text"}).ask(NATIVE_FILES)
    assert found.keys() == {"lib/x.so"}
    assert "libm.so.6" in found["lib/x.so"].dynamic.needed
    assert "/usr/share/x/data.bin" in found["lib/x.so"].names


def test_imports_are_those_of_all_files_together() -> None:
    found = scene_of({"lib/x.so": compiled(NEEDING, "-lm"), "lib/y.so": importer()}).ask(IMPORTS)
    assert {"given_", "dot_", "solve_"} <= found.names
    assert "sin" not in found.names
    assert found.unknown == ()


def test_a_file_that_does_not_tell_its_imports_is_named() -> None:
    body = bytearray(importer())
    struct.pack_into("<Q", body, 40, 0)
    struct.pack_into("<HH", body, 60, 0, 0)
    assert scene_of({"lib/x.so": bytes(body), "lib/y.so": importer()}).ask(IMPORTS).unknown == ("lib/x.so",)


def test_a_file_cut_short_does_not_tell_its_imports() -> None:
    """It may be whole where it is used: no one says that it imports nothing."""
    scene = scene_of({"lib/x.so": importer()[:-9], "lib/y.so": importer()[:3000]})
    assert set(scene.ask(IMPORTS).unknown) == {"lib/x.so", "lib/y.so"}


def test_builds_are_found_by_what_they_export_whatever_they_are_called() -> None:
    scene = scene_of({"lib/strange.bin": openblas(), "lib/x.so": importer()})
    (found,) = scene.ask(OPENBLAS).items()
    assert found[0] == "lib/strange.bin"
    assert tuple(found[1].tables) == KINDS


@pytest.mark.parametrize("flags", [("-s",), ("-mcmodel=large",)])
def test_a_build_that_cannot_be_taken_apart_is_none_and_its_imports_are_known(flags: tuple[str, ...]) -> None:
    scene = scene_of({"lib/x.so": openblas(flags=flags)})
    assert scene.ask(OPENBLAS) == {}
    assert scene.ask(IMPORTS).unknown == ()
    assert scene.gaps == ()


def test_all_is_read_in_one_pass() -> None:
    body = importer()
    scene = scene_of({"lib/x.so": body})
    assert scene.ask(NATIVE_FILES)
    assert scene.ask(IMPORTS).names
    assert scene.ask(OPENBLAS) == {}
    contents = scene.artifact.contents
    assert isinstance(contents, MemoryContents)
    assert contents.read_bytes == len(body)


def test_a_hard_link_is_read_under_its_name() -> None:
    body = importer()
    link = Entry("lib/b.so", Kind.HARDLINK, len(body), 0, target="lib/a.so")
    assert scene_of({"lib/a.so": body, "lib/b.so": link}).ask(NATIVE_FILES).keys() == {"lib/a.so", "lib/b.so"}


@settings(max_examples=30)
@given(st.data())
def test_a_damaged_file_is_a_gap_or_is_read(data: st.DataObject) -> None:
    body = bytearray(openblas())
    table = struct.unpack_from("<Q", body, 40)[0]
    for start, size in data.draw(
        st.lists(st.sampled_from([(4, 60), (64, 600), (table, len(body) - table)]), max_size=5)
    ):
        body[start + data.draw(st.integers(0, size - 1))] = data.draw(st.sampled_from([0, 1, 0x7F, 0x80, 0xFF]))
    scene = scene_of({"lib/x.so": bytes(body)})
    assert scene.ask(NATIVE_FILES).keys() <= {"lib/x.so"}
    assert scene.ask(OPENBLAS).keys() <= {"lib/x.so"}
    assert set(scene.ask(IMPORTS).unknown) <= {"lib/x.so"}


def test_native_files_are_read_in_a_process_of_its_own_where_they_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"lib/x.so": compiled(NEEDING, "-lm"), "lib/blas.so": openblas(), "lib/short.so": importer()[:200]}
    alone, apart = scene_of(files), scene_of(files)
    answers = alone.ask(NATIVE_FILES), alone.ask(IMPORTS), alone.ask(OPENBLAS)
    monkeypatch.setattr(native_files, "_WORTH_A_PROCESS", 1)
    begin_native_files(apart)
    monkeypatch.setattr(native_files, "names_of_elf", lambda *_: pytest.fail("another process reads them"))
    assert (apart.ask(NATIVE_FILES), apart.ask(IMPORTS), apart.ask(OPENBLAS)) == answers
    assert apart.gaps == alone.gaps
    assert alone.gaps


def test_small_native_files_are_read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native_files, "begin", lambda *_: pytest.fail("they are small"))
    scene = scene_of({"lib/x.so": importer()})
    begin_native_files(scene)
    assert scene.ask(NATIVE_FILES).keys() == {"lib/x.so"}
