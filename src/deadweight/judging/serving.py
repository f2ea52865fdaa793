"""The side of the process that a model runs in alone: it is told in lines of JSON what to do, and answers so.

What the user's program prints goes to the error stream: standard output is ours.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO

import numpy as np

from deadweight.core.errors import DeadweightError
from deadweight.judging.residence import forget_peak, peak, resident, settle
from deadweight.judging.task import Program


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of wall and of CPU, and resident bytes more than before the model was opened: now, and at most."""

    wall: float = 0.0
    cpu: float = 0.0
    resident: int = 0
    peak: int = 0


@dataclass(slots=True)
class Bench:
    """A model that is opened, called and looked at: `opening` gives it, `inputs` are what it is called with."""

    program: Program
    inputs: Sequence[Any]
    opening: Callable[[], Any]
    model: Any = None
    before: int = 0

    def open(self) -> Spent:
        """Open the model."""
        settle()
        forget_peak()
        self.before = resident()
        wall, cpu = time.perf_counter(), time.process_time()
        self.model = self.opening()
        return self._spent(time.perf_counter() - wall, time.process_time() - cpu)

    def call(self, batch: int, at: int, times: int) -> Spent:
        """Call the model so often with `batch` inputs each, from the batch numbered `at` on; seconds of all calls."""
        given = [self._batch(batch, at + index) for index in range(times)]
        wall, cpu = time.perf_counter(), time.process_time()
        for inputs in given:
            self.program.predict(self.model, inputs)
        return Spent(time.perf_counter() - wall, time.process_time() - cpu)

    def look(self) -> Spent:
        """What is resident by now."""
        return self._spent(0.0, 0.0)

    def _spent(self, wall: float, cpu: float) -> Spent:
        return Spent(wall, cpu, resident() - self.before, peak() - self.before)

    def _batch(self, batch: int, number: int) -> Any:  # noqa: ANN401  the user's own inputs
        """Inputs one after the other; past the last one from the first on."""
        places = [(number * batch + index) % len(self.inputs) for index in range(batch)]
        inputs: Any = self.inputs
        return inputs[places] if isinstance(inputs, np.ndarray) else [inputs[place] for place in places]


def timed_inputs(program: Program) -> Sequence[Any]:
    """What a model is timed with: the calibration inputs, those of the first task where there are none."""
    if len(program.calibration):
        return program.calibration
    task = program.tasks[0]
    return task.parts.get("development", task.parts["gate"])[0]


def serve(made: Callable[[], Bench], asked: Iterable[bytes], out: BinaryIO) -> None:
    """Answer each line: first how many inputs there are, then `open`, `call` and `look` with what each took."""
    try:
        bench = made()
        _set_threads()
        _tell(out, {"inputs": len(bench.inputs)})
        for line in asked:
            _tell(out, {"spent": asdict(_done(bench, json.loads(line)))})
    except DeadweightError as fault:
        _tell(out, {"error": [type(fault).__name__, fault.what, fault.where, fault.advice]})


def own_output() -> BinaryIO:
    """What was standard output; whatever is printed from now on goes to the error stream."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return out


def _done(bench: Bench, asked: dict[str, Any]) -> Spent:
    does = asked.pop("do")
    if does == "open":
        return bench.open()
    return bench.look() if does == "look" else bench.call(**asked)


def _tell(out: BinaryIO, said: dict[str, object]) -> None:
    out.write(json.dumps(said).encode() + b"\n")
    out.flush()


def _set_threads() -> None:
    """A task that sets the threads of torch while it is read does not decide how many are measured."""
    torch, count = sys.modules.get("torch"), os.environ.get("OMP_NUM_THREADS", "")
    if torch is not None and count:
        with suppress(AttributeError, RuntimeError):
            torch.set_num_threads(int(count))
