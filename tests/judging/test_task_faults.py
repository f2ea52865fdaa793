"""What goes wrong in a user's task file is told with the place in that file."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from deadweight.core.errors import UsageError
from deadweight.judging.faults import failing
from deadweight.judging.gate import judged
from deadweight.judging.steadiness import check_steady
from deadweight.judging.task import Program, program_of

_WHOLE = """
import numpy as np
X = np.random.default_rng(0).normal(size=(200, 4))
def build(weights):
    {build}
def predict(model, inputs):
    {predict}
def accuracy(rows, labels):
    {metric}
def tasks():
    {tasks}
def calibration():
    {calibration}
def prepare(model):
    {prepare}
"""
_RIGHT = {
    "build": "return 1",
    "predict": "return np.stack(inputs).argmax(1)",
    "metric": "return np.mean(rows == np.array(labels))",
    "tasks": "return {'max': {'development': (X[:80], X[:80].argmax(1)), 'gate': (X[80:160], X[80:160].argmax(1)), "
    "'metric': accuracy}}",
    "calibration": "return X[160:]",
    "prepare": "pass",
}


def _file(folder: Path, **parts: str) -> Path:
    path = folder / "task.py"
    path.write_text(_WHOLE.format(**{**_RIGHT, **parts}))
    return path


def _program(folder: Path, **parts: str) -> Program:
    return program_of(_file(folder, **parts))


def _line(path: Path, text: str) -> int:
    return next(number for number, line in enumerate(path.read_text().splitlines(), 1) if text in line)


def test_a_task_that_is_right_is_read_whole(tmp_path: Path) -> None:
    program = _program(tmp_path)
    task = program.tasks[0]
    assert program.build({}) == 1
    assert program.prepare is not None
    program.prepare(1)
    rows = program.rows(1, task.parts["gate"][0])
    assert judged(task, "gate", rows, rows).before == 1.0
    assert len(program.calibration) == 40
    assert program.build_file is None


def _asking(program: Program, part: str) -> Callable[[], object]:
    task, prepare = program.tasks[0], program.prepare
    assert prepare is not None
    asking: dict[str, Callable[[], object]] = {
        "build": lambda: program.build({}),
        "predict": lambda: program.rows(1, [1]),
        "prepare": lambda: prepare(1),
        "metric": lambda: judged(task, "gate", np.zeros(80), np.ones(80)),
    }
    return asking[part]


@pytest.mark.parametrize("part", ["build", "predict", "prepare", "metric"])
def test_what_raises_when_it_is_asked_is_told_with_its_line(tmp_path: Path, part: str) -> None:
    program = _program(tmp_path, **{part: "return {}['absent']"})
    with pytest.raises(UsageError, match="KeyError: 'absent'") as caught:
        _asking(program, part)()
    assert caught.value.where == f"{tmp_path / 'task.py'}:{_line(tmp_path / 'task.py', 'absent')}"


@pytest.mark.parametrize("part", ["tasks", "calibration"])
def test_what_raises_while_the_file_is_read_is_told_with_its_line(tmp_path: Path, part: str) -> None:
    with pytest.raises(UsageError, match=rf"{part}\(\) failed: ZeroDivisionError") as caught:
        _program(tmp_path, **{part: "return 1 / 0  # here"})
    assert caught.value.where.endswith(f"task.py:{_line(tmp_path / 'task.py', '# here')}")


def test_the_last_line_of_the_users_own_is_told_not_that_of_a_library(tmp_path: Path) -> None:
    program = _program(tmp_path, predict="return np.stack([])  # mine")
    with pytest.raises(UsageError, match="ValueError: need at least one array") as caught:
        program.rows(1, [1])
    assert caught.value.where.endswith(f"task.py:{_line(tmp_path / 'task.py', '# mine')}")


def test_a_module_beside_the_task_is_the_users_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "beside_the_task.py").write_text("def fail():\n    raise OSError('no such data')\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(UsageError, match="no such data") as caught:
        _program(tmp_path, calibration="import beside_the_task; return beside_the_task.fail()")
    assert caught.value.where == f"{tmp_path / 'beside_the_task.py'}:2"
    sys.modules.pop("beside_the_task")


@pytest.mark.parametrize(
    ("part", "says"),
    [("build", r"build\(\) gave nothing"), ("predict", r"predict\(\) gave nothing"), ("metric", "'max' gave nothing")],
)
def test_what_gives_nothing_is_told(tmp_path: Path, part: str, says: str) -> None:
    program = _program(tmp_path, **{part: "pass"})
    with pytest.raises(UsageError, match=says) as caught:
        _asking(program, part)()
    assert "end with a return" in caught.value.advice
    assert "task.py:" in caught.value.where


@pytest.mark.parametrize(
    ("part", "body", "says"),
    [
        ("tasks", "pass", "gave nothing"),
        ("tasks", "return {}", "gave no task"),
        ("tasks", "return [1]", "gave list"),
        ("tasks", "return {'a': 1}", "it is int"),
        ("tasks", "return {'a': {'gate': (X, X), 'metric': 1}}", "'metric' cannot be called"),
        ("tasks", "return {'a': {'gate': 5, 'metric': accuracy}}", "not .inputs, labels., two sequences"),
        ("tasks", "return {'a': {'gate': (X, X[:199]), 'metric': accuracy}}", "200 inputs and 199 labels"),
        ("tasks", "return {'a': {'gate': (X[:9], X[:9]), 'metric': accuracy}}", "9 examples: 30 at least"),
        ("tasks", "return {'a': {'gate': (X, X), 'metric': accuracy}}", "no task has a development part"),
        ("calibration", "pass", r"calibration\(\) gave nothing"),
        ("calibration", "import sys; sys.exit('I stop here')", "SystemExit: I stop here"),
        ("calibration", "import no_such_module", "ModuleNotFoundError"),
    ],
)
def test_a_file_that_states_its_tasks_wrong_is_told_so(tmp_path: Path, part: str, body: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        _program(tmp_path, **{part: body})


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    tasks = "return {'a': {'metric': accuracy}, 'b': {'gate': (X[:8], X[:7]), 'metric': 3}}"
    with pytest.raises(UsageError) as caught:
        _program(tmp_path, tasks=tasks)
    for one in ("'a': it has no 'gate'", "'metric' cannot be called", "8 inputs and 7 labels", "7 examples"):
        assert one in caught.value.what


def test_a_file_that_is_no_python_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "task.py"
    path.write_text("x = 1\ndef build(:\n")
    with pytest.raises(UsageError, match="SyntaxError") as caught:
        program_of(path)
    assert caught.value.where == f"{path}:2"


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        program_of(tmp_path / "absent.py")


def test_a_module_that_is_absent_is_told_with_the_python_that_lacks_it(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        _program(tmp_path, calibration="import no_such_module")
    assert caught.value.advice == f"It is run by {sys.executable}: install no_such_module there."


@pytest.mark.parametrize(
    ("predict", "says"),
    [
        ("return [1, 2]", "gave 2 for 3 inputs"),
        ("return 5", "gave one thing for 3 inputs"),
        ("return [[1], [1, 2], [3]]", "inhomogeneous"),
    ],
)
def test_rows_that_are_not_one_for_each_input_are_told(tmp_path: Path, predict: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        _program(tmp_path, predict=predict).rows(1, [1, 2, 3])


def test_an_interrupt_is_none_of_the_tasks_faults() -> None:
    with pytest.raises(KeyboardInterrupt), failing("it", "here"):
        raise KeyboardInterrupt


def test_our_own_errors_pass_as_they_are() -> None:
    with pytest.raises(UsageError, match=r"^mine$"), failing("it", "here"):
        raise UsageError("mine")


def test_a_model_that_differs_from_itself_is_told_by_task_and_by_how_much(tmp_path: Path) -> None:
    program = _program(tmp_path, predict="global Y; Y = globals().get('Y', 0) + 0.25; return np.stack(inputs) + Y")
    with pytest.raises(UsageError, match=r"task 'max': 8 of 8 answers differ, by up to 0.25"):
        check_steady(program, 1)


def test_labels_and_shapes_that_differ_between_runs_are_told(tmp_path: Path) -> None:
    labels = "global Y; Y = globals().get('Y', 0) + 1; return [str(Y)] * len(inputs)"
    with pytest.raises(UsageError, match="8 of 8 answers differ"):
        check_steady(_program(tmp_path, predict=labels), 1)
    shapes = "global Y; Y = globals().get('Y', 0) + 1; return np.zeros((len(inputs), Y))"
    with pytest.raises(UsageError, match="answers of 8x1, then of 8x2"):
        check_steady(_program(tmp_path, predict=shapes), 1)


def test_a_model_that_is_steady_passes_also_where_it_gives_nan(tmp_path: Path) -> None:
    check_steady(_program(tmp_path), 1)
    check_steady(_program(tmp_path, predict="return np.full(len(inputs), np.nan)"), 1)
