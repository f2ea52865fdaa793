"""`deps cost`, `deps tree` and `deps what-if` as a user has them: a project, its environment, its lock."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from builders.installations import install, virtual_environment
from deadweight.cli.program import run

PROJECT = """\
[project]
name = "service"
version = "1"
dependencies = ["web[fast]", "torch"]
[project.optional-dependencies]
absent = ["not-installed"]
[dependency-groups]
dev = ["notebook"]
docs = ["book"]
"""
LOCK = """\
version = 1
requires-python = ">=3.11"
[[package]]
name = "service"
version = "1"
source = { virtual = "." }
dependencies = [{ name = "web" }]
[[package]]
name = "web"
version = "1.0"
source = { registry = "https://example.org/simple" }
dependencies = [{ name = "low" }]
wheels = [{ url = "https://example.org/web-1.0-py3-none-any.whl", hash = "sha256:00", size = 700 }]
[[package]]
name = "low"
version = "1.0"
source = { registry = "https://example.org/simple" }
wheels = [{ url = "https://example.org/low-1.0-py3-none-any.whl", hash = "sha256:00", size = 300 }]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    (tmp_path / "app.py").write_text("import torch\nx = torch.zeros(2)\n")
    site = virtual_environment(tmp_path / ".venv")
    install(site, "web", requires=["low", 'loop; extra == "fast"'], files={"web.py": b"w" * 5000})
    install(site, "low", files={"low.py": b"l" * 3000})
    install(site, "loop", files={"loop.so": b"o" * 2000})
    install(site, "torch", "2.13.0", requires=["triton"], files={"torch.py": b"t" * 9000})
    install(site, "triton", files={"triton.so": b"t" * 4000})
    install(site, "notebook", requires=["babel"], files={"notebook.py": b"n" * 8000})
    install(site, "book", requires=["babel"], files={"book.py": b"b" * 1000})
    install(site, "babel", files={"babel.py": b"b" * 6000})
    install(site, "pip", files={"pip.py": b"p" * 100})
    return tmp_path


def told(capsys: pytest.CaptureFixture[str], *words: str | Path, status: int = 0) -> str:
    assert run(["deps", *map(str, words)]) == status
    return capsys.readouterr().out


def line_of(text: str, start: str) -> str:
    return next(line for line in text.splitlines() if line.startswith(start))


