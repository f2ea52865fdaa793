from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from builders.own_roots import own_root
from builders.programs import PYTHON, held, service, tree
from deadweight.core.errors import NotTraced
from deadweight.core.trace import Touch, Trace, Use
from deadweight.pipeline.exercise import Exercise, proving
from deadweight.pipeline.proving import Proving
from deadweight.pipeline.target import open_scene
from deadweight.pipeline.tracing.recording import trace_scene
from deadweight.proof.prove import ProofSettings
from deadweight.sandbox.command_line import Start
from deadweight.sandbox.stand import RunLimits

pytestmark = pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
QUICK = RunLimits(start_seconds=30, run_seconds=30, stop_seconds=2)


def traced(folder: Path, run: str = "", *probes: str, runs: int = 1, limits: RunLimits = QUICK) -> Trace:
    held()
    scene = open_scene(folder)
    wish = proving(Exercise(run=run, probes=probes, limits=limits), scene.artifact)
    return trace_scene(scene, wish, folder.parent / "room", runs=runs)


def touches(trace: Trace) -> dict[str, Touch]:
    return {touch.path: touch for touch in trace.touches}


def test_a_trace_names_the_paths_of_the_artifact_and_what_its_runs_cost(tmp_path: Path) -> None:
    app = tree(tmp_path / "app", {"app.py": service(answer="open('data/answer.json').read()"), "data/answer.json": "1"})
    trace = traced(app, f"{PYTHON} -I -S app.py", "GET /answer", "command: cat data/../app.py")
    assert trace.artifact == open_scene(app).artifact.digest
    assert trace.paths == {"app.py", "data/answer.json"}
    assert touches(trace)["data/answer.json"].uses == {Use.OPENED: 1}
    assert touches(trace)["data/answer.json"].process == PYTHON
    assert touches(trace)["app.py"].uses[Use.OPENED] >= 2
    assert trace.probes == ("GET /answer", "command: cat data/../app.py")
    assert trace.plain_seconds > 0
    assert trace.traced_seconds > 0
    assert PYTHON in trace.outside or any(path.endswith("libc.so.6") for path in trace.outside)
    assert not [path for path in trace.outside if path.startswith(("/proc", "/sys", "/dev"))]


def test_runs_are_added_up(tmp_path: Path) -> None:
    app = tree(tmp_path / "app", {"app.py": "open('data')", "data": ""})
    trace = traced(app, f"{PYTHON} -I -S app.py", "command: true", runs=3)
    assert trace.runs == 3
    assert touches(trace)["data"].uses == {Use.OPENED: 3}


def test_a_probe_that_comes_out_wrong_is_no_trace(tmp_path: Path) -> None:
    app = tree(tmp_path / "app", {"app.py": service()})
    with pytest.raises(NotTraced, match="the probe 'GET /gone': status 404, 200 was expected"):
        traced(app, f"{PYTHON} -I -S app.py", "GET /gone -> 200")


def test_the_interpreters_of_a_script_are_used_though_no_call_opens_them(tmp_path: Path) -> None:
    app = tree(tmp_path / "app", {"inner": f"#!{PYTHON} -IS\n", "outer": ""})
    (app / "outer").write_text(f"#!{app}/link -u\n")
    (app / "link").symlink_to("inner")
    for name in ("inner", "outer"):
        (app / name).chmod(0o755)
    trace = traced(app, "", "command: ./outer")
    found = touches(trace)
    assert Use.EXECUTED in found["outer"].uses
    assert Use.EXECUTED in found["link"].uses
    assert PYTHON in trace.outside


def test_a_place_behind_a_link_of_the_host_is_the_artifact_too(tmp_path: Path) -> None:
    real = tree(tmp_path / "real/app", {"app.py": "import os; open(os.path.realpath('data'))", "data": ""}).parent
    (tmp_path / "alias").symlink_to(real)
    trace = traced(tmp_path / "alias/app", f"{PYTHON} -I -S app.py", "command: true")
    assert "data" in trace.paths
    assert not [path for path in trace.outside if os.fspath(real) in path]


def test_a_step_back_from_a_link_leads_where_the_kernel_goes(tmp_path: Path) -> None:
    app = tree(tmp_path / "app", {"app.py": "open('short/../beside')", "a/b/x": "", "a/beside": "", "beside": ""})
    (app / "short").symlink_to("a/b")
    trace = traced(app, f"{PYTHON} -I -S app.py", "command: true")
    assert "a/beside" in trace.paths
    assert "short" in trace.paths
    assert "beside" not in trace.paths


def test_what_a_run_made_by_itself_is_not_the_artifacts(tmp_path: Path) -> None:
    app = tree(tmp_path / "app", {"app.py": "open('cache/new', 'w').close()", "cache/old": ""})
    held()
    scene = open_scene(app)
    wish = proving(Exercise(f"{PYTHON} -I -S app.py", ("command: true",), writable=("cache",)), scene.artifact)
    trace = trace_scene(scene, wish, tmp_path / "room")
    assert "cache/new" not in trace.paths
    assert "cache/new" not in "".join(trace.outside)


@pytest.mark.skipif(not shutil.which("umoci"), reason="umoci is not installed")
def test_an_image_is_traced_from_its_own_command(tmp_path: Path) -> None:
    root = own_root(tmp_path / "root", "cat")
    tree(
        root,
        {"app/start": "#!/bin/sh\nexec cat data\n", "app/data": "x", "app/never": "", "etc/passwd": "a:x:7:8::/:\n"},
    )
    (root / "app/start").chmod(0o755)
    image = str(tmp_path / "layout")
    for words in (
        ("init", "--layout", image),
        ("new", "--image", f"{image}:one"),
        ("insert", "--image", f"{image}:one", str(root), "/"),
        ("config", "--image", f"{image}:one", "--config.entrypoint", "/app/start", "--config.workingdir", "/app"),
    ):
        subprocess.run(["umoci", *words], check=True, capture_output=True)
    held()
    scene = open_scene(image)
    start = Start(image=scene.artifact.image)
    trace = trace_scene(scene, Proving((), ProofSettings(held(), QUICK), start), tmp_path)
    assert trace.command == "/app/start"
    assert trace.outside == ()
    found = touches(trace)
    assert {"app/start", "app/data", "bin/sh", "usr/bin/cat"} <= trace.paths
    assert Use.EXECUTED in found["bin/sh"].uses
    assert any(Use.MAPPED in touch.uses for path, touch in found.items() if "ld-linux" in path)
    assert "app/never" not in trace.paths
