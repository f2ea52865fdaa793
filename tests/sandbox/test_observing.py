"""The senses of the supervisor, each on something real: ports, processes, streams, odd HTTP servers."""

from __future__ import annotations

import hashlib
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from builders.programs import get
from deadweight.core.probe import Probe, ProbeKind
from deadweight.sandbox.capture import KEPT, Capture, Log, follow
from deadweight.sandbox.census import census
from deadweight.sandbox.held import said
from deadweight.sandbox.listeners import listening, sockets_of
from deadweight.sandbox.requests import answers, request


@contextmanager
def answering(*pieces: bytes) -> Iterator[int]:
    """A server that gives one connection these bytes, whatever is asked."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(1 << 16)
                for piece in pieces:
                    connection.sendall(piece)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        thread.join(5)


def test_a_listening_port_is_seen_while_it_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert port in listening()
    assert port not in listening()


def test_a_port_is_that_of_the_processes_that_hold_its_socket() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert port in listening(sockets=sockets_of([os.getpid()]))
        with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as stranger:
            assert port not in listening(sockets=sockets_of([stranger.pid]))
    assert sockets_of([stranger.pid]) == frozenset()


def test_a_kernel_without_the_table_listens_on_nothing() -> None:
    assert listening(("/proc/no/such/table",)) == ()


def test_processes_are_counted_with_their_children_and_weighed() -> None:
    code = "import subprocess, sys; kept = bytearray(50_000_000); print(flush=True); subprocess.run(['sleep', '9'])"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        seen = census(process.pid)
        while len(seen.processes) < 2:
            seen = census(process.pid)
        process.kill()
        os.kill(seen.processes[1], 9)
    assert seen.processes[0] == process.pid
    assert 50_000_000 < seen.resident < 100_000_000
    assert seen.highest > 50_000_000


def test_a_child_that_has_its_parents_memory_weighs_nothing() -> None:
    """vfork: the child waits on a pipe before it would exec, as a slow start of a command does."""
    code = (
        "import ctypes, os; kept = bytearray(50_000_000); print(flush=True)\n"
        "stack = ctypes.create_string_buffer(1 << 16); libc = ctypes.CDLL(None)\n"
        "pause = ctypes.cast(libc.pause, ctypes.c_void_p)\n"
        "top = ctypes.c_void_p(ctypes.addressof(stack) + (1 << 15))\n"
        "libc.clone(pause, top, 0x100 | 0x4000 | 17, None)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        while len(census(process.pid).processes) < 2:
            assert process.poll() is None
        seen = census(process.pid)
        os.kill(seen.processes[1], 9)
    assert len(seen.processes) == 2
    assert 50_000_000 < seen.resident < 90_000_000


def test_a_process_that_is_gone_weighs_nothing() -> None:
    with subprocess.Popen(["true"]) as process:
        process.wait()
    assert census(process.pid).resident == 0


def test_a_long_stream_is_kept_in_part_and_digested_whole(tmp_path: Path) -> None:
    body = os.urandom(1 << 20) * 3
    (tmp_path / "long").write_bytes(body)
    capture, log = Capture(), Log(10)
    follow((tmp_path / "long").open("rb"), capture.add, log.add).join()
    assert capture.digest() == f"sha256:{hashlib.sha256(body).hexdigest()}"
    assert capture.text() == body[:KEPT].decode("utf-8", "replace")
    assert log.text() == body[-10:].decode("utf-8", "replace")


def test_an_answer_that_is_no_http_is_an_error() -> None:
    with answering(b"SSH-2.0-OpenSSH_9.2\r\n") as port:
        seen = request(get("/"), port)
    assert seen.status == -1
    assert seen.error.startswith("no answer: BadStatusLine")


def test_an_answer_cut_short_is_an_error() -> None:
    with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort") as port:
        seen = request(get("/"), port)
    assert seen.error == "the answer ended 95 bytes too early"


def test_a_refused_connection_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert "Connection refused" in request(get("/"), port).error
    assert not answers(port, 0.2)


def test_a_header_that_cannot_be_sent_is_an_error_of_its_probe() -> None:
    probe = Probe("odd", ProbeKind.REQUEST, headers={"X-Odd": "a\nb"})
    with answering() as port:
        assert "Invalid header value" in request(probe, port).error
        socket.create_connection(("127.0.0.1", port)).close()


def test_any_status_is_an_answer() -> None:
    with answering(b"HTTP/1.0 503 Not yet\r\n\r\n") as port:
        assert answers(port, 2)


def test_the_end_of_a_process_is_said_in_words() -> None:
    assert said(0) == "exited with status 0"
    assert said(-9) == "was ended by SIGKILL"
    assert said(139) == "was ended by SIGSEGV"
    assert said(255) == "exited with status 255"