def test_cost_adds_up_to_the_whole_as_json(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(told(capsys, "cost", project, "--json"))
    held = [one["retained"]["installed"] for one in found["requirements"]]
    shared = [one["held"]["installed"] for one in found["shared"]]
    assert sum(held) + sum(shared) + found["unasked"]["retained"]["installed"] == found["whole"]["installed"]
    assert found["absent"] == {"absent": ["not-installed"]}
    assert [one["heavy"] for one in found["lighter"]] == ["torch"]
    assert found["shared"][0]["holders"] == ["book", "notebook"]


def test_cost_is_told_in_aligned_lines(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = told(capsys, "cost", project)
    assert "9 distributions" in text.splitlines()[0]
    assert line_of(text, "torch").split()[-1] == "2"
    assert line_of(text, "asked for by nobody").endswith("pip")
    assert "not installed: absent (lacks not-installed)" in text
    assert "nothing in the project's files speaks against it: deadweight deps what-if --swap torch=cpu" in text
    assert "book + notebook" in text


def test_cost_of_an_environment_and_of_a_lock(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "environment" in told(capsys, "cost", project / ".venv").splitlines()[0]
    lock = project / "elsewhere" / "uv.lock"
    lock.parent.mkdir()
    lock.write_text(LOCK)
    found = json.loads(told(capsys, "cost", lock, "--json"))
    assert [(one["name"], one["retained"]["download"]) for one in found["requirements"]] == [("web", 1000)]
    assert found["whole"]["unsized"] == 2


def test_lists_that_lie_among_what_is_installed_ask_for_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install(tmp_path / "usr" / "lib" / "python3.11" / "site-packages", "one", files={"one/requirements.txt": b"gone"})
    install(tmp_path / "target", "one", files={"one/requirements.txt": b"gone", "requirements.txt": b"gone"})
    for place in (tmp_path, tmp_path / "target"):
        found = json.loads(told(capsys, "cost", place, "--json"))
        assert ([one["name"] for one in found["requirements"]], found["missing"]) == (["one"], [])


def test_a_lock_beside_an_environment_gives_the_bytes_to_download(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "uv.lock").write_text(LOCK)
    found = json.loads(told(capsys, "cost", project, "--json"))
    assert (found["whole"]["download"], found["whole"]["unfetched"]) == (1000, 7)


def test_a_project_with_neither_environment_nor_lock_is_told_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    assert run(["deps", "cost", str(tmp_path)]) == 2
    assert "no environment and no lock" in capsys.readouterr().err


def test_what_is_nothing_of_these_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["deps", "cost", str(tmp_path)]) == 4
    assert run(["deps", "tree", str(tmp_path / "gone")]) == 2
    assert "no such path" in capsys.readouterr().err


def test_the_tree_draws_branches_and_where_each_is_asked_for(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = told(capsys, "tree", project).splitlines()
    top = lines.index(next(line for line in lines if line.startswith("web 1.0")))
    assert lines[top].endswith("pyproject.toml:4 (project.dependencies)")
    assert lines[top + 1].startswith("└─ low 1.0")


def test_the_tree_ends_with_1_where_a_demand_is_not_met(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    site = project / ".venv" / "lib" / "python3.12" / "site-packages"
    install(site, "wheel", requires=["low>=2", "gone"])
    found = json.loads(told(capsys, "tree", project, "--json", status=1))
    assert [one["name"] for one in found["conflicts"]] == ["gone", "low"]
    text = told(capsys, "tree", project, status=1)
    assert "low>=2  not met  wheel 1.0" in text
    assert "gone is not there" in text


def test_the_tree_says_why_and_inverted_for_whom(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert [line.split()[0] for line in told(capsys, "tree", project, "--why", "Triton").splitlines()] == [
        "torch",
        "└─",
    ]
    inverted = told(capsys, "tree", project, "--why", "babel", "--invert").splitlines()
    assert inverted[0].startswith("babel 1.0")
    assert any("pyproject.toml:9" in line for line in inverted)
    assert run(["deps", "tree", str(project), "--why", "nobody"]) == 2


def test_what_if_drops_and_says_what_stays(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(told(capsys, "what-if", project, "--drop", "notebook,low", "--json"))
    assert [one["name"] for one in found["goes"]] == ["notebook"]
    assert [one["chain"] for one in found["stays"]] == [["web", "low"]]
    both = json.loads(told(capsys, "what-if", project, "--drop", "notebook", "--drop-group", "docs", "--json"))
    assert [one["name"] for one in both["goes"]] == ["notebook", "babel", "book"]
    assert "nothing was resolved" in both["basis"][0]


def test_what_if_swaps_by_what_was_measured_and_says_so(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = told(capsys, "what-if", project, "--swap", "torch=cpu")
    assert "2.13.0+cpu" in text
    assert "191.8 MB to download" in text
    assert "torch=cpu: measured elsewhere" in text
    goes = json.loads(told(capsys, "what-if", project, "--swap", "torch=cpu", "--json"))["goes"]
    assert {one["name"] for one in goes} == {"torch", "triton"}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "nothing is to change"),
        (("--drop", "nootbook"), "did you mean notebook"),
        (("--drop-group", "dcos"), "did you mean docs"),
        (("--swap", "torch"), "is no swap"),
        (("--swap", "web=cpu"), "no lighter build of web is known"),
        (("--swap", "mlflow=mlflow-skinny"), "mlflow is not there"),
    ],
)
def test_what_if_says_what_is_wrong_with_a_question(
    project: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], says: str
) -> None:
    assert run(["deps", "what-if", str(project), *words]) == 2
    assert says in capsys.readouterr().err


def test_quiet_commands_say_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (("cost",), ("tree",), ("what-if", "--drop", "notebook")):
        assert told(capsys, *words[:1], project, *words[1:], "--quiet") == ""


def test_nothing_is_written(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = sorted(str(path) for path in project.rglob("*"))
    for command in ("cost", "tree"):
        told(capsys, command, project)
    assert sorted(str(path) for path in project.rglob("*")) == before
