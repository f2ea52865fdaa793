from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from builders.programs import (
    PATIENT,
    PYTHON,
    QUICK,
    command,
    get,
    held,
    imports,
    living,
    python,
    service,
    standing,
    tree,
)
from deadweight.core.errors import Lacking
from deadweight.core.probe import Probe, ProbeKind, RunRecord
from deadweight.sandbox.isolation import isolation
from deadweight.sandbox.launch import RunSettings, launch, supervisor_environment
from deadweight.sandbox.stand import Program, RunLimits, Stand


def run(stand: Stand, program: Program | None, *probes: Probe, limits: RunLimits = QUICK) -> RunRecord:
    return launch(stand, program, probes, RunSettings(held(), limits))


def test_a_service_is_found_on_the_port_it_chooses_and_asked_there(tmp_path: Path) -> None:
    record = run(standing(tmp_path, service()), python(), get("/answer"), get("/nothing"), get("/text"))
    assert record.error == ""
    assert record.started
    assert [seen.status for seen in record.observations] == [200, 404, 200]
    assert record.observations[0].output == '{"vector": [0.5, 0.25]}'
    assert record.observations[2].content_type == "text/plain; charset=utf-8"
    assert 0 < record.start_seconds < QUICK.start_seconds
    assert record.peak_bytes > 5_000_000
    assert record.isolation.startswith("bubblewrap")
    assert "GET /answer" in record.log


def test_a_service_is_asked_on_the_port_given_even_where_it_has_two(tmp_path: Path) -> None:
    second = "import socket; other = socket.create_server(('127.0.0.1', 4000))"
    program = Program((PYTHON, "app.py"), port=4001)
    record = run(standing(tmp_path, service(preamble=second, port=4001)), program, get("/answer"))
    assert record.observations[0].status == 200


def test_a_service_on_the_sixth_version_of_the_protocol_is_asked_there(tmp_path: Path) -> None:
    source = service(
        host="::1", preamble="import socket; http.server.ThreadingHTTPServer.address_family = socket.AF_INET6"
    )
    record = run(standing(tmp_path, source), python(), get("/answer"))
    assert record.observations[0].status == 200


def test_a_service_may_listen_on_a_low_port_as_images_do(tmp_path: Path) -> None:
    assert run(standing(tmp_path, service(port=80)), python(), get("/answer")).observations[0].status == 200


def test_a_request_sends_its_method_headers_and_body(tmp_path: Path) -> None:
    probe = Probe("echo", ProbeKind.REQUEST, method="POST", path="/echo", headers={"Content-Type": "x/y"}, body="héllo")
    seen = run(standing(tmp_path, service()), python(), probe).observations[0]
    assert (seen.status, seen.output, seen.content_type) == (200, "héllo", "x/y")


def test_a_program_that_ends_by_itself_is_an_observation(tmp_path: Path) -> None:
    record = run(standing(tmp_path, "print('done'); raise SystemExit(7)"), python())
    assert record.started
    assert [(seen.probe, seen.status, seen.output) for seen in record.observations] == [("run", 7, "done\n")]


def test_a_service_that_exits_early_is_an_error_with_its_last_words(tmp_path: Path) -> None:
    record = run(standing(tmp_path, "raise SystemExit('no model found')"), python(), get("/answer"))
    assert not record.started
    assert "exited with status 1 before it answered" in record.error
    assert "no model found" in record.log


def test_a_service_that_goes_into_the_background_is_told_not_to(tmp_path: Path) -> None:
    daemon = "import os\nif os.fork(): os._exit(0)\nimport time; time.sleep(3222)"
    record = run(standing(tmp_path, daemon), python(), get("/answer"))
    assert "must be told to stay in the foreground" in record.error
    assert "3222" not in living()


def test_a_service_that_never_listens_is_stopped_and_says_so(tmp_path: Path) -> None:
    limits = RunLimits(start_seconds=0.5, stop_seconds=1)
    record = run(standing(tmp_path, "import time; time.sleep(60)"), python(), get("/answer"), limits=limits)
    assert not record.started
    assert "within 0.5 s; it listens on nothing" in record.error


