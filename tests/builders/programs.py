"""Real programs on real trees: small services and batches that behave well or badly, run by this Python."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from deadweight.core.errors import Lacking
from deadweight.core.probe import Probe, ProbeKind
from deadweight.sandbox.isolation import Isolation, isolation
from deadweight.sandbox.stand import Program, RunLimits, Stand

PYTHON = os.path.realpath(sys.executable)
"""This Python where it really lies: what lies in /tmp, an environment of a checkout say, no program sees."""
PATIENT = 60.0
QUICK = RunLimits(start_seconds=PATIENT, run_seconds=PATIENT, stop_seconds=2)

SERVICE = '''
"""A service on a port of its choice: GET /answer gives `ANSWER` as JSON, POST /echo the body, others 404."""
import http.server, json, os, sys, time

{preamble}

class Handler(http.server.BaseHTTPRequestHandler):
    def give(self, status, body, kind="application/json"):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.path == "/answer":
            return self.give(200, json.dumps({answer}).encode())
        if self.path == "/text":
            return self.give(200, b"one\\ntwo\\n", "text/plain; charset=utf-8")
        return self.give(404, b'{{"error": "not found"}}')

    def do_POST(self):
        if self.path == "/crash":
            os._exit(9)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.give(200, body, self.headers["Content-Type"] or "text/plain")

http.server.ThreadingHTTPServer(("{host}", {port}), Handler).serve_forever()
'''


def service(
    answer: str = '{"vector": [0.5, 0.25]}', preamble: str = "", port: int = 0, host: str = "127.0.0.1"
) -> bytes:
    """The source of a service; `answer` and `preamble` are Python."""
    return SERVICE.format(answer=answer, preamble=preamble, port=port, host=host).encode()


def tree(folder: Path, files: Mapping[str, bytes | str]) -> Path:
    """Write the files under the folder."""
    for name, body in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(body if isinstance(body, bytes) else body.encode())
    return folder


def standing(folder: Path, source: bytes | str) -> Stand:
    """A stand with the source as its app.py."""
    return Stand(tree(folder, {"app.py": source}), str(folder))


def python(*words: str) -> Program:
    """This Python running app.py."""
    return Program((PYTHON, "-I", "-S", "app.py", *words))


def get(path: str, expect: int = 0, timeout: float = PATIENT) -> Probe:
    """A GET request."""
    return Probe(f"GET {path}", ProbeKind.REQUEST, path=path, expect=expect, timeout=timeout)


def command(line: str, expect: int = 0, timeout: float = PATIENT) -> Probe:
    """A shell line."""
    return Probe(line, ProbeKind.COMMAND, command=line, expect=expect, timeout=timeout)


def imports(*modules: str, timeout: float = PATIENT) -> Probe:
    """A sweep over the modules."""
    return Probe("imports", ProbeKind.IMPORTS, modules=modules, timeout=timeout)


@functools.cache
def _isolation() -> Isolation | str:
    try:
        return isolation()
    except Lacking as lacking:
        return lacking.message


def sandboxed() -> bool:
    """Whether something can hold programs on this machine."""
    return not isinstance(_isolation(), str)


def held() -> Isolation:
    """What holds programs on this machine; the test is skipped with the reason where nothing can."""
    found = _isolation()
    if isinstance(found, str):
        pytest.skip(f"no sandbox here: {found}")
    return found


def living() -> str:
    """The command lines of all processes of this machine."""
    return subprocess.run(["ps", "axo", "args"], capture_output=True, text=True, check=True).stdout
