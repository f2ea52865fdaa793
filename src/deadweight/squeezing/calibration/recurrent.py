"""What the gates of recurrent layers of torch are given: inputs, and the states that they made before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from deadweight.squeezing.calibration.moments import Calibration


def watch_cell(module: Any, names: Mapping[int, str], found: Calibration, given: tuple[Any, ...]) -> None:  # noqa: ANN401
    """Add what one step of a cell is given."""
    for part, rows in _cell_inputs(given):
        _add(module, names, found, (part, rows))


def _cell_inputs(given: tuple[Any, ...]) -> Iterator[tuple[str, Any]]:
    yield "ih", given[0]
    if len(given) > 1 and given[1] is not None:
        yield "hh", given[1][0] if isinstance(given[1], tuple) else given[1]


def watch_layers(module: Any, names: Mapping[int, str], found: Calibration, inputs: Any) -> None:  # noqa: ANN401
    """Run the layers of a recurrent module one by one, and add what each of them is given.

    The states that a layer makes stand for those that it is given: all of them but the last, one step later.
    """
    import torch

    with torch.inference_mode(False), torch.no_grad():
        inputs = _copy(inputs)
        for number in range(module.num_layers):
            single = _single(module, number)
            outputs, _ = single(inputs)
            ends = ("", "_reverse") if module.bidirectional else ("",)
            states = _rows(outputs).chunk(len(ends), dim=-1)
            for end, state in zip(ends, states, strict=True):
                _add(module, names, found, (f"ih_l{number}{end}", _rows(inputs)))
                _add(module, names, found, (f"hh_l{number}{end}", state))
            inputs = outputs


def _add(module: Any, names: Mapping[int, str], found: Calibration, part: tuple[str, Any]) -> None:  # noqa: ANN401
    end, rows = part
    weight = names.get(id(getattr(module, f"weight_{end}")))
    bias = names.get(id(getattr(module, f"bias_{end}", None)))
    if weight is not None:
        found.layer(weight, bias).add(rows.detach().reshape(-1, rows.shape[-1]).float().cpu().numpy())


def _copy(sequence: Any) -> Any:  # noqa: ANN401  a tensor, or one that is packed
    """The same, free of the mode that it was made in: torch refuses packed ones of inference mode here."""
    return sequence._replace(data=sequence.data.clone()) if hasattr(sequence, "batch_sizes") else sequence.clone()


def _rows(sequence: Any) -> Any:  # noqa: ANN401  a tensor, or one that is packed
    return sequence.data if hasattr(sequence, "batch_sizes") else sequence


def _single(module: Any, number: int) -> Any:  # noqa: ANN401
    """One layer of it as a module of its own, with the same weights."""
    ends = ("", "_reverse") if module.bidirectional else ("",)
    wide = (module.proj_size or module.hidden_size) * len(ends)
    settings = {"proj_size": module.proj_size} if module.proj_size else {}
    settings |= {"nonlinearity": module.nonlinearity} if hasattr(module, "nonlinearity") else {}
    made = type(module)(
        wide if number else module.input_size,
        module.hidden_size,
        bias=module.bias,
        batch_first=module.batch_first,
        bidirectional=module.bidirectional,
        **settings,
    )
    own = dict(module.named_parameters())
    for name, parameter in made.named_parameters():
        parameter.data = own[name.replace("_l0", f"_l{number}")].detach()
    return made.eval()