def test_a_service_on_another_port_than_the_given_one_is_named(tmp_path: Path) -> None:
    limits = RunLimits(start_seconds=5, stop_seconds=1)
    program = Program((PYTHON, "-I", "-S", "app.py"), port=4001)
    source = "import socket, time; port = socket.create_server(('127.0.0.1', 4000)); time.sleep(60)"
    record = run(standing(tmp_path, source), program, get("/answer"), limits=limits)
    assert "port 4001 within 5 s; it listens on 4000" in record.error


def test_a_service_that_ignores_the_signal_to_stop_is_killed_and_says_so(tmp_path: Path) -> None:
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    limits = RunLimits(start_seconds=PATIENT, stop_seconds=0.3)
    record = run(standing(tmp_path, service(preamble=deaf)), python(), get("/answer"), limits=limits)
    assert record.observations[0].status == 200
    assert "did not stop within 0.3 s of SIGTERM" in record.error


def test_a_service_that_dies_of_a_probe_is_an_error(tmp_path: Path) -> None:
    probe = Probe("crash", ProbeKind.REQUEST, method="POST", path="/crash", timeout=PATIENT)
    record = run(standing(tmp_path, service()), python(), probe)
    assert record.observations[0].error.startswith("no answer: RemoteDisconnected")
    assert record.error == "the program exited with status 9 while it was being probed"


def test_an_answer_that_hangs_costs_its_timeout_only(tmp_path: Path) -> None:
    source = service(answer="time.sleep(30)")
    record = run(standing(tmp_path, source), python(), get("/answer", timeout=0.3), get("/text"))
    assert "no answer: TimeoutError" in record.observations[0].error
    assert record.observations[1].status == 200


def test_the_tree_cannot_be_written_and_the_program_sees_why(tmp_path: Path) -> None:
    record = run(standing(tmp_path, "open('cache.bin', 'w')"), python())
    assert record.observations[0].status == 1
    assert "Read-only file system" in record.log
    assert names(tmp_path) == ["app.py"]


def test_a_writable_directory_is_empty_and_private(tmp_path: Path) -> None:
    tree(tmp_path, {"cache/old": "x"})
    source = "import os; print(os.listdir('cache')); open('cache/new', 'w'); print(os.listdir('cache'))"
    program = Program((PYTHON, "app.py"), writable=("cache",))
    record = run(standing(tmp_path, source), program)
    assert record.observations[0].output == "[]\n['new']\n"
    assert names(tmp_path / "cache") == ["old"]


def test_a_copy_is_seen_at_the_place_of_the_original(tmp_path: Path) -> None:
    tree(tmp_path / "original", {"app.py": "print('the original')"})
    tree(tmp_path / "copy", {"app.py": "print('the copy, at', __file__)"})
    stand = Stand(tmp_path / "copy", str(tmp_path / "original"))
    record = run(stand, Program((PYTHON, f"{stand.place}/app.py")))
    assert record.observations[0].output == f"the copy, at {stand.place}/app.py\n"


@pytest.mark.parametrize("base", ["/var/tmp", "/tmp"])
@pytest.mark.parametrize("place", ["link/project", "to_project"])
def test_a_place_behind_links_is_seen_by_the_path_that_was_given(base: str, place: str) -> None:
    with tempfile.TemporaryDirectory(dir=base) as folder:
        tree(Path(folder), {"real/project/app.py": "", "real/project/cache/x": "", "copy/cache/x": ""})
        (Path(folder) / "link").symlink_to(f"{folder}/real")
        (Path(folder) / "to_project").symlink_to(f"{folder}/real/project")
        source = "import os; print(__file__, os.listdir('cache'))"
        stand = Stand(tree(Path(folder) / "copy", {"app.py": source}), f"{folder}/{place}")
        record = run(stand, Program((PYTHON, f"{stand.place}/app.py"), writable=("cache",)))
        assert record.observations[0].output == f"{folder}/{place}/app.py []\n"


