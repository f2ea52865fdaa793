"""`slim --lossy` end to end: a model in a tree becomes coarser as far as its task and its running program bear."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from builders.judged_models import TASK, product
from deadweight.cli.options import Manners, settings
from deadweight.cli.program import run
from deadweight.core.edit import Safety
from deadweight.core.planning import Choice, draw
from deadweight.edits.applying import edit_kinds
from deadweight.squeezing.storing.files import weights_of

PROGRAM = """
import array, json, pathlib, sys
body = pathlib.Path("model.safetensors").read_bytes()
start = 8 + int.from_bytes(body[:8], "little")
weights = array.array("f", body[start:])
print(json.dumps({"rows": [weights[at : at + 500].tolist() for at in range(0, 5000, 500)], "n": len(weights)}))
"""
needs_sandbox = pytest.mark.skipif(shutil.which("bwrap") is None, reason="nothing holds the program")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    made = tmp_path / "app"
    made.mkdir()
    (made / "model.safetensors").write_bytes(product())
    (made / "main.py").write_text(PROGRAM)
    return made


def slimmed(tree: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, object]]:
    out = tree.parent / "out"
    common: Sequence[str] = ("slim", str(tree), "-o", str(out), "--json", "--quiet", "--no-trace", "--no-companion")
    capsys.readouterr()
    status = run([*common, "--probe", "command: python3 main.py", *words])
    text = capsys.readouterr().out
    return status, json.loads(text) if text else {}


@needs_sandbox
def test_a_model_whose_program_bears_it_is_squeezed_in_place(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (tree / "model.safetensors").read_bytes()
    status, _ = slimmed(tree, capsys, "--lossy", "*.safetensors", "--tolerance", "0.05")
    assert status == 0
    after = weights_of(tree.parent / "out" / "model.safetensors")["w"]
    assert not (after.view("uint32") & 0xFFFF).any()
    assert (tree / "model.safetensors").read_bytes() == before


@needs_sandbox
@pytest.mark.parametrize("tolerance", [(), ("--tolerance", "0.0001")])
def test_a_model_whose_answers_move_too_far_stays_as_it_was(
    tolerance: tuple[str, ...], tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, told = slimmed(tree, capsys, "--lossy", "*.safetensors", *tolerance)
    assert status == 0
    assert (tree.parent / "out" / "model.safetensors").read_bytes() == (tree / "model.safetensors").read_bytes()
    assert "squeeze-model" in json.dumps(told["proof"])


@needs_sandbox
def test_the_gate_refuses_what_the_program_would_have_borne(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    task = tree.parent / "task.py"
    task.write_text(TASK % "0.0001")
    status, told = slimmed(tree, capsys, "--lossy", f"*.safetensors={task}", "--tolerance", "5")
    assert status == 0
    assert (tree.parent / "out" / "model.safetensors").read_bytes() == (tree / "model.safetensors").read_bytes()
    assert "development data refuse" in json.dumps(told["findings"])


@needs_sandbox
def test_the_program_refuses_what_the_gate_let_through(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    task = tree.parent / "task.py"
    task.write_text(TASK % "20")
    status, told = slimmed(tree, capsys, "--lossy", f"*.safetensors={task}", "--tolerance", "0.001")
    assert status == 0
    assert (tree.parent / "out" / "model.safetensors").read_bytes() == (tree / "model.safetensors").read_bytes()
    assert "the gate lets them through" in json.dumps(told["findings"])
    assert "numbers moved by" in json.dumps(told["proof"])


def test_no_lossy_edit_is_made_without_a_proof(tree: Path) -> None:
    from deadweight.pipeline.target import Target, open_scene
    from deadweight.rules.lossy_models import RULE

    scene = open_scene(Target(tree))
    scene.options["lossy"] = "*.safetensors"
    found = list(RULE.find(scene))
    ability = (edit_kinds(), frozenset[object]())
    allowed = frozenset(Safety)
    for provable, edits in ((True, 1), (False, 0)):
        drawn = draw(found, scene.listing, Choice(allowed, provable=provable), ability)  # type: ignore[arg-type]
        assert len(drawn.edits) == edits


def test_asking_for_it_allows_lossy_edits_and_nothing_else_does(tree: Path) -> None:
    plain = settings(tree, Manners(False, True), {})
    asked = settings(tree, Manners(False, True), {"lossy": ("a=b.py", "c")})
    assert Safety.LOSSY not in plain.choice.safeties
    assert asked.choice.safeties == plain.choice.safeties | {Safety.LOSSY}
    assert asked.target.sight.options["lossy"] == "a=b.py\nc"


@needs_sandbox
def test_the_report_tells_what_the_gate_said_of_the_model_that_was_squeezed(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    task = tree.parent / "task.py"
    task.write_text(TASK % "20")
    status, told = slimmed(tree, capsys, "--lossy", f"*.safetensors={task}", "--tolerance", "5")
    assert status == 0
    models = told["models"]
    assert isinstance(models, list)
    assert [(one["path"], one["before"]) for one in models] == [("model.safetensors", len(product()))]
    assert "kept at least of" in models[0]["gate"][0]
