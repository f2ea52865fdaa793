from __future__ import annotations

import os
import posixpath
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from builders.ordinary_user import opened_to_all
from builders.own_roots import own_root
from builders.places import AS_NOBODY
from builders.programs import PYTHON, QUICK, command, get, held, imports, python, service, standing, tree
from deadweight.core.errors import Lacking, NotTraced
from deadweight.core.probe import Probe, RunRecord
from deadweight.core.trace import Use
from deadweight.sandbox.isolation import isolation
from deadweight.sandbox.launch import RunSettings, supervisor_environment
from deadweight.sandbox.stand import Program, RunLimits, Stand
from deadweight.sandbox.strace_log import Reading
from deadweight.sandbox.strace_words import strace_words
from deadweight.sandbox.tracing import Sightings, read_record, traced, tracing

pytestmark = pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")


def run(
    stand: Stand, program: Program | None, *probes: Probe, limits: RunLimits = QUICK
) -> tuple[RunRecord, Sightings]:
    watching = tracing(RunSettings(held(), limits))
    return traced(stand, program, probes, watching), watching.seen


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


def test_without_a_sandbox_a_program_is_named_from_where_it_starts(tmp_path: Path) -> None:
    stand = Stand(tree(tmp_path, {"bin/start": "#!/bin/sh\nread line < data/line", "data/line": "x\n"}), str(tmp_path))
    (tmp_path / "bin/start").chmod(0o755)
    watching = tracing(RunSettings(isolation(sandbox=False), QUICK))
    record = traced(stand, Program(("bin/start",)), (), watching)
    assert record.observations[0].status == 0, record.log
    assert uses(watching.seen, stand) == {"bin/start": {Use.EXECUTED, Use.OPENED}, "data/line": {Use.OPENED}}


def test_without_a_sandbox_the_same_is_seen(tmp_path: Path) -> None:
    tree(tmp_path, {"data": ""})
    watching = tracing(RunSettings(isolation(sandbox=False), QUICK))
    stand = standing(tmp_path, "open('data')")
    record = traced(stand, python(), (), watching)
    assert record.error == ""
    assert uses(watching.seen, stand)["data"] == {Use.OPENED}


def test_a_command_that_goes_into_the_background_is_followed_to_its_end(tmp_path: Path) -> None:
    tree(tmp_path, {"late": ""})
    source = """
import os, time
if os.fork(): os._exit(0)
os.setsid()
if os.fork(): os._exit(0)
time.sleep(0.5); open('late').close(); open('/tmp/done', 'w').close()
"""
    stand = standing(tmp_path, source)
    waiting = "while ! test -e /tmp/done; do sleep 0.1; done"
    record, seen = run(stand, None, command(f"{PYTHON} -I -S app.py; {waiting}"))
    assert record.observations[0].status == 0
    assert uses(seen, stand)["late"] == {Use.OPENED}


def test_a_thread_that_executes_another_program_is_followed(tmp_path: Path) -> None:
    tree(tmp_path, {"after": "", "before": ""})
    source = """
import os, threading, time
def become(): os.stat('before'); os.execv('/bin/cat', ['cat', 'after'])
threading.Thread(target=become).start(); time.sleep(30)
"""
    stand = standing(tmp_path, source)
    record, seen = run(stand, None, command(f"{PYTHON} -I -S app.py"))
    assert record.observations[0].status == 0, record.log
    assert uses(seen, stand)["after"] == {Use.OPENED}
    assert seen.paths[f"{tmp_path}/after"].process == "/bin/cat"


def test_many_processes_at_once_are_told_apart(tmp_path: Path) -> None:
    """Each stands in a directory of its own and looks at a file of one name with the oldest call there is."""
    tree(tmp_path, {f"{number}/file": "" for number in range(12)})
    source = """
import ctypes, os, threading
libc = ctypes.CDLL(None)
for number in range(12):
    if os.fork() == 0:
        os.chdir(str(number))
        threads = [threading.Thread(target=lambda: libc.access(b'file', 0)) for _ in range(3)]
        [thread.start() for thread in threads]; [thread.join() for thread in threads]
        os._exit(0)
while True:
    try: os.wait()
    except ChildProcessError: break
"""
    stand = standing(tmp_path, source)
    record, seen = run(stand, python())
    assert record.observations[0].status == 0, record.log
    found = uses(seen, stand)
    assert {path for path in found if path.endswith("/file")} == {f"{number}/file" for number in range(12)}
    assert all(seen.paths[f"{tmp_path}/{number}/file"].uses[Use.STATED] == 3 for number in range(12))


def test_an_image_is_seen_from_its_own_root(tmp_path: Path) -> None:
    root = own_root(tmp_path / "image", "cat", "ls")
    tree(
        root,
        {
            "app/data": "x",
            "app/tool": "#!/app/inner -x\n",
            "app/inner": "#!/bin/sh -e\ncat data\nls sub\n",
            "app/sub/y": "",
        },
    )
    for name in ("tool", "inner"):
        (root / "app" / name).chmod(0o755)
    record, seen = run(Stand(root, image=True), Program(("/app/tool",), directory="/app", user="7:8"))
    assert record.observations[0].status == 0, record.log
    assert {"/app/tool", "/app/data", "/app/sub", "/lib/libc.so.6", "/usr/bin/cat"} <= set(
        map(posixpath.normpath, seen.paths)
    )
    assert not [path for path in seen.paths if str(tmp_path) in path]


