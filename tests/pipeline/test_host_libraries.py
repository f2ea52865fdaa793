"""What the loader of this host would map is taken: ldd is the oracle."""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from deadweight.pipeline.scratch.gathering import Gathering
from deadweight.pipeline.scratch.host_libraries import HostLoader, Libraries

_MAPPED = re.compile(r"(/\S+) \(0x")
DYNLOAD = Path(sysconfig.get_path("platstdlib")) / "lib-dynload"


def ldd(path: str) -> set[str]:
    done = subprocess.run(["ldd", path], capture_output=True, text=True, check=False)
    return {str(Path(found).resolve()) for found in _MAPPED.findall(done.stdout)}


def files(gathering: Gathering) -> set[str]:
    return {str(one.host) for one in gathering.pieces.values() if one.host}


def programs() -> list[str]:
    extensions = sorted(map(str, DYNLOAD.glob("_*.so")))
    return [str(Path(sys.executable).resolve()), "/bin/ls", *extensions[:12]]


@pytest.mark.skipif(not Path("/usr/bin/ldd").exists(), reason="ldd is not installed")
@pytest.mark.parametrize("program", programs())
def test_what_ldd_lists_is_taken(program: str) -> None:
    gathering = Gathering("/nowhere")
    Libraries(gathering, HostLoader(), frozenset()).take([program])
    assert ldd(program) <= files(gathering) | {program}
    assert not gathering.gaps


def test_without_a_cache_the_directories_of_the_system_are_searched(tmp_path: Path) -> None:
    gathering = Gathering("/nowhere")
    wanted = ldd("/bin/ls")
    places = tuple(sorted({str(Path(path).parent) for path in wanted}))
    Libraries(gathering, HostLoader(str(tmp_path / "none"), places), frozenset()).take(["/bin/ls"])
    assert wanted <= files(gathering)


def test_a_library_that_is_nowhere_is_told_unless_the_tree_has_it(tmp_path: Path) -> None:
    for provided, gaps in ((frozenset[str](), 1), (frozenset({"libc.so.6", "libselinux.so.1"}), 0)):
        gathering = Gathering("/nowhere")
        Libraries(gathering, HostLoader(str(tmp_path), ()), provided).take(["/bin/true"])
        assert len(gathering.gaps) == gaps


def test_what_is_no_elf_file_needs_nothing(tmp_path: Path) -> None:
    (tmp_path / "script").write_text("#!/bin/sh\n")
    gathering = Gathering("/nowhere", ())
    Libraries(gathering, HostLoader(), frozenset()).take([str(tmp_path / "script"), "/nowhere"])
    assert not gathering.pieces
    assert not gathering.gaps


@pytest.mark.parametrize("left", [7, 200])
def test_a_damaged_library_is_told_for_what_it_needs_is_not_known(left: int, tmp_path: Path) -> None:
    cut = tmp_path / "libcut.so"
    cut.write_bytes(Path("/bin/ls").read_bytes()[:left])
    gathering = Gathering("/nowhere")
    Libraries(gathering, HostLoader(), frozenset()).take([str(cut), str(tmp_path / "absent.so"), str(tmp_path)])
    assert [(gap.where, "not known" in gap.reason) for gap in gathering.gaps] == [(str(cut), True)]


def test_libraries_that_are_loaded_by_name_are_taken_where_they_are() -> None:
    gathering = Gathering("/nowhere")
    libraries = Libraries(gathering, HostLoader(), frozenset())
    libraries.by_name("libresolv.so.2", ["/nowhere", "/bin/ls"])
    libraries.by_name("libnothing.so.9", ["/bin/ls"])
    assert any("libresolv" in path for path in files(gathering))
    assert not gathering.gaps
