from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from builders.loading import link, linked, system_scene
from builders.scenes import scene_of
from deadweight.core.entry import Entry
from deadweight.core.scene import Scene
from deadweight.facts.library_search import LIBRARY_SEARCH

ORIGIN_RUNPATH = "-Wl,-rpath,$ORIGIN/deep,--enable-new-dtags"
ORIGIN_RPATH = "-Wl,-rpath,$ORIGIN/deep,--disable-new-dtags"


def _loaded(scene: Scene, path: str) -> list[str]:
    return [one.path for one in scene.ask(LIBRARY_SEARCH).loaded(path)]


def _found(scene: Scene, path: str) -> list[tuple[str, bool]]:
    return [(one.path, one.found) for one in scene.ask(LIBRARY_SEARCH).loaded(path)]


@pytest.mark.parametrize("flag", [ORIGIN_RPATH, ORIGIN_RUNPATH])
def test_a_library_is_found_beside_the_one_that_needs_it(flag: str) -> None:
    files = {"x/m.so": linked("", ("liba.so.1",), flag), "x/deep/liba.so.1": linked("liba.so.1")}
    assert _found(scene_of(files), "x/m.so") == [("x/deep/liba.so.1", True)]


def test_a_runpath_is_not_handed_on_and_an_rpath_is() -> None:
    inner = {"x/deep/liba.so.1": linked("liba.so.1", ("libb.so.1",)), "x/deep/libb.so.1": linked("libb.so.1")}
    handed = scene_of({"x/m.so": linked("", ("liba.so.1",), ORIGIN_RPATH), **inner})
    kept = scene_of({"x/m.so": linked("", ("liba.so.1",), ORIGIN_RUNPATH), **inner})
    assert _found(handed, "x/m.so")[1:] == [("x/deep/libb.so.1", True)]
    assert _found(kept, "x/m.so")[1:] == [("x/deep/libb.so.1", False)]


def test_a_name_that_no_search_leads_to_has_every_library_of_that_name() -> None:
    """Pillow's libXau is mapped under the name that opencv's had before (dependencies, 6.7)."""
    files = {
        "a/m.so": linked("", ("libXau-1.so.6",)),
        "one.libs/libXau-1.so.6": linked("libXau-1.so.6"),
        "two.libs/renamed.so": linked("libXau-1.so.6"),
    }
    assert _found(scene_of(files), "a/m.so") == [("one.libs/libXau-1.so.6", False), ("two.libs/renamed.so", False)]


def test_a_library_of_another_machine_is_passed_over() -> None:
    other = bytearray(linked("liba.so.1"))
    other[18:20] = (183).to_bytes(2, "little")
    files = {
        "usr/bin/m": linked("", ("liba.so.1",)),
        "lib/liba.so.1": bytes(other),
        "usr/lib/liba.so.1": linked("liba.so.1"),
    }
    assert _found(system_scene(files), "usr/bin/m") == [("usr/lib/liba.so.1", True)]


def test_the_environment_goes_before_a_runpath_and_an_rpath_before_both() -> None:
    library = linked("liba.so.1")
    places = {"x/deep/liba.so.1": library, "own/liba.so.1": library}
    environment = {"LD_LIBRARY_PATH": "/own"}
    runpath = system_scene({"x/m.so": linked("", ("liba.so.1",), ORIGIN_RUNPATH), **places}, environment)
    rpath = system_scene({"x/m.so": linked("", ("liba.so.1",), ORIGIN_RPATH), **places}, environment)
    assert _loaded(runpath, "x/m.so") == ["own/liba.so.1"]
    assert _loaded(rpath, "x/m.so") == ["x/deep/liba.so.1"]


def test_directories_of_the_configuration_and_of_what_it_includes_are_searched() -> None:
    files: dict[str, bytes | Entry] = {
        "etc/ld.so.conf": b"include ld.so.conf.d/*.conf\n",
        "etc/ld.so.conf.d/a.conf": b"# a comment\n/opt/own\n",
        "opt/own/liba.so.1": linked("liba.so.1"),
        "usr/bin/m": linked("", ("liba.so.1",)),
    }
    assert _found(system_scene(files), "usr/bin/m") == [("opt/own/liba.so.1", True)]


def test_the_directories_of_a_machine_are_searched_through_the_merged_usr() -> None:
    files: dict[str, bytes | Entry] = {
        "lib": link("lib", "usr/lib"),
        "usr/lib/x86_64-linux-gnu/liba.so.1": link("usr/lib/x86_64-linux-gnu/liba.so.1", "liba.so.1.2"),
        "usr/lib/x86_64-linux-gnu/liba.so.1.2": linked("liba.so.1"),
        "usr/bin/m": linked("", ("liba.so.1",)),
    }
    assert _found(system_scene(files), "usr/bin/m") == [("lib/x86_64-linux-gnu/liba.so.1", True)]


