"""A torch model becomes a graph of ONNX by being traced, and the graph is run beside it.

Which lengths may differ from call to call is seen: the task gives examples of several inputs, and what differs between
them is free.
"""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np

from deadweight.core.conversion import Ran
from deadweight.core.errors import Lacking, ProofFailed, UsageError
from deadweight.judging.faults import failing
from deadweight.judging.onnx_models import opened
from deadweight.judging.task import Program

_SPREAD = 32
"""Inputs, evenly from all, that are looked at one by one: those that come first may all be as long."""
_GROUPS = ((0, 2), (2, 5), (5, 9), (9, 16))
"""Those that are looked at together: first and end."""
_FURTHEST = 1e-3
"""The largest difference of the outputs, in shares of their root mean square, that is put down to rounding."""
_WHERE = "the task"


def export(program: Program, model: Any, made: Path) -> Ran:  # noqa: ANN401  the user's own
    """Write the graph of the model, run it on calibration inputs, and give how far its outputs are from the model's.

    Raises Lacking without torch and onnxscript, UsageError where the task gives no examples or the model is not traced,
    ProofFailed where the outputs differ by more than rounding.
    """
    _check_libraries()
    import torch

    examples = _examples(program)
    with _hushed(), failing("tracing the model", _WHERE), torch.no_grad():
        traced = torch.onnx.export(
            model, examples[-1], dynamo=True, dynamic_shapes=_free(examples), external_data=False, verbose=False
        )
    traced.save(str(made), external_data=False)
    return _ran(model, examples, made)


def _examples(program: Program) -> list[tuple[Any, ...]]:
    """What the model is called with for a few groups of calibration inputs."""
    if program.example is None or not len(program.calibration):
        raise UsageError(
            "a graph is made by running the model, and the task defines no example(inputs)"
            if program.example is None
            else "a graph is made by running the model, and the task has no calibration inputs",
            where=_WHERE,
            advice="example(inputs) gives the tensors that the model is called with: model(*example(inputs)).",
        )
    inputs = list(program.calibration)
    spread = inputs[:: max(1, len(inputs) // _SPREAD)][:_SPREAD]
    groups = [[one] for one in spread] + [spread[first:end] for first, end in _GROUPS]
    found = [program.example(group) for group in groups if group]
    return [tuple(one) if isinstance(one, tuple | list) else (one,) for one in found]


def _free(examples: Sequence[tuple[Any, ...]]) -> tuple[Mapping[int, Any], ...]:
    """The axes of each argument whose lengths differ among the examples."""
    from torch.export import Dim

    shapes = [[tuple(one.shape) for one in arguments] for arguments in zip(*examples, strict=True)]
    return tuple(
        {axis: Dim.DYNAMIC for axis, lengths in enumerate(zip(*several, strict=True)) if len(set(lengths)) > 1}
        for several in shapes
    )


def _ran(model: Any, examples: Sequence[tuple[Any, ...]], made: Path) -> Ran:  # noqa: ANN401  as above
    import torch

    session, furthest, scale = opened(made), 0.0, 0.0
    names = [one.name for one in session.get_inputs()]
    for arguments in examples:
        with torch.no_grad():
            right = [one.detach().cpu().numpy() for one in _outputs(model(*arguments))]
        given = session.run(None, {name: one.numpy() for name, one in zip(names, arguments, strict=True)})
        for was, now in zip(right, given, strict=True):
            furthest = max(furthest, float(np.abs(was - now).max(initial=0.0)))
            scale = max(scale, float(np.sqrt(np.mean(was.astype(np.float64) ** 2))))
    if not furthest <= _FURTHEST * max(scale, 1e-12):
        raise ProofFailed(f"the graph's outputs differ by {furthest:.3g}, of {scale:.3g}", where=str(made.name))
    return Ran("onnxruntime", sum(len(one[0]) for one in examples), furthest, scale, tuple(_fixed(session)))


def _fixed(session: Any) -> Iterator[str]:  # noqa: ANN401  onnxruntime's own
    """The lengths that the graph takes and no other."""
    for one in session.get_inputs():
        for axis, length in enumerate(one.shape):
            if isinstance(length, int):
                yield f"axis {axis} of {one.name} is {length}"


def _outputs(given: Any) -> Iterator[Any]:  # noqa: ANN401  as above
    from torch.utils import _pytree

    yield from (one for one in _pytree.tree_leaves(given) if hasattr(one, "detach"))


@contextmanager
def _hushed() -> Iterator[None]:
    """The exporter tells each of its steps, and of extensions that are not there."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings(), redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


def _check_libraries() -> None:
    try:
        import onnxscript  # noqa: F401
        import torch  # noqa: F401
    except ImportError as fault:
        raise Lacking(
            f"making a graph of a torch model takes {fault.name}", advice="pip install 'deadweight[models,torch]'"
        ) from fault
