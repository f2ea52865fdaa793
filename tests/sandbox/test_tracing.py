from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from builders.programs import PYTHON, QUICK, command, get, held, imports, python, service, standing, tree
from deadweight.core.probe import Probe, RunRecord
from deadweight.core.trace import Use
from deadweight.sandbox.isolation import isolation
from deadweight.sandbox.launch import RunSettings
from deadweight.sandbox.stand import Program, RunLimits, Stand
from deadweight.sandbox.tracing import Sightings, traced

pytestmark = pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")


def run(
    stand: Stand, program: Program | None, *probes: Probe, limits: RunLimits = QUICK
) -> tuple[RunRecord, Sightings]:
    seen = Sightings()
    return traced(stand, program, probes, RunSettings(held(), limits), seen), seen


def uses(seen: Sightings, stand: Stand) -> dict[str, set[Use]]:
    """What was used of the stand's tree, by the path in it as it was written."""
    top = stand.place.rstrip("/") + "/"
    return {path[len(top) :]: set(one.uses) for path, one in seen.paths.items() if path.startswith(top)}


def test_what_a_service_opens_as_it_starts_and_as_it_is_asked_is_seen(tmp_path: Path) -> None:
    tree(tmp_path, {"start.txt": "x", "asked.txt": "y", "never.txt": "z"})
    source = service(preamble="open('start.txt').close()", answer="open('asked.txt').read()")
    stand = standing(tmp_path, source)
    record, seen = run(stand, python(), get("/answer"))
    assert record.observations[0].output == '"y"'
    found = uses(seen, stand)
    assert found["app.py"] >= {Use.OPENED}
    assert found["start.txt"] == found["asked.txt"] == {Use.OPENED}
    assert "never.txt" not in found
    assert seen.paths[f"{tmp_path}/start.txt"].first < seen.paths[f"{tmp_path}/asked.txt"].first
    assert seen.paths[f"{tmp_path}/start.txt"].process == PYTHON


def test_bubblewrap_itself_is_no_use_of_anything(tmp_path: Path) -> None:
    _, seen = run(standing(tmp_path, ""), None, command("true"))
    assert not [path for path in seen.paths if "newroot" in path or "oldroot" in path or "uid_map" in path]
    assert seen.paths["/bin/sh"].uses == {Use.EXECUTED: 1}


def test_every_way_to_use_a_path_is_told_apart(tmp_path: Path) -> None:
    tree(tmp_path, {"opened": "", "stated": "", "accessed": "", "listed/inner": "", "mapped": ""})
    (tmp_path / "link").symlink_to("opened")
    (tmp_path / "tool").write_text("#!/bin/sh\nexit 0\n")
    (tmp_path / "tool").chmod(0o755)
    source = """
import mmap, os, subprocess
open('opened').close(); os.stat('stated'); os.access('accessed', os.R_OK); os.listdir('listed'); os.readlink('link')
subprocess.run(['./tool'], check=True)
with open('/bin/sh', 'rb') as body: mmap.mmap(body.fileno(), 0, prot=mmap.PROT_READ | mmap.PROT_EXEC)
try: os.stat('absent')
except FileNotFoundError: pass
"""
    stand = standing(tmp_path, source)
    _, seen = run(stand, python())
    found = uses(seen, stand)
    assert found["opened"] == {Use.OPENED}
    assert found["stated"] == found["accessed"] == {Use.STATED}
    assert found["listed"] == {Use.LISTED, Use.OPENED}
    assert found["link"] == {Use.LINK_READ}
    assert Use.EXECUTED in found["./tool"]
    assert "absent" not in found
    assert "mapped" not in found
    assert any(Use.MAPPED in one.uses for one in seen.paths.values())


def test_a_call_that_fails_because_something_is_there_is_a_use_of_it(tmp_path: Path) -> None:
    tree(tmp_path, {"cache/x": "", "plain": ""})
    source = """
import os
for act in (lambda: os.mkdir('cache'), lambda: os.readlink('plain'), lambda: os.mkdir('new')):
    try: act()
    except OSError: pass
"""
    stand = standing(tmp_path, source)
    found = uses(run(stand, python())[1], stand)
    assert found["cache"] == {Use.STATED}
    assert found["plain"] == {Use.STATED}


def test_relative_paths_hang_on_the_directory_of_their_own_process(tmp_path: Path) -> None:
    tree(tmp_path, {"one/a": "", "two/a": "", "two/b": "", "three/c": ""})
    source = """
import ctypes, os, threading
libc = ctypes.CDLL(None)
os.chdir('one')
if os.fork() == 0:
    os.chdir('../two'); libc.access(b'a', 0); os._exit(0)
os.wait(); libc.access(b'a', 0)
os.chdir('../two')
thread = threading.Thread(target=lambda: libc.access(b'b', 0)); thread.start(); thread.join()
thread = threading.Thread(target=lambda: os.chdir('../three')); thread.start(); thread.join()
libc.access(b'c', 0)
there = os.open('../two', os.O_RDONLY); os.fchdir(os.dup(there)); libc.access(b'b', 0)
"""
    stand = standing(tmp_path, source)
    record, seen = run(stand, Program((PYTHON, "-I", "-S", "app.py")))
    assert record.observations[0].status == 0, record.log
    tidy = {str(Path(path).parts[-2:]) for path in uses(seen, stand)}
    assert {"('one', 'a')", "('two', 'a')", "('two', 'b')", "('three', 'c')"} <= tidy
    assert "('one', 'b')" not in tidy
    assert "('two', 'c')" not in tidy


def test_paths_that_hang_on_a_descriptor_are_whole(tmp_path: Path) -> None:
    tree(tmp_path, {"deep/inner/file": "", "deep/inner/other": ""})
    source = """
import os
directory = os.dup(os.open('deep', os.O_RDONLY | os.O_DIRECTORY))
os.close(os.open('inner/file', os.O_RDONLY, dir_fd=directory))
if os.fork() == 0:
    os.stat('inner/other', dir_fd=directory); os._exit(0)
os.wait()
"""
    stand = standing(tmp_path, source)
    found = uses(run(stand, python())[1], stand)
    assert found["deep/inner/file"] == {Use.OPENED}
    assert found["deep/inner/other"] == {Use.STATED}


def test_import_sweeps_are_run_but_not_recorded(tmp_path: Path) -> None:
    stand = standing(tmp_path, "")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/python").symlink_to(PYTHON)
    probe = imports("json")
    record, seen = run(stand, None, command(f"{PYTHON} -I -S app.py"), probe)
    assert record.observations[1].output == "json\tok\n"
    assert seen.paths
    assert not [path for path in seen.paths if "json" in path]


def test_without_a_sandbox_the_same_is_seen(tmp_path: Path) -> None:
    tree(tmp_path, {"data": ""})
    seen = Sightings()
    stand = standing(tmp_path, "open('data')")
    record = traced(stand, python(), (), RunSettings(isolation(sandbox=False), QUICK), seen)
    assert record.error == ""
    assert uses(seen, stand)["data"] == {Use.OPENED}
