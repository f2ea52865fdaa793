"""`--cpu` names levels of processors: kernels for others go out of OpenBLAS."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from builders.cutting import answer
from builders.openblas import CHOICE, importer, worthwhile
from deadweight.cli.program import run


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "app"
    (folder / "lib").mkdir(parents=True)
    (folder / "lib" / "libopenblas.so").write_bytes(worthwhile())
    (folder / "lib" / "user.so").write_bytes(importer())
    return folder


def planned(tree: Path, out: Path, *words: str) -> list[dict[str, object]]:
    assert run(["plan", str(tree), "-o", str(out), "--level", "tight", *words]) == 0
    edits: list[dict[str, object]] = json.loads(out.read_text())["edits"]
    return [one for one in edits if one["kind"] == "hollow"]


def test_a_plan_names_the_processors(tree: Path, tmp_path: Path) -> None:
    (edit,) = planned(tree, tmp_path / "plan.json", "--cpu", "x86-64-v3")
    assert edit["arguments"] == {"imported": "dot_ solve_", "processors": "x86-64-v3"}
    (edit,) = planned(tree, tmp_path / "plain.json")
    assert edit["arguments"] == {"imported": "dot_ solve_"}


def test_what_is_no_level_is_told_before_anything_is_made(
    tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["plan", str(tree), "-o", str(tmp_path / "plan.json"), "--level", "tight", "--cpu", "haswell"]) == 2
    assert "x86-64-v1, x86-64-v2" in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "plan.json").exists()


def test_a_slim_tree_has_kernels_for_the_processors_alone(tree: Path, tmp_path: Path) -> None:
    out, plan = tmp_path / "out", tmp_path / "plan.json"
    (edit,) = planned(tree, plan, "--cpu", "x86-64-v3")
    plan.write_text(json.dumps({**json.loads(plan.read_text()), "edits": [edit]}))
    words = ["slim", str(tree), "-o", str(out), "--plan", str(plan), "--run", "true", "--no-sandbox", "--quiet"]
    assert run([*words, "--probe", "command: true"]) == 0
    library = out / "lib" / "libopenblas.so"
    assert library.stat().st_size < len(worthwhile()) - 690_000
    assert answer(library, "dot_ solve_", 1, **{CHOICE: "PRESCOTT"}) == "401 0"
