from __future__ import annotations

import json
from pathlib import Path

import pytest

from builders.projects import project_at
from deadweight.cli.program import run

FILES = {
    "requirements.txt": "rich\npyyaml\n",
    "app/__init__.py": "",
    "app/main.py": "import yaml\nimport numpy\n",
    "Dockerfile": 'FROM python\nCMD ["python", "-m", "app"]\n',
}


def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["deps", "check", str(project_at(tmp_path, FILES))]) == 1
    told = capsys.readouterr().out
    assert "numpy  the code uses it, and nothing asks for it: ask for it in requirements.txt" in told
    assert "app/main.py:2: numpy is imported" in told
    assert "nothing uses it: drop it (requirements.txt:1)" in told
    assert told.endswith("1 undeclared, 1 unused\n")


def test_a_project_without_faults_ends_with_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = FILES | {"requirements.txt": "numpy\npyyaml\n"}
    assert run(["deps", "check", str(project_at(tmp_path, files))]) == 0
    assert capsys.readouterr().out.endswith("nothing is wrong\n")


def test_json_has_the_verdicts_with_their_uses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["deps", "check", str(project_at(tmp_path, FILES)), "--json"]) == 1
    plain = json.loads(capsys.readouterr().out)
    assert plain["environment"] is None
    assert [(one["fault"], one["name"]) for one in plain["verdicts"]] == [("undeclared", "numpy"), ("unused", "rich")]
    assert plain["verdicts"][0]["uses"][0]["place"]["line"] == 2


@pytest.mark.parametrize(
    ("options", "left"),
    [
        (["--select", "unused"], {"rich"}),
        (["--select", "Num_Py"], set()),
        (["--select", "numpy"], {"numpy"}),
        (["--ignore", "undeclared"], {"rich"}),
        (["--ignore", "Rich", "--ignore", "numpy"], set()),
    ],
)
def test_faults_and_names_are_chosen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], left: set[str]
) -> None:
    status = run(["deps", "check", str(project_at(tmp_path, FILES)), "--json", *options])
    assert {one["name"] for one in json.loads(capsys.readouterr().out)["verdicts"]} == left
    assert status == bool(left)


def test_the_project_says_what_it_ignores(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = FILES | {"pyproject.toml": '[tool.deadweight.deps]\nignore = ["undeclared", "rich"]\n'}
    assert run(["deps", "check", str(project_at(tmp_path, files)), "--quiet"]) == 0
    assert not capsys.readouterr().out


def test_what_is_ignored_must_be_a_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = FILES | {"pyproject.toml": '[tool.deadweight.deps]\nignore = "rich"\n'}
    assert run(["deps", "check", str(project_at(tmp_path, files))]) == 2
    assert "tool.deadweight.deps.ignore" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "nothing here states requirements"),
        ({"pyproject.toml": "[project\n"}, "pyproject.toml"),
        ({"requirements.txt": "rich\n@@@\n-r missing.txt\n"}, "requirements.txt"),
    ],
)
def test_a_project_that_cannot_be_read_ends_with_2_and_says_where(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], files: dict[str, str], said: str
) -> None:
    assert run(["deps", "check", str(project_at(tmp_path, files))]) == 2
    assert said in capsys.readouterr().err


def test_a_path_that_is_no_folder_ends_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["deps", "check", str(tmp_path / "no")]) == 2
    assert "there is nothing at this path" in capsys.readouterr().err


def test_what_is_not_known_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = FILES | {"app/odd.py": "import importlib\nimportlib.import_module(input())\n"}
    run(["deps", "check", str(project_at(tmp_path, files))])
    told = capsys.readouterr().out
    assert "not sure: look yourself" in told
    assert "app/odd.py:2: it imports a module whose name only a run can tell" in told