def test_the_environment_is_what_is_given_and_little_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_OF_THE_HOST", "x")
    program = Program((PYTHON, "app.py"), environment={"MODEL": "small"})
    record = run(standing(tmp_path, "import os; print(sorted(os.environ))"), program)
    expected = ["HOME", "LANG", "MODEL", "PATH", "PWD", "PYTHONDONTWRITEBYTECODE", "PYTHONHASHSEED"]
    assert record.observations[0].output == f"{expected}\n"


def test_the_private_temporary_directory_is_not_the_hosts(tmp_path: Path) -> None:
    record = run(standing(tmp_path, "import os; open('/tmp/mine', 'w'); print(os.listdir('/run'))"), python())
    assert record.observations[0].output == "[]\n"
    assert not Path("/tmp/mine").exists()


def test_the_hosts_loopback_is_out_of_reach(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as host:
        source = f"import socket; socket.create_connection(('127.0.0.1', {host.getsockname()[1]}), 2)"
        record = run(standing(tmp_path, source), python())
    assert "ConnectionRefusedError" in record.log


def test_a_program_over_its_memory_is_killed_and_says_so(tmp_path: Path) -> None:
    limits = RunLimits(start_seconds=PATIENT, memory=100_000_000, stop_seconds=1)
    source = "import time\nkept = bytearray(300_000_000)\ntime.sleep(20)"
    record = run(standing(tmp_path, source), python(), get("/answer"), limits=limits)
    assert record.error == "the program took more than the 100 MB of memory it is allowed, and was killed"
    assert record.peak_bytes > 100_000_000


def test_a_program_with_too_many_processes_is_killed_with_all_of_them(tmp_path: Path) -> None:
    limits = RunLimits(start_seconds=PATIENT, processes=8, stop_seconds=1)
    source = "import os, time\nfor _ in range(20): os.fork() or time.sleep(3217)\ntime.sleep(3217)"
    record = run(standing(tmp_path, source), python(), get("/answer"), limits=limits)
    assert "more than the 8 processes" in record.error
    assert "3217" not in living()


def test_what_a_program_leaves_in_the_background_dies_with_it(tmp_path: Path) -> None:
    orphan = "import subprocess; subprocess.Popen(['sleep', '3218'], start_new_session=True)"
    record = run(standing(tmp_path, service(preamble=orphan)), python(), get("/answer"))
    assert record.error == ""
    assert "3218" not in living()


def test_memory_that_forked_workers_share_counts_once(tmp_path: Path) -> None:
    kept = "kept = bytearray(os.urandom(1024)) * 60_000\n"
    workers = "for _ in range(3):\n    if os.fork() == 0:\n        time.sleep(60)\ntime.sleep(.3)"
    record = run(standing(tmp_path, service(preamble=kept + workers)), python(), get("/answer"))
    assert 60_000_000 < record.peak_bytes < 150_000_000


def test_a_command_probe_runs_on_the_stand_beside_the_running_program(tmp_path: Path) -> None:
    asks = f"{PYTHON} -c \"import urllib.request as r; print(r.urlopen('http://127.0.0.1:4001/text').read())\""
    record = run(standing(tmp_path, service(port=4001)), python(), command("ls"), command(asks), command("exit 3"))
    assert [(seen.status, seen.output) for seen in record.observations] == [
        (0, "app.py\n"),
        (0, "b'one\\ntwo\\n'\n"),
        (3, ""),
    ]


def test_a_command_that_hangs_is_ended(tmp_path: Path) -> None:
    record = run(standing(tmp_path, ""), None, command("sleep 30", timeout=0.3))
    assert record.observations[0].error == "the command was still running after 0.3 s, and was killed"


def test_an_import_sweep_gives_one_outcome_a_module_and_survives_each_kind_of_end(tmp_path: Path) -> None:
    modules = {
        "fine.py": "print('noise on standard output')",
        "raises.py": "raise ValueError('no\\nway')",
        "leaves.py": "raise SystemExit(4)",
        "crashes.py": "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
        "vanishes.py": "import os; os._exit(0)",
        "hangs.py": "import time; time.sleep(30)",
        "deaf.py": "import signal as s, time; s.pthread_sigmask(s.SIG_BLOCK, [s.SIGALRM]); time.sleep(30)",
    }
    stand = Stand(tree(tmp_path, modules), str(tmp_path))
    names = ("fine", "raises", "absent", "leaves", "crashes", "vanishes", "hangs", "deaf", "json")
    program = Program((PYTHON, "fine.py"))
    seen = run(stand, program, imports(*names, timeout=5)).observations[1]
    assert seen.output.splitlines() == [
        "fine\tok",
        "raises\tValueError: no way",
        "absent\tModuleNotFoundError: No module named 'absent'",
        "leaves\tSystemExit: 4",
        "crashes\tCrash: the interpreter was ended by SIGSEGV",
        "vanishes\tCrash: the interpreter exited with status 0",
        "hangs\tLate: not imported in time",
        "deaf\tCrash: the interpreter exited with status 1",
        "json\tok",
    ]
    assert seen.status == 7


def test_a_virtual_environment_is_swept_with_its_own_python(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "env"], check=True)
    site = next((tmp_path / "env/lib").glob("python*/site-packages"))
    tree(site, {"only_here/__init__.py": ""})
    stand = Stand(tmp_path / "env", str(tmp_path / "env"))
    seen = run(stand, None, imports("only_here")).observations[0]
    assert seen.output == "only_here\tok\n"


