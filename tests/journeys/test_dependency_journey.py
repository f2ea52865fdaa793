"""A service from what it asks for to a lean core list that is proven: with packages from the index."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders.command import deadweight
from builders.journeys import need
from builders.projects import project_at
from deadweight.requirements.uv import find_uv

pytestmark = pytest.mark.journey

MEMORY = 32 << 30
MAIN = """from flask import Flask
import markupsafe

app = Flask(__name__)


@app.get("/health")
def health():
    return {"ok": True}


@app.get("/lazy")
def lazy():
    return {"module": __import__(bytes([97, 116, 116, 114]).decode()).__name__}
"""
FILES = {
    "app/__init__.py": "",
    "app/main.py": MAIN,
    "tests/test_app.py": "import pytest\n",
    "Procfile": "web: gunicorn app.main:app\n",
    "requirements.txt": "flask>=3\nrequests\nattrs>=20\nblack\npytest\ngunicorn\n",
}


@pytest.fixture
def service(tmp_path: Path) -> Path:
    need("bwrap")
    folder = project_at(tmp_path / "service", FILES)
    uv = find_uv()
    uv.run(("venv", "--quiet", str(folder / ".venv")), tmp_path)
    python = str(folder / ".venv/bin/python")
    uv.run(
        ("pip", "install", "-q", "--python", python, "flask==3.0.3", "-r", str(folder / "requirements.txt")), tmp_path
    )
    return folder


def test_the_core_list_of_a_service_answers_as_all_of_it_does(tmp_path: Path, service: Path) -> None:
    out = tmp_path / "lists"
    words = ["--run", "gunicorn app.main:app --bind 127.0.0.1:8000", "--probe", "GET /health", "--check", "GET /lazy"]
    done = deadweight("deps", "split", service, "-o", out, "--unsafe", *words, memory=MEMORY)
    assert done.status == 0, done.error + done.output
    assert "proof      same" in done.output
    assert "put back  attrs: GET /lazy misses attr" in done.output
    core = (out / "requirements-core.lock.txt").read_text()
    assert "flask==3.0.3 " in core
    assert "pytest" not in core
    assert "black" not in core
    assert (out / "requirements-dev.txt").read_text().splitlines()[1].startswith("black  # moved from core")


def test_a_lock_for_one_platform_is_smaller_than_one_for_all(tmp_path: Path, service: Path) -> None:
    one, every = tmp_path / "one.lock.txt", tmp_path / "every.lock.txt"
    narrow = ["--python", "3.11", "--platform", "x86_64-manylinux_2_28"]
    assert deadweight("deps", "lock", service, "-o", every, memory=MEMORY).status == 0
    assert deadweight("deps", "lock", service, "-o", one, *narrow, memory=MEMORY).status == 0
    assert one.read_text().count("--hash") < every.read_text().count("--hash") / 2
    assert deadweight("deps", "lock", service, "-o", one, *narrow, "--check", memory=MEMORY).status == 0
