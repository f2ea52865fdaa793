from __future__ import annotations

import os
from dataclasses import replace

import pytest

from deadweight.core.probe import Probe, ProbeKind
from deadweight.sandbox.capture import Log
from deadweight.sandbox.held import Held
from deadweight.sandbox.job import Job
from deadweight.sandbox.readiness import await_ready
from deadweight.sandbox.stand import RunLimits

LIMITS = RunLimits(start_seconds=30, stop_seconds=0.5)
JOB = Job((), (), 0, (), LIMITS, (), "", {"PATH": os.defpath}, "/", "none")


def shell(line: str, limit: float = 60, job: Job = JOB) -> Held:
    return Held(("/bin/sh", "-c", line), job, Log(), limit)


def test_what_is_fed_is_read_and_comes_out() -> None:
    held = shell("cat; exit 3")
    held.feed(b"x" * 300_000)
    assert held.wait() == 3
    assert held.out.text() == "x" * 300_000


def test_input_that_nobody_reads_is_no_error() -> None:
    held = shell("exec 0<&-; sleep 0.2")
    held.feed(b"x" * 1_000_000)
    assert held.wait() == 0


def test_a_process_that_ends_when_asked_is_willing() -> None:
    held = shell("trap 'exit 0' TERM; echo ready; while :; do sleep 0.05; done")
    while held.out.text() != "ready\n":
        assert held.ended is None
    assert held.stop()
    assert held.ended == 0


def test_a_process_that_has_ended_already_is_willing_and_keeps_its_status() -> None:
    held = shell("exit 5")
    assert held.wait() == 5
    assert held.stop()
    assert held.ended == 5


def test_a_process_over_its_time_says_so_and_is_gone() -> None:
    held = shell("sleep 60", limit=0.2)
    assert held.wait() == -9
    assert held.overrun == "was still running after 0.2 s, and was killed"


@pytest.mark.parametrize(("port", "asked"), [(8000, False), (0, True), (0, False)])
def test_the_end_of_a_program_is_its_run_only_where_nothing_is_asked_of_it(port: int, asked: bool) -> None:
    probes = (Probe("GET /", ProbeKind.REQUEST),) if asked else ()
    job = replace(JOB, port=port, probes=probes)
    start = await_ready(shell("exit 4", job=job), job, busy=frozenset(range(1 << 16)))
    assert start.port == 0
    assert start.error == ("the program exited with status 4 before it answered on a port" if port or asked else "")
