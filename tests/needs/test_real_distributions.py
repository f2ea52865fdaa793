"""What is reached of real distributions is enough to import and use them, and what is not reached is no part of it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest

from deadweight.core.scene import Scene
from deadweight.core.trace import Entrance
from deadweight.facts.entrances import ENTRANCES
from deadweight.needs.closure import CLOSURE
from deadweight.pipeline.opening import Sight, open_scene

INSTALLED = ("click", "packaging", "hypothesis", "sortedcontainers", "pluggy")
PROGRAM = """
import click
from packaging.requirements import Requirement

@click.command()
@click.argument("line")
def main(line):
    \"\"\"Say the name of what a line requires.\"\"\"
    click.secho(Requirement(line).name, fg="green")

if __name__ == "__main__":
    main()
"""


@pytest.fixture(name="scene")
def _scene(tmp_path: Path) -> Scene:
    for name in INSTALLED:
        _install(name, tmp_path / "site")
    (tmp_path / "app.py").write_text(PROGRAM)
    scene = open_scene(tmp_path, Sight())
    root = str(tmp_path)
    scene.learn(ENTRANCES, (Entrance(("python", "app.py"), "--run", root, root, {"PYTHONPATH": f"{root}/site"}),))
    return scene


def _install(name: str, site: Path) -> None:
    """Copy the files of a distribution of this environment, without its scripts and bytecode."""
    found = distribution(name)
    for file in found.files or ():
        if ".." not in file.parts and file.suffix != ".pyc":
            target = site / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(str(found.locate_file(file)), target)


def _run(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    start = f"import sys; sys.path[:0] = [{str(root / 'site')!r}]; sys.argv = ['app.py', *{list(words)!r}]"
    code = f"{start}; import runpy; runpy.run_path({str(root / 'app.py')!r}, run_name='__main__')"
    return subprocess.run([sys.executable, "-I", "-S", "-B", "-c", code], capture_output=True, text=True, timeout=60)


def test_a_program_runs_as_before_on_what_is_reached_alone(scene: Scene) -> None:
    root = Path(scene.artifact.location)
    words = (("click>=8",), ("--help",), ("no requirement!",), ("--unknown",))
    before = [_run(root, *one) for one in words]
    closure = scene.ask(CLOSURE)
    gone = [entry.path for entry in scene.listing.entries if entry.path.endswith(".py") and entry.path not in closure]
    for path in gone:
        (root / path).unlink()
    after = [_run(root, *one) for one in words]
    assert before[0].stdout.strip() == "click"
    assert [(one.returncode, one.stdout) for one in after] == [(one.returncode, one.stdout) for one in before]


def test_distributions_that_nothing_asks_for_are_not_reached(scene: Scene) -> None:
    closure = scene.ask(CLOSURE)
    infos = {path for path in closure.steps if path.endswith(".dist-info")}
    assert {path.rpartition("/")[2].partition("-")[0] for path in infos} == {"click", "packaging"}
    assert not any(path.startswith("site/hypothesis/") for path in closure.steps)


def test_a_chain_tells_how_a_module_is_reached(scene: Scene) -> None:
    steps = scene.ask(CLOSURE).chain("site/packaging/markers.py")
    assert [step.path for step in steps] == ["app.py", "site/packaging/requirements.py", "site/packaging/markers.py"]
