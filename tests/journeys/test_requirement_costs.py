"""Costs of a real environment, held against what a resolver finds once a requirement is dropped."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from deadweight.dependencies.conflicts import conflicts
from deadweight.dependencies.cost import costs
from deadweight.dependencies.what_if import Change, dropped, supposed
from deadweight.pipeline.dependencies.asked_graph import open_graph
from deadweight.requirements.environment import read_environment
from deadweight.requirements.uv import find_uv

ASKED = ("httpx[http2]", "jinja2", "pytest", "rich", "requests[socks]", "flask", "black", "jsonschema[format]")

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose requirements uv installed."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "requirements.txt").write_text("\n".join(ASKED) + "\n")
    uv(folder, "venv", "-p", sys.executable, ".venv")
    uv(folder, "pip", "install", "-p", ".venv", "-r", "requirements.txt")
    return folder


def uv(folder: Path, *words: str) -> str:
    done = subprocess.run([find_uv().program, *words], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_what_is_left_after_a_drop_is_what_the_resolver_finds_for_the_others(project: Path) -> None:
    opened = open_graph(project)
    graph = opened.graph
    pins = "".join(f"{one.name}=={one.version}\n" for one in graph.parts.values())
    (project / "pins.txt").write_text(pins)
    for gone in ASKED:
        name = gone.split("[")[0]
        (project / "rest.in").write_text("\n".join(one for one in ASKED if one != gone) + "\n")
        told = uv(project, "pip", "compile", "-p", ".venv", "rest.in", "-c", "pins.txt", "--no-header", "--no-annotate")
        left = {line.split("==")[0] for line in told.splitlines() if "==" in line}
        change = Change((name,))
        found = supposed(graph, dropped(graph, change, opened.markers), change)
        assert graph.parts.keys() - {one.name for one in found.goes} == left, gone


def test_its_bytes_add_up_and_are_those_on_disk(project: Path) -> None:
    found = costs(open_graph(project).graph, "")
    site = next((project / ".venv" / "lib").glob("python*/site-packages"))
    installers_own = {"_virtualenv.py", "_virtualenv.pth"}
    on_disk = sum(one.stat().st_size for one in site.rglob("*") if one.is_file() and one.name not in installers_own)
    programs = sum(
        (project / ".venv" / "bin" / name).stat().st_size for name in read_environment(project / ".venv").by_command
    )
    assert found.whole.installed == on_disk + programs
    held = sum(one.retained.installed for one in found.requirements)
    assert held + found.shared_bytes.installed + found.unasked.retained.installed == found.whole.installed


def test_it_conflicts_just_where_uv_pip_check_says_so(project: Path) -> None:
    assert conflicts(open_graph(project).graph) == ()
    uv(project, "pip", "check", "-p", ".venv")