def test_a_library_that_leaves_the_systems_directories_out_is_not_searched_there() -> None:
    files = {"usr/bin/m": linked("", ("liba.so.1",), "-Wl,-z,nodefaultlib"), "usr/lib/liba.so.1": linked("liba.so.1")}
    assert _found(system_scene(files), "usr/bin/m") == [("usr/lib/liba.so.1", False)]


def test_variants_for_newer_processors_are_all_loaded() -> None:
    library = linked("liba.so.1")
    files = {
        "usr/lib/liba.so.1": library,
        "usr/lib/glibc-hwcaps/x86-64-v3/liba.so.1": library,
        "usr/bin/m": linked("", ("liba.so.1",)),
    }
    assert sorted(_loaded(system_scene(files), "usr/bin/m")) == [
        "usr/lib/glibc-hwcaps/x86-64-v3/liba.so.1",
        "usr/lib/liba.so.1",
    ]


def test_the_loader_of_musl_hands_runpaths_on_and_reads_its_own_list_of_directories() -> None:
    files = {
        "lib/ld-musl-x86_64.so.1": linked("libc.musl-x86_64.so.1"),
        "etc/ld-musl-x86_64.path": b"/own\n/usr/lib\n",
        "x/m.so": linked("", ("liba.so.1",), ORIGIN_RUNPATH),
        "x/deep/liba.so.1": linked("liba.so.1", ("libb.so.1", "libc.so.1")),
        "x/deep/libb.so.1": linked("libb.so.1"),
        "own/libc.so.1": linked("libc.so.1"),
    }
    assert _found(system_scene(files), "x/m.so") == [
        ("x/deep/liba.so.1", True),
        ("x/deep/libb.so.1", True),
        ("own/libc.so.1", True),
    ]


def test_libraries_that_need_each_other_are_loaded_once() -> None:
    files = {
        "usr/lib/liba.so.1": linked("liba.so.1", ("libb.so.1",)),
        "usr/lib/libb.so.1": linked("libb.so.1", ("liba.so.1",)),
    }
    assert _loaded(system_scene(files), "usr/lib/liba.so.1") == ["usr/lib/libb.so.1"]


def test_a_name_with_a_slash_is_a_path() -> None:
    files = {"usr/bin/m": linked("", ("/opt/liba.so.1",)), "opt/liba.so.1": linked("liba.so.1")}
    assert _loaded(system_scene(files), "usr/bin/m") == ["opt/liba.so.1"]


@functools.cache
def _tree() -> Mapping[str, bytes]:
    """A small environment with every way of finding, needing no C library so that ldd can load all of it."""
    return {
        "pkg/m.so": linked("", ("liba.so.1", "libc-own.so.1"), "-Wl,-rpath,$ORIGIN/../pkg.libs,--disable-new-dtags"),
        "pkg/n.so": linked("", ("libd.so.1",), "-Wl,-rpath,$ORIGIN/../other,--enable-new-dtags"),
        "pkg.libs/liba.so.1": linked("liba.so.1", ("libb.so.1",)),
        "pkg.libs/libb.so.1": linked("libb.so.1", ("libd.so.1",), "-Wl,-rpath,${ORIGIN}/in,--enable-new-dtags"),
        "pkg.libs/libc-own.so.1": linked("libc-own.so.1", ("libb.so.1", "libd.so.1")),
        "pkg.libs/in/libd.so.1": linked("libd.so.1"),
        "other/libd.so.1": linked("libd.so.1"),
    }


@pytest.mark.skipif(shutil.which("ldd") is None, reason="needs ldd")
@pytest.mark.parametrize("path", ["pkg/m.so", "pkg/n.so", "pkg.libs/libb.so.1"])
def test_what_is_loaded_is_what_ldd_finds(path: str, tmp_path: Path) -> None:
    for name, body in _tree().items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(body)
        (tmp_path / name).chmod(0o755)
    ran = subprocess.run(["ldd", str(tmp_path / path)], capture_output=True, text=True, check=True)
    told = {os.path.relpath(os.path.realpath(place), tmp_path) for place in re.findall(r"=> (/\S+) \(", ran.stdout)}
    scene = scene_of(_tree())
    assert {one.path for one in scene.ask(LIBRARY_SEARCH).loaded(path) if one.found} == told