def test_a_stand_without_python_says_so(tmp_path: Path) -> None:
    seen = run(standing(tmp_path, ""), None, imports("json")).observations[0]
    assert seen.error == "no Python interpreter was found on the stand"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_without_a_sandbox_a_result_runs_where_it_is_and_nothing_stays_behind(tmp_path: Path) -> None:
    tree(tmp_path / "original", {"app.py": "raise SystemExit('the original')"})
    orphan = "import subprocess; subprocess.Popen(['sleep', '3219'], start_new_session=True)"
    stand = Stand(tree(tmp_path / "copy", {"app.py": service(preamble=orphan)}), str(tmp_path / "original"))
    program = Program((PYTHON, f"{stand.place}/app.py"))
    record = launch(stand, program, [get("/answer")], RunSettings(isolation(sandbox=False), QUICK))
    assert record.observations[0].status == 200
    assert record.isolation == "none: no isolation"
    assert "3219" not in living()


MEETING = """
import pathlib, time
pathlib.Path("started").touch()
while not pathlib.Path("met").exists(): time.sleep(0.01)
time.sleep(0.3)
"""


@contextlib.contextmanager
def listening_once_it_runs(folder: Path) -> Iterator[None]:
    """A service of somebody else's, that refuses everything, from when the program runs; the program waits for it."""

    def meet() -> None:
        while not (folder / "started").exists() and not over.is_set():
            time.sleep(0.01)
        server = HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        (folder / "met").touch()
        over.wait()
        server.shutdown()
        server.server_close()

    over = threading.Event()
    other = threading.Thread(target=meet)
    other.start()
    try:
        yield
    finally:
        over.set()
        other.join()


def test_without_a_sandbox_what_others_listen_on_makes_no_service_of_a_program(tmp_path: Path) -> None:
    stand = standing(tmp_path, MEETING)
    with listening_once_it_runs(tmp_path):
        record = launch(stand, python(), [imports("json")], RunSettings(isolation(sandbox=False), QUICK))
    assert [(seen.probe, seen.status) for seen in record.observations] == [("run", 0), ("imports", 0)]


