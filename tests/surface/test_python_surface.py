"""`import deadweight`: what it names is there, typed, documented, and cheap until it is used."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import deadweight
from builders.programs import held

PAGE = Path(__file__).parents[2] / "docs" / "python.md"
BLOCK = re.compile(r"```python( sandbox)?\n(.*?)```", re.DOTALL)


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "app"
    (root / "models").mkdir(parents=True)
    (root / "main.py").write_text("print('hello')\n")
    (root / "data.json").write_text('{"answer": 42}\n')
    (root / ".DS_Store").write_bytes(b"\0\0\0\1Bud1" + b"x" * 6000)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", deadweight.__all__)
def test_every_name_is_there_and_says_what_it_gives(name: str) -> None:
    value = getattr(deadweight, name)
    assert name in dir(deadweight)
    if inspect.isfunction(value) or inspect.isclass(value):
        assert (inspect.getdoc(value) or "").strip(), name


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'weight'"):
        deadweight.weight  # noqa: B018  that it is not there is the test


def test_what_type_checkers_see_is_what_there_is() -> None:
    tree = ast.parse(Path(deadweight.__file__).read_text("utf-8"))
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    seen = {alias.name for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert seen == set(deadweight.__all__) - {"__version__"}


def test_importing_it_imports_nothing_else_of_ours() -> None:
    program = "import sys, deadweight; print(sorted(name for name in sys.modules if name.startswith('deadweight')))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(["deadweight", "deadweight.core", "deadweight.core.version"])


def test_a_star_import_gives_all_of_it() -> None:
    program = "from deadweight import *; print(weigh.__name__, Report.__name__, Verdict.SAME)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["weigh", "Report", "same"]


def test_strict_type_checking_knows_what_comes_back(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import deadweight\n"
        "reveal_type(deadweight.weigh('x'))\n"
        "reveal_type(deadweight.plan('x'))\n"
        "deadweight.slim('x', 'y', exercise=deadweight.Exercise(probes=('imports',)))\n"
        "deadweight.weigh(3)\n"
    )
    line = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), str(program)]
    done = subprocess.run(line, capture_output=True, text=True, check=False, cwd=Path(deadweight.__file__).parents[1])
    assert '"deadweight.core.report.Report"' in done.stdout
    assert '"deadweight.core.plan.Plan"' in done.stdout
    assert "Found 1 error" in done.stdout, done.stdout + done.stderr


def test_the_examples_of_the_page_run(room: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, object] = {}
    for needs_sandbox, source in BLOCK.findall(PAGE.read_text("utf-8")):
        if needs_sandbox:
            held()
        exec(compile(source, str(PAGE), "exec"), names)  # the examples, as a reader would run them
    told = capsys.readouterr().out
    assert "os-litter safe 6008" in told
    assert "6008 bytes less, measured" in told
    assert "same ['command: cat data.json']" in told
    assert "back: ('.DS_Store',)" in told
    assert told.rstrip().endswith("4")


def test_the_page_names_only_what_there_is() -> None:
    used = set(re.findall(r"deadweight\.([A-Za-z_]+)", PAGE.read_text("utf-8")))
    assert used - {"__all__"} <= set(deadweight.__all__)
    for name in re.findall(r"`([A-Z][A-Za-z]+)`", PAGE.read_text("utf-8")):
        assert name in deadweight.__all__, name


def test_errors_carry_the_exit_status_of_the_command_line() -> None:
    statuses = {
        deadweight.UsageError: 2,
        deadweight.ProofFailed: 3,
        deadweight.Refused: 4,
        deadweight.Corrupt: 4,
        deadweight.Hostile: 4,
        deadweight.Unknown: 4,
        deadweight.Lacking: 5,
    }
    for kind, status in statuses.items():
        assert issubclass(kind, deadweight.DeadweightError)
        assert kind("it is").exit_code == status


def test_probes_given_as_one_text_are_refused_and_not_read_letter_by_letter() -> None:
    with pytest.raises(deadweight.UsageError, match="one text"):
        deadweight.Exercise(probes="imports")  # type: ignore[arg-type]  # the mistake that is tested


def test_restoring_one_text_means_that_path(room: Path) -> None:
    deadweight.slim("app", "slim")
    assert not (room / "slim" / ".DS_Store").exists()
    assert deadweight.restore("slim", ".DS_Store").paths == (".DS_Store",)
    assert (room / "slim" / ".DS_Store").read_bytes() == (room / "app" / ".DS_Store").read_bytes()
    with pytest.raises(deadweight.UsageError, match="companion archive is not there"):
        deadweight.restore("slim", "**", "elsewhere.tar.zst")


def test_rules_are_chosen_by_name_and_a_near_miss_is_named(room: Path) -> None:
    assert deadweight.plan("app", deadweight.Choice(ignore=frozenset({"os-litter"}))).edits == ()
    assert len(deadweight.plan("app", deadweight.Choice(select=frozenset({"os-litter"}))).edits) == 1
    with pytest.raises(deadweight.UsageError, match="Did you mean os-litter"):
        deadweight.weigh("app", deadweight.Choice(select=frozenset({"os-liter"})))


def test_a_plan_survives_its_file_and_another_schema_is_refused(room: Path) -> None:
    plan = deadweight.plan("app")
    deadweight.write_plan(plan, "plan.json")
    assert deadweight.read_plan("plan.json") == plan
    text = Path("plan.json").read_text("utf-8")
    Path("plan.json").write_text(text.replace('"schema": 1', '"schema": 2'))
    with pytest.raises(deadweight.UsageError, match="schema 2"):
        deadweight.read_plan("plan.json")
