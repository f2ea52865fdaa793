"""Trees of other ecosystems, and a user without rights."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from builders.journeys import deadweight, need, run
from builders.ordinary_user import opened_to_all

pytestmark = pytest.mark.journey

NOBODY = 65534
SYSTEM = "/usr/bin/python3"
ROOT = Path(__file__).resolve().parents[2]
SERVER = """import http.server


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = b'{"answer": 42}'
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(body)


http.server.HTTPServer(("127.0.0.1", 8000), Answer).serve_forever()
"""


def _service(room: Path) -> Path:
    app = room / "app"
    (app / "tests").mkdir(parents=True)
    (app / "serve.py").write_text(SERVER)
    (app / "serve.py.bak").write_text(SERVER)
    (app / ".git").mkdir()
    run("git", "init", "-q", app)
    run(sys.executable, "-m", "compileall", "-q", app)
    return app


def test_an_ordinary_user_slims_and_verifies_with_a_proof(tmp_path: Path) -> None:
    need("bwrap", "strace", "git")
    room = opened_to_all(tmp_path)
    _install_for_all(room)
    app = _service(room)
    run("chown", "-R", f"{NOBODY}:{NOBODY}", app)
    exercise = ("--run", "python3 serve.py", "--probe", "GET /")
    slim = _as_nobody(room, "slim", "app", "-o", "slim", *exercise, "--json")
    report = json.loads(slim)
    assert report["proof"]["verdict"] == "same"
    assert report["after"]["total"] < report["before"]["total"]
    verified = json.loads(_as_nobody(room, "verify", "app", "slim", *exercise, "--json"))
    assert verified["proof"]["verdict"] == "same"
    assert (room / "app" / ".git").is_dir()


def _install_for_all(room: Path) -> None:
    """Deadweight for the system's own Python: the one that runs the tests may lie where only root can go."""
    need(SYSTEM)
    words = ["-m", "pip", "--python", SYSTEM, "install", "--quiet", "--target", str(room / "site"), str(ROOT)]
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"deadweight cannot be installed for {SYSTEM}: {done.stderr[-300:]}")


def _as_nobody(room: Path, *words: str) -> str:
    environment = {"PATH": os.environ["PATH"], "HOME": str(room), "LANG": "C.UTF-8", "PYTHONPATH": str(room / "site")}
    done = subprocess.run(
        [SYSTEM, "-m", "deadweight", *words],
        cwd=room,
        env=environment,
        user=NOBODY,
        group=NOBODY,
        extra_groups=(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_an_npm_project_keeps_what_it_answers(tmp_path: Path) -> None:
    need("npm", "node")
    project = tmp_path / "project"
    project.mkdir()
    (project / "package.json").write_text('{"name": "project", "version": "1.0.0", "private": true}')
    done = subprocess.run(["npm", "install", "express@4", "lodash@4"], cwd=project, capture_output=True, check=False)
    if done.returncode:
        pytest.skip("no npm registry can be reached")
    (project / "index.js").write_text("console.log(require('lodash').chunk([1, 2, 3], 2), typeof require('express'))\n")
    report = deadweight("slim", project, "-o", tmp_path / "slim", "--probe", "command: node index.js")
    owners = {owner["owner"].split()[0]: owner for owner in report["before"]["owners"]}
    assert {"express", "lodash"} <= owners.keys()
    assert owners["lodash"]["size"] == _bytes_under(project / "node_modules" / "lodash")
    assert report["proof"]["verdict"] == "same"
    assert run("node", "index.js", cwd=tmp_path / "slim") == run("node", "index.js", cwd=project)


def _bytes_under(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def test_a_conda_environment_is_attributed_by_its_records(tmp_path: Path) -> None:
    root = tmp_path / "environment"
    files = {"bin/tool": "#!/bin/sh\n", "lib/libtool.so": "x" * 5000, "include/tool.h": "int tool(void);\n"}
    for name, body in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(body)
    record = {"name": "tool", "version": "1.2", "build": "0", "files": [*files]}
    (root / "conda-meta").mkdir()
    (root / "conda-meta" / "tool-1.2-0.json").write_text(json.dumps(record))
    (root / "conda-meta" / "history").write_text("==> 2026-01-01 00:00:00 <==\n")
    report = deadweight("weigh", root)
    owners = {owner["owner"]: owner for owner in report["before"]["owners"]}
    assert owners["tool 1.2"]["size"] >= sum(map(len, files.values()))