def test_a_program_that_sets_up_rings_finds_none_and_opens_files_plainly(tmp_path: Path) -> None:
    """Through a ring (io_uring) files are opened that no tracer sees."""
    source = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
print(libc.syscall(425, 8, ctypes.create_string_buffer(120)), ctypes.get_errno())
"""
    record, _ = run(standing(tmp_path, source), python())
    assert record.observations[0].output == "-1 38\n"


BROKEN = {
    "did not answer over HTTP": "import time; time.sleep(61)",
    "exited with status 1 before it answered": "raise SystemExit('no model')",
    "must be told to stay in the foreground": "import os, time\nif os.fork(): os._exit(0)\ntime.sleep(61)",
    "did not stop within 0.5 s of SIGTERM": service(
        preamble="import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    ).decode(),
}


@pytest.mark.parametrize("words", BROKEN)
def test_of_a_run_that_fails_nothing_is_added_and_nothing_lives_on(tmp_path: Path, words: str) -> None:
    limits = RunLimits(start_seconds=1.5 if "answer over" in words else 60, run_seconds=60, stop_seconds=0.5)
    record, seen = run(standing(tmp_path, BROKEN[words]), python(), get("/answer"), limits=limits)
    assert words in record.error
    assert not seen.paths
    assert str(tmp_path) not in subprocess.run(["ps", "axo", "args"], capture_output=True, text=True, check=True).stdout


def test_without_strace_the_advice_is_how_to_get_it_and_what_still_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Lacking, match=r"strace is not installed.*\n.*apt install strace.*need no run still work"):
        tracing(RunSettings(isolation(sandbox=False)))


def test_where_tracing_is_forbidden_the_advice_is_to_allow_it(tmp_path: Path) -> None:
    """A process that is traced itself can trace nobody: so the kernel forbids it for real."""
    asks = "from deadweight.sandbox.tracing import *; tracing(RunSettings(None))"
    words = ["strace", "-f", "-o", str(tmp_path / "record"), sys.executable, "-c", asks]
    done = subprocess.run(words, env=supervisor_environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "strace does not work here" in done.stderr
    assert "Operation not permitted" in done.stderr
    assert "Allow ptrace" in done.stderr


def test_an_strace_that_knows_no_such_option_is_told_to_be_too_old(tmp_path: Path) -> None:
    old = tmp_path / "strace"
    old.write_text("#!/bin/sh\necho \"strace: unrecognized option '--pidns-translation'\" >&2; exit 1\n")
    old.chmod(0o755)
    with pytest.raises(Lacking, match=r"unrecognized option.*\n.*Install strace 5.9 or newer"):
        tracing(RunSettings(isolation(sandbox=False)), str(old))


def test_a_record_that_ends_too_early_is_an_error(tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    words = [*strace_words("strace"), "-o", str(whole), "--", "/bin/sh", "-c", "(cat /etc/passwd); exit 0"]
    subprocess.run(words, check=True, capture_output=True)
    seen = Sightings()
    read_record(whole, seen, Reading(0), began=0.0)
    assert "/etc/passwd" in seen.paths
    lines = whole.read_text().splitlines(keepends=True)
    for kept in ([], lines[:1], lines[:-1], [*lines[:-1], lines[-1][:-4]]):
        (tmp_path / "cut").write_text("".join(kept))
        with pytest.raises(NotTraced, match="was not seen whole"):
            read_record(tmp_path / "cut", Sightings(), Reading(0), began=0.0)


ORDINARY = """
import sys
from pathlib import Path
from deadweight.core.probe import Probe, ProbeKind
from deadweight.sandbox.isolation import isolation
from deadweight.sandbox.launch import RunSettings
from deadweight.sandbox.stand import Program, Stand
from deadweight.sandbox.tracing import traced, tracing
watching, stand = tracing(RunSettings(isolation())), Stand(Path(sys.argv[1]), sys.argv[1])
asked = (Probe("command", ProbeKind.COMMAND, command="cat asked"),)
record = traced(stand, Program(("cat", "started")), asked, watching)
print(record.error, *(one.status for one in record.observations))
print(*sorted(path for path in watching.seen.paths if path.startswith(sys.argv[1] + "/") and path[-1] != "."))
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="every other test runs as an ordinary user then")
def test_an_ordinary_user_traces_as_root_does() -> None:
    held()
    with tempfile.TemporaryDirectory(prefix="deadweight-ordinary-", dir="/var/tmp") as folder:
        app = tree(opened_to_all(Path(folder)), {"started": "", "asked": ""})
        words = [*AS_NOBODY, python_of_everybody(), "-c", ORDINARY, str(app)]
        environment = {**supervisor_environment(), "HOME": folder}
        done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
        assert done.stdout == f" 0 0\n{app}/asked {app}/started\n", done.stderr


def python_of_everybody() -> str:
    """A Python of our version that lies where an ordinary user may go: this one often lies in root's own folder."""
    ours = f"{sys.version_info.major}.{sys.version_info.minor}"
    for found in (PYTHON, f"/usr/bin/python{ours}"):
        held_as_programs_are = ("bwrap", "--unshare-user", "--dev-bind", "/", "/", "--")
        words = [*AS_NOBODY, *held_as_programs_are, found, "-c", "import msgspec"]
        if subprocess.run(words, env=supervisor_environment(), capture_output=True, check=False).returncode == 0:
            return found
    pytest.skip(f"no Python {ours} is there that an ordinary user can run")
