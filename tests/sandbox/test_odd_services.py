"""Services as they are met: slow, loud, streaming, forking, with a second port, in need of a header."""

from __future__ import annotations

import hashlib
from pathlib import Path

from builders.programs import PYTHON, QUICK, get, held, python, service, standing, tree
from deadweight.core.probe import Probe, ProbeKind, RunRecord
from deadweight.sandbox.capture import KEPT
from deadweight.sandbox.launch import RunSettings, launch
from deadweight.sandbox.stand import Program, RunLimits, Stand

STREAMING = """
import http.server, time
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_HEAD(self):
        self.send_response(200); self.send_header("Content-Length", "5"); self.end_headers()
    def do_GET(self):
        getattr(self, self.path.strip("/") or "ready")()
    def ready(self):
        self.send_response(204); self.end_headers()
    def chunks(self):
        self.send_response(200); self.send_header("Transfer-Encoding", "chunked"); self.end_headers()
        for piece in (b"one ", b"two"):
            self.wfile.write(b"%x\\r\\n%s\\r\\n" % (len(piece), piece)); self.wfile.flush(); time.sleep(.05)
        self.wfile.write(b"0\\r\\n\\r\\n")
    def endless(self):
        self.send_response(200); self.end_headers()
        while True:
            self.wfile.write(b"data: tick\\n\\n"); time.sleep(.05)
    def large(self):
        self.send_response(200); self.send_header("Content-Length", str(3 << 20)); self.end_headers()
        self.wfile.write(b"x" * (3 << 20))
    def moved(self):
        self.send_response(302); self.send_header("Location", "/chunks"); self.send_header("Content-Length", "0")
        self.end_headers()
    def picture(self):
        self.send_response(200); self.send_header("Content-Type", "image/png"); self.send_header("Content-Length", "4")
        self.end_headers(); self.wfile.write(b"\\x89PN\\xff")
    def log_message(self, *_): pass
http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler).serve_forever()
"""


def run(stand: Stand, *probes: Probe, limits: RunLimits = QUICK) -> RunRecord:
    return launch(stand, python(), probes, RunSettings(held(), limits))


def test_answers_are_read_in_every_way_that_they_are_sent(tmp_path: Path) -> None:
    head = Probe("head", ProbeKind.REQUEST, method="HEAD")
    paths = ("/chunks", "/large", "/moved", "/picture", "/")
    record = run(standing(tmp_path, STREAMING), head, *(get(path) for path in paths))
    first, chunks, large, moved, picture, ready = record.observations
    assert (first.status, first.output, first.error) == (200, "", "")
    assert chunks.output == "one two"
    assert len(large.output) == KEPT
    assert large.digest == f"sha256:{hashlib.sha256(b'x' * (3 << 20)).hexdigest()}"
    assert (moved.status, moved.output) == (302, "")
    assert (picture.content_type, picture.output) == ("image/png", "\ufffdPN\ufffd")
    assert ready.status == 204


def test_an_answer_without_end_is_cut_when_its_time_is_up(tmp_path: Path) -> None:
    seen = run(standing(tmp_path, STREAMING), get("/endless", timeout=4)).observations[0]
    assert seen.error == "the answer had not ended when the time was up"
    assert seen.status == 200


def test_a_port_that_says_nothing_does_not_hide_the_one_that_answers(tmp_path: Path) -> None:
    mute = "import socket; mute = socket.create_server(('127.0.0.1', 1024))"
    record = run(standing(tmp_path, service(preamble=mute, port=2048)), get("/answer"))
    assert record.observations[0].status == 200


def test_a_service_that_binds_before_it_is_ready_is_waited_for(tmp_path: Path) -> None:
    slow = (
        "real = http.server.ThreadingHTTPServer.serve_forever\n"
        "http.server.ThreadingHTTPServer.serve_forever = lambda self: (time.sleep(1.2), real(self))"
    )
    record = run(standing(tmp_path, service(preamble=slow)), get("/answer"))
    assert record.observations[0].status == 200
    assert record.start_seconds > 1.2


def test_a_service_that_binds_and_never_answers_is_late(tmp_path: Path) -> None:
    source = "import socket, time; port = socket.create_server(('127.0.0.1', 4000)); time.sleep(60)"
    limits = RunLimits(start_seconds=5, stop_seconds=1)
    record = run(standing(tmp_path, source), get("/answer"), limits=limits)
    assert record.error == "the program did not answer over HTTP on any port within 5 s; it listens on 4000"


def test_a_service_that_floods_its_log_is_not_held_up(tmp_path: Path) -> None:
    loud = "sys.stdout.write('x' * 3_000_000); sys.stderr.write('ü' * 1_000_000); sys.stderr.write(' the end')"
    record = run(standing(tmp_path, service(preamble=loud)), get("/answer"))
    assert record.observations[0].status == 200
    assert len(record.log) <= 64 << 10


def test_workers_that_share_a_port_are_one_service_and_all_of_them_stop(tmp_path: Path) -> None:
    source = service().replace(b".serve_forever()", b"")
    forking = source.replace(b"http.server.ThreadingHTTPServer((", b"server = http.server.HTTPServer((")
    forking += b"\nimport signal\nfor _ in range(3): os.fork() or server.serve_forever()\nsignal.pause()\n"
    record = run(standing(tmp_path, forking), *(get(f"/text?{number}", expect=404) for number in range(9)))
    assert {seen.status for seen in record.observations} == {404}
    assert record.error == ""


def test_a_service_that_cleans_up_when_told_to_stop_may_do_so(tmp_path: Path) -> None:
    careful = "import signal; signal.signal(signal.SIGTERM, lambda *_: (print('cleaned', flush=True), os._exit(0)))"
    record = run(standing(tmp_path, service(preamble=careful)), get("/answer"))
    assert record.error == ""
    assert "cleaned\n" in record.log


def test_a_service_that_is_not_asked_anything_is_ready_when_it_listens(tmp_path: Path) -> None:
    record = run(standing(tmp_path, service()))
    assert (record.started, record.error, record.observations) == (True, "", ())


def test_a_service_is_served_its_own_files(tmp_path: Path) -> None:
    tree(tmp_path, {"static/page.html": "<p>hello"})
    words = (PYTHON, "-m", "http.server", "4010", "--directory", "static")
    record = launch(Stand(tmp_path, str(tmp_path)), Program(words), [get("/page.html")], RunSettings(held(), QUICK))
    assert record.observations[0].output == "<p>hello"
    assert record.observations[0].content_type == "text/html"


def test_a_service_sees_the_name_of_the_sandbox_and_not_the_hosts(tmp_path: Path) -> None:
    source = service(answer="{'name': os.uname().nodename}")
    assert run(standing(tmp_path, source), get("/answer")).observations[0].output == '{"name": "sandbox"}'