def test_without_a_sandbox_no_service_of_others_is_asked(tmp_path: Path) -> None:
    stand = standing(tmp_path, service(preamble=MEETING))
    with listening_once_it_runs(tmp_path):
        record = launch(stand, python(), [get("/answer")], RunSettings(isolation(sandbox=False), QUICK))
    assert record.observations[0].status == 200


KILLED = """
import sys
import tempfile
import time
from pathlib import Path
from deadweight.sandbox.isolation import isolation
from deadweight.sandbox.launch import RunSettings, launch, supervisor_environment
from deadweight.sandbox.stand import Program, Stand
stand = Stand(Path(sys.argv[1]), sys.argv[1])
launch(stand, Program(("sleep", sys.argv[2]), port=4000), [], RunSettings(isolation(sys.argv[3] == "held")))
"""


@pytest.mark.parametrize(("seconds", "how"), [("3220", "held"), ("3221", "free")])
def test_nothing_runs_on_when_deadweight_itself_is_killed(tmp_path: Path, seconds: str, how: str) -> None:
    held()
    words = [sys.executable, "-c", KILLED, str(tmp_path), seconds, how]
    with subprocess.Popen(words, env=supervisor_environment()) as process:
        while f"sleep {seconds}" not in living():
            assert process.poll() is None
        process.kill()
    ends = time.monotonic() + 20
    while f"sleep {seconds}" in living():
        assert time.monotonic() < ends


def test_a_program_that_reads_its_input_finds_none(tmp_path: Path) -> None:
    record = run(standing(tmp_path, "import sys; print(repr(sys.stdin.read()))"), python())
    assert record.observations[0].output == "''\n"


def test_temporary_files_have_a_bound(tmp_path: Path) -> None:
    if not held().bounded:
        pytest.skip("this bubblewrap cannot bound temporary files")
    limits = RunLimits(temporary=1 << 20)
    record = run(standing(tmp_path, "open('/tmp/big', 'wb').write(bytes(2 << 20))"), python(), limits=limits)
    assert "No space left on device" in record.log


def test_commands_without_a_program_find_the_virtual_environment_first(tmp_path: Path) -> None:
    tree(tmp_path, {"bin/python": "#!/bin/sh\necho mine\n"})
    (tmp_path / "bin/python").chmod(0o755)
    assert run(Stand(tmp_path, str(tmp_path)), None, command("python")).observations[0].output == "mine\n"


def test_a_tree_whose_name_is_no_utf8_is_run(tmp_path: Path) -> None:
    folder = tmp_path / "caf\udce9"
    record = run(standing(folder, "import os; print(os.listdir(os.getcwdb()))"), python())
    assert record.observations[0].output == "[b'app.py']\n"


@pytest.mark.parametrize("sandbox", [True, False])
def test_a_program_that_is_not_there_is_named(tmp_path: Path, sandbox: bool) -> None:
    settings = RunSettings(held() if sandbox else isolation(sandbox=False), QUICK)
    record = launch(standing(tmp_path, ""), Program(("no-such-server", "x")), [get("/")], settings)
    assert not record.started
    assert "no-such-server" in record.log
    assert "No such file or directory" in record.log


def test_an_image_is_not_run_without_a_sandbox(tmp_path: Path) -> None:
    with pytest.raises(Lacking, match="cannot be run without a sandbox"):
        launch(Stand(tmp_path, image=True), Program(("/bin/true",)), [], RunSettings(isolation(sandbox=False)))


class Counted:
    def __init__(self) -> None:
        self.told: list[object] = []

    def start(self, what: str, total: int, unit: str = "B") -> None:
        self.told.append((what, total))

    def advance(self, amount: int) -> None:
        self.told.append(amount)

    def finish(self) -> None:
        self.told.append("end")


def test_progress_counts_the_probes(tmp_path: Path) -> None:
    counted = Counted()
    launch(standing(tmp_path, ""), None, [command("true"), command("false")], RunSettings(held(), QUICK, counted))
    assert counted.told == [("probes", 2), 1, 1, "end"]
