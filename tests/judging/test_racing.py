"""Two models in processes of their own, timed in turn."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from deadweight.core.errors import Lacking, Unknown, UsageError
from deadweight.judging.basis import Basis
from deadweight.judging.costing import contrasts, costs, crowded, loads
from deadweight.judging.racing import Course, Seen, race
from deadweight.judging.running import Runner
from deadweight.judging.serving import Spent
from deadweight.pipeline.models.worker import words
from deadweight.squeezing.storing.files import write_safetensors

_TASK = """
import time
import numpy as np
print("this goes to the error stream")
clocks = dict(wall=0.0, cpu=0.0)
time.perf_counter = lambda: clocks["wall"]
time.process_time = lambda: clocks["cpu"]
X = np.random.default_rng(0).normal(size=(200, 4))

def build(weights):
    held = np.ones(int(weights["megabytes"][0]) << 17)
    clocks["wall"] += float(weights["seconds"][0])
    return weights, held

def predict(model, inputs):
    print("so does this")
    takes = float(model[0]["seconds"][0]) * len(inputs)
    clocks["cpu"] += takes
    clocks["wall"] += 3 * takes
    {more}
    return np.zeros(len(inputs))

def calibration():
    return X[160:]

def tasks():
    return {{"one": {{"development": (X[:80], X[:80]), "gate": (X[80:160], X[80:160]), "metric": lambda r, l: 1.0}}}}
