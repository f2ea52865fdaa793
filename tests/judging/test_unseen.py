"""The gate is unseen: inputs are told apart by what they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deadweight.core.errors import UsageError
from deadweight.judging.task import program_of
from deadweight.judging.unseen import check_unseen, digest

_HERE = Path("task.py")
_PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


class _Picture:
    def __init__(self, pixels: list[int]) -> None:
        self.pixels = pixels


@given(_PLAIN, _PLAIN)
def test_equal_inputs_have_equal_digests_and_others_do_not(one: object, other: object) -> None:
    assert digest(one) == digest(one)
    if repr(one) != repr(other):
        assert digest(one) != digest(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (["ab", "c"], ["a", "bc"]),
        ([1, [2]], [[1], 2]),
        ("1", 1),
        (b"a", "a"),
        (np.zeros((2, 3)), np.zeros((3, 2))),
        (np.zeros(2, np.float32), np.zeros(2, np.float64)),
        ({"a": 1}, {"b": 1}),
        (_Picture([1]), _Picture([2])),
    ],
)
def test_what_is_nearly_the_same_is_told_apart(one: object, other: object) -> None:
    assert digest(one) != digest(other)


def test_where_an_array_lies_in_memory_does_not_matter() -> None:
    rows = np.arange(12.0).reshape(3, 4)
    assert digest(rows.T) == digest(rows.T.copy())
    assert digest(rows[::2]) == digest(rows[::2].copy())
    assert digest(np.array([["a", 1]], dtype=object)) == digest(np.array([["a", 1]], dtype=object))


def test_an_object_is_told_by_what_it_holds() -> None:
    assert digest(_Picture([1, 2])) == digest(_Picture([1, 2]))


def test_what_cannot_be_told_apart_is_said() -> None:
    with pytest.raises(TypeError, match="function cannot be told apart"):
        digest(lambda: 1)


def test_every_task_whose_gate_was_seen_is_told_with_where() -> None:
    gate = {"one": ["a", "b", "c"], "two": ["x"], "three": ["b"]}
    with pytest.raises(UsageError) as caught:
        check_unseen(gate, {"calibration": ["c", "q"], "development of 'one'": ["b"]}, _HERE)
    assert caught.value.what == (
        "the gate of task 'one': 1 of its 3 inputs also stand in calibration, the first is number 3; "
        "the gate of task 'one': 1 of its 3 inputs also stand in development of 'one', the first is number 2; "
        "the gate of task 'three': 1 of its 1 inputs also stand in development of 'one', the first is number 1"
    )
    assert caught.value.where == "task.py"


def test_a_gate_of_its_own_passes() -> None:
    check_unseen({"one": ["a"]}, {"calibration": ["b"], "development": ()}, _HERE)


@pytest.mark.parametrize(
    ("inputs", "says"),
    [
        ("X[40:100], X[:40], X[100:]", ""),
        ("X[30:100], X[:40], X[100:]", "10 of its 70 inputs also stand in development of 'sum', the first is number 1"),
        ("X[40:100], X[:40], X[99:]", "1 of its 60 inputs also stand in calibration, the first is number 60"),
        ("[x.tolist() for x in X[30:100]], [x.tolist() for x in X[:40]], X[100:]", "10 of its 70 inputs"),
    ],
)
def test_a_task_whose_gate_is_not_unseen_is_refused(tmp_path: Path, inputs: str, says: str) -> None:
    path = tmp_path / "task.py"
    path.write_text(
        "import numpy as np\n"
        "X = np.random.default_rng(0).normal(size=(120, 4))\n"
        f"GATE, DEVELOPMENT, CALIBRATION = {inputs}\n"
        "def build(weights): return 1\n"
        "def predict(model, inputs): return np.stack(inputs).sum(1)\n"
        "def calibration(): return CALIBRATION\n"
        "def tasks(): return {'sum': {'development': (DEVELOPMENT, [0] * len(DEVELOPMENT)),\n"
        "                             'gate': (GATE, [0] * len(GATE)), 'metric': lambda rows, labels: 1.0}}\n"
    )
    if not says:
        assert program_of(path).tasks
        return
    with pytest.raises(UsageError, match=says):
        program_of(path)


def _numbers(values: Any) -> list[float]:  # noqa: ANN401
    return [float(one) for one in values]


def test_inputs_of_another_kind_are_not_taken_for_the_same() -> None:
    """A list and an array of the same numbers are two inputs: nothing says that the task takes them alike."""
    rows = np.arange(3.0)
    assert digest(rows) != digest(_numbers(rows))
