"""Programs with faults: each is told by its own message, and what it proves is never *same*."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from builders.programs import PYTHON, QUICK, get, held, python, service, standing
from deadweight.core.probe import Probe, ProbeKind
from deadweight.core.proof import Proof, Verdict
from deadweight.proof.hints import hint
from deadweight.proof.prove import ProofSettings, prove
from deadweight.sandbox.stand import RunLimits


def proven(folder: Path, source: bytes | str, *probes: Probe, limits: RunLimits = QUICK) -> Proof:
    """The proof of a tree against itself."""
    stand = standing(folder, source)
    return prove(stand, stand, python(), probes or (get("/answer"),), ProofSettings(held(), limits))


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("raise SystemExit(7)", "exited with status 7 before it answered on a port"),
        ("import os; os.kill(os.getpid(), 11)", "was ended by SIGSEGV before it answered on a port"),
        ("import os, time\nif os.fork() == 0: time.sleep(9)", "must be told to stay in the foreground"),
        ("import socket; socket.create_connection(('192.0.2.1', 80), 3)", "the sandbox has no network"),
        ("import socket; socket.getaddrinfo('example.invalid', 80)", "the sandbox has no network"),
        ("import socket; socket.create_connection(('127.0.0.1', 5432))", "nothing that runs outside of it answers"),
        ("open('state.db', 'w')", "name what it writes to with --writable DIR"),
    ],
)
def test_a_program_that_does_not_come_up_proves_nothing_and_says_why(source: str, said: str, tmp_path: Path) -> None:
    proof = proven(tmp_path, source)
    assert proof.verdict is Verdict.NOT_RUN
    assert said in proof.why_not_run


def test_a_program_that_never_listens_proves_nothing_and_says_how_long_it_was_waited_for(tmp_path: Path) -> None:
    proof = proven(tmp_path, "import time; time.sleep(60)", limits=replace(QUICK, start_seconds=1))
    assert proof.verdict is Verdict.NOT_RUN
    assert "did not answer over HTTP on any port within 1 s; it listens on nothing" in proof.why_not_run


def test_a_route_that_fails_for_want_of_the_network_says_so(tmp_path: Path) -> None:
    source = service(answer="__import__('urllib.request').request.urlopen('http://example.invalid')")
    proof = proven(tmp_path, source, Probe("GET /answer", ProbeKind.REQUEST, path="/answer"))
    assert proof.verdict is Verdict.NOT_RUN
    assert "the sandbox has no network" in proof.comparisons[0].difference


def test_a_command_that_writes_to_its_tree_says_so(tmp_path: Path) -> None:
    probe = Probe("writes", ProbeKind.COMMAND, command=f"{PYTHON} -c \"open('x', 'w')\"")
    proof = proven(tmp_path, service(), probe, get("/text"))
    assert proof.verdict is Verdict.NOT_RUN
    assert "--writable DIR" in proof.comparisons[0].difference


def test_an_answer_that_is_another_each_time_is_unstable(tmp_path: Path) -> None:
    proof = proven(tmp_path, service(answer="[time.time_ns()]"))
    assert proof.verdict is Verdict.UNSTABLE


def test_how_a_program_ends_that_does_not_stop_when_told_is_told_as_unproven(tmp_path: Path) -> None:
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    proof = proven(tmp_path, service(preamble=deaf))
    late = "program: the original: the program did not stop within 2 s of SIGTERM, and was killed"
    assert proof.unproven == (late,)


def test_a_log_without_a_trace_of_the_sandbox_gives_no_hint() -> None:
    assert hint("KeyError: 'DATABASE_URL'") == ""
    assert hint("OSError: [Errno 28] No space left on device") == " (temporary files are bounded in the sandbox)"