"""
"""Its process has clocks that only the model moves: seconds of CPU as its file says, three times as many of wall."""
_SHORT = Course(batches=(1, 8), starts=2, rounds=5, seconds=0.5)


def _task(folder: Path, more: str = "pass") -> Basis:
    path = folder / "task.py"
    path.write_text(_TASK.format(more=more))
    return Basis(task=path)


def _model(folder: Path, seconds: float, megabytes: int = 1) -> Path:
    path = folder / f"model-{seconds}-{megabytes}.safetensors"
    with path.open("wb") as stream:
        write_safetensors(stream, {"seconds": np.array([seconds]), "megabytes": np.array([megabytes])}, {})
    return path


def test_a_model_that_takes_half_the_time_is_twice_as_fast(tmp_path: Path) -> None:
    basis = _task(tmp_path)
    files = [_model(tmp_path, 0.002, megabytes=40), _model(tmp_path, 0.001)]
    seen = race([words(file, files[0], basis) for file in files], _SHORT)
    found = contrasts(seen)
    assert [one.batch for one in found] == [1, 8]
    for one in found:
        for measure in (one.wall, one.cpu):
            assert (measure.low, measure.value, measure.high) == pytest.approx((2.0, 2.0, 2.0))
    first, second = (costs(seen, which) for which in (0, 1))
    assert first.calls[1].cpu.value == pytest.approx(0.016)
    assert first.calls[1].wall.value == pytest.approx(0.048)
    assert 38e6 < first.loaded - second.loaded < 48e6
    assert first.peak >= first.loaded * 0.95
    assert loads(seen).value == pytest.approx(2.0)


def test_batches_that_the_data_do_not_fill_are_left_out(tmp_path: Path) -> None:
    file, basis = _model(tmp_path, 0.02), _task(tmp_path)
    line = words(file, file, basis)
    course = Course(batches=(1, 64), starts=1, rounds=5, seconds=0.1)
    assert list(race([line, line], course).turns) == [1]
    with pytest.raises(UsageError, match="40 inputs for batches of 64"):
        race([line, line], Course(batches=(64,), starts=1, rounds=5, seconds=0.1))


def test_both_are_asked_the_same_inputs_in_turn(tmp_path: Path) -> None:
    """The log of what was asked: the same batches for both, neither always first."""
    log = tmp_path / "log"
    basis = _task(tmp_path, f"open({str(log)!r}, 'a').write(f'{{model[0][\"megabytes\"][0]}} {{inputs[0][0]}}\\n')")
    files = [_model(tmp_path, 0.02, megabytes=1), _model(tmp_path, 0.02, megabytes=2)]
    race([words(file, files[0], basis) for file in files], Course((1,), starts=2, rounds=6, seconds=5.0))
    lines = [line.split() for line in log.read_text().splitlines()]
    asked = {which: [value for name, value in lines if name == which] for which in "12"}
    assert asked["1"] == asked["2"]
    names = "".join(name for name, _ in lines)
    assert "1221" in names.replace("11", "1").replace("22", "2") or "1122" in names


def test_what_goes_wrong_in_the_process_is_told_here(tmp_path: Path) -> None:
    file = _model(tmp_path, 0.0)
    basis = _task(tmp_path, "raise RuntimeError('no more')")
    with Runner(words(file, file, basis), 1) as runner:
        runner.ask("open")
        with pytest.raises(UsageError, match=r"predict\(\) failed: RuntimeError: no more") as caught:
            runner.ask("call", batch=1, at=0, times=1)
    assert f"{basis.task}:" in caught.value.where


def test_errors_keep_their_kind(tmp_path: Path) -> None:
    (tmp_path / "no.model").write_bytes(b"nothing that is read")
    line = words(tmp_path / "no.model", tmp_path / "no.model", _task(tmp_path))
    with Runner(line, 1) as runner, pytest.raises(Unknown):
        runner.ask("open")


def test_a_process_that_dies_is_told_with_what_it_said(tmp_path: Path) -> None:
    file = _model(tmp_path, 0.0)
    kill = "import os, sys; print('last words', file=sys.stderr, flush=True); os.kill(os.getpid(), 9)"
    with Runner(words(file, file, _task(tmp_path, kill)), 1) as runner:
        runner.ask("open")
        with pytest.raises(Lacking, match=rf"(?s)ended by signal {int(signal.SIGKILL)}.*last words"):
            runner.ask("call", batch=1, at=0, times=1)


def test_no_process_is_left_behind(tmp_path: Path) -> None:
    file = _model(tmp_path, 0.0)
    with Runner(words(file, file, _task(tmp_path)), 1) as runner:
        assert runner.process is not None
        number = runner.process.pid
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)
    (tmp_path / "task.py").write_text("1 / 0")
    with pytest.raises(UsageError, match="ZeroDivisionError"), Runner(words(file, file, _task_at(tmp_path)), 1):
        pass


def _task_at(folder: Path) -> Basis:
    return Basis(task=folder / "task.py")


def test_threads_are_said_to_the_libraries(tmp_path: Path) -> None:
    file = _model(tmp_path, 0.0)
    out = tmp_path / "threads"
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "DEADWEIGHT_THREADS")
    basis = _task(tmp_path, f"import os; open({str(out)!r}, 'w').write(' '.join(os.environ[n] for n in {names!r}))")
    with Runner(words(file, file, basis), 3) as runner:
        runner.ask("open")
        runner.ask("call", batch=1, at=0, times=1)
    assert out.read_text() == "3 3 3"


def test_a_model_that_takes_more_threads_than_it_is_given_is_told() -> None:
    turns = np.array([[[1.0, 2.0], [1.0, 1.0]]] * 5)
    seen = Seen([(Spent(1.0), Spent(1.0))], [(Spent(), Spent())], {1: [turns]})
    assert list(crowded(seen, 1)) == ["A keeps 2.0 threads busy where 1 were asked for: it sets them itself"]
    assert list(crowded(seen, 2)) == []


def test_the_worker_answers_in_lines_of_json(tmp_path: Path) -> None:
    file = _model(tmp_path, 0.0)
    asked = "\n".join(json.dumps(one) for one in ({"do": "open"}, {"do": "call", "batch": 2, "at": 0, "times": 3}))
    done = subprocess.run(
        words(file, file, _task(tmp_path)), input=asked, capture_output=True, text=True, check=True, cwd=tmp_path
    )
    said = [json.loads(line) for line in done.stdout.splitlines()]
    assert [list(one) for one in said] == [["inputs"], ["spent"], ["spent"]]
    assert said[0]["inputs"] == 40
    assert "this goes to the error stream" in done.stderr
    assert sys.executable == words(file, file, _task(tmp_path))[0]
