from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from builders.native import library
from builders.scenes import MemoryContents, entry_of, scene_of
from deadweight.facts.elf_sections import ELF_SECTIONS


def test_a_library_with_symbols_tells_their_bytes() -> None:
    found = scene_of({"lib/x.so": library()}).ask(ELF_SECTIONS)["lib/x.so"]
    assert {".symtab", ".strtab"} <= set(found.sections)


@pytest.mark.skipif(shutil.which("readelf") is None, reason="needs binutils")
def test_the_bytes_are_those_that_readelf_counts(tmp_path: Path) -> None:
    path = tmp_path / "x.so"
    path.write_bytes(library(50, "-g"))
    table = subprocess.run(["readelf", "-SW", str(path)], check=True, capture_output=True, text=True).stdout
    rows = re.findall(
        r"\] (\.\S+)\s+\S+\s+[0-9a-f]{16} [0-9a-f]+ ([0-9a-f]+) \S+ ([ A-Z]*?)\s+\d+\s+\d+\s+\d+\n", table
    )
    droppable = {name: int(size, 16) for name, size, flags in rows if "A" not in flags and name != ".shstrtab"}
    assert scene_of({"x.so": path.read_bytes()}).ask(ELF_SECTIONS)["x.so"].size == sum(droppable.values())


def test_a_stripped_library_has_next_to_nothing_to_lose() -> None:
    found = scene_of({"x.so": library(200, "-s")}).ask(ELF_SECTIONS)
    assert sum(one.size for one in found.values()) < 100


def test_a_file_with_data_appended_is_left() -> None:
    """AppImages and self-extracting installers keep their payload after the last section."""
    assert scene_of({"x.so": library() + b"payload" * 100}).ask(ELF_SECTIONS) == {}


def test_only_files_that_begin_as_elf_are_read() -> None:
    scene = scene_of({"a.txt": b"text", "b.so": b"!<arch>\n"})
    assert scene.ask(ELF_SECTIONS) == {}
    contents = scene.artifact.contents
    assert isinstance(contents, MemoryContents)
    assert contents.read_bytes == 0


def test_a_library_cut_short_is_a_gap() -> None:
    body = library()
    scene = scene_of({"x.so": body[: len(body) // 2]})
    assert scene.ask(ELF_SECTIONS) == {}
    assert [gap.where for gap in scene.gaps] == ["x.so"]


def test_a_file_without_its_first_bytes_known_is_passed_over() -> None:
    scene = scene_of({"x.so": entry_of("x.so", library(), head=b"")})
    assert scene.ask(ELF_SECTIONS) == {}
