"""A Flask service in a virtual environment becomes an image made from scratch, is slimmed, and runs everywhere."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from builders.journeys import need, run
from deadweight.core.level import Level
from deadweight.core.planning import Choice
from deadweight.core.proof import Proof, Verdict
from deadweight.core.scene import Scene
from deadweight.core.seams import Packing
from deadweight.formats.recognition import format_named
from deadweight.pipeline.drawing import make_plan
from deadweight.pipeline.exercise import Exercise, proving
from deadweight.pipeline.finding import chosen_rules, find
from deadweight.pipeline.making.ground import ground_of
from deadweight.pipeline.making.make import make
from deadweight.pipeline.making.output import Output
from deadweight.pipeline.opening import Sight, open_scene
from deadweight.pipeline.scratch.alike import compose_alike
from deadweight.pipeline.ways_in import acquaint

pytestmark = pytest.mark.journey

SERVICE = """
import sqlite3, ssl, sys, zoneinfo
from flask import Flask, jsonify

app = Flask(__name__)


@app.get("/")
def index():
    return jsonify(
        number=sqlite3.connect(":memory:").execute("select 40 + 2").fetchone()[0],
        trusted=ssl.create_default_context().cert_store_stats()["x509_ca"] > 0,
        zone=str(zoneinfo.ZoneInfo("Europe/Paris")),
        version=list(sys.version_info[:2]),
    )


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=8000)
"""
INSIDE = "import app; print(app.app.test_client().get('/').get_data(as_text=True).strip())"
EXERCISE = Exercise(run=".venv/bin/python app.py", probes=("GET /", "GET /nothing -> 404"))


@dataclass(frozen=True)
class Made:
    """The tree, the image before and after, and its proof."""

    root: Path
    original: Scene
    composed: Scene
    out: Path
    proof: Proof
    pulled: int


@pytest.fixture(scope="module")
def made() -> Iterator[Made]:
    """The service, installed by pip, and the docker archive that it comes to at the level that is the default."""
    need("umoci", "skopeo", "buildah")
    with TemporaryDirectory(prefix="deadweight-scratch-", dir=Path.home()) as folder:
        root = Path(folder) / "app"
        root.mkdir()
        (root / "app.py").write_text(SERVICE)
        run(sys.executable, "-m", "venv", root / ".venv")
        run(root / ".venv/bin/python", "-m", "pip", "install", "--quiet", "flask", "pytest")
        original = open_scene(root, Sight())
        composed = compose_alike(original, EXERCISE, Sight(), lambda artifact: proving(EXERCISE, artifact))
        yield _slimmed(root, original, composed)


def _slimmed(root: Path, original: Scene, composed: Scene) -> Made:
    wish = replace(proving(EXERCISE, composed.artifact), own=False)
    acquaint(composed, EXERCISE)
    choice = Choice(level=Level.BALANCED, provable=True)
    plan = make_plan(composed, find(composed, chosen_rules(choice)), choice, format_named("docker-archive").stores)
    out = root.with_name("slim.tar")
    result = make(ground_of(composed), plan, Output(out, "docker-archive", Packing(codec="gzip")), (Sight(), wish))
    return Made(root, original, composed, out, result.proof, result.scene.artifact.inventory.total)


def test_nothing_but_what_is_reached_is_left(made: Made) -> None:
    result = open_scene(made.out, Sight()).listing
    at = str(made.root).lstrip("/")
    assert f"{at}/app.py" in result
    packages = {path.rpartition("/")[2] for path in result.directories if "/site-packages/" in path}
    assert {"flask", "werkzeug"} <= packages
    assert "_pytest" not in packages
    assert made.proof.verdict is Verdict.SAME


def test_less_is_pulled_than_half_of_the_tree_alone(made: Made) -> None:
    unpacked = open_scene(made.out, Sight()).artifact.inventory.unpacked_bytes
    assert unpacked < made.composed.artifact.inventory.total / 2
    assert made.pulled < made.original.artifact.inventory.total / 2


def test_runc_starts_it_from_what_umoci_unpacks(made: Made, tmp_path: Path) -> None:
    need("runc")
    run("skopeo", "copy", "--insecure-policy", f"docker-archive:{made.out}", f"oci:{tmp_path / 'layout'}:it")
    run("umoci", "unpack", "--image", f"{tmp_path / 'layout'}:it", tmp_path / "bundle")
    config = json.loads((tmp_path / "bundle/config.json").read_text())
    assert config["process"]["args"] == [f"{made.root}/.venv/bin/python", "app.py"]
    assert config["process"]["cwd"] == str(made.root)
    config["process"] |= {"terminal": False, "args": ["python", "-c", INSIDE]}
    (tmp_path / "bundle/config.json").write_text(json.dumps(config))
    words = ["runc", "--root", f"{tmp_path}/state", "run", "--bundle", f"{tmp_path}/bundle", "deadweight-journey"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if "cgroup" in done.stderr:
        pytest.skip(f"runc starts nothing here: {done.stderr[-300:]}")
    assert json.loads(done.stdout)["number"] == 42, done.stderr
    assert json.loads(done.stdout)["trusted"]


def test_buildah_runs_it(made: Made, tmp_path: Path) -> None:
    places = ("--root", str(tmp_path / "store"), "--runroot", str(tmp_path / "run"))
    store = ("buildah", *places, "--storage-driver", "vfs")
    name = run(*store, "from", f"docker-archive:{made.out}").strip()
    answer = run(*store, "run", "--isolation", "chroot", name, "--", "python", "-c", INSIDE)
    run(*store, "rm", name)
    assert json.loads(answer)["zone"] == "Europe/Paris"


def test_docker_loads_and_runs_it_by_its_name(docker: tuple[str, ...], made: Made) -> None:
    run(*docker, "load", "-i", made.out)
    answer = run(*docker, "run", "--rm", "--network", "none", "--entrypoint", "python", "app:latest", "-c", INSIDE)
    run(*docker, "rmi", "app:latest")
    assert json.loads(answer)["version"] == list(sys.version_info[:2])
