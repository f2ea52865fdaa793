"""Hooks leave the model when the watching ends."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from deadweight.squeezing.calibration.hooks import hooked


@dataclass(eq=False)
class Handle:
    """What registering a hook gives."""

    hooks: list[Handle] = field(default_factory=list)

    def remove(self) -> None:
        self.hooks.remove(self)


def _registered(count: int) -> list[Handle]:
    hooks: list[Handle] = []
    hooks.extend(Handle(hooks) for _ in range(count))
    return hooks


def test_hooks_are_there_while_it_runs_and_gone_after() -> None:
    hooks = _registered(3)
    with hooked(iter(tuple(hooks))):
        assert len(hooks) == 3
    assert hooks == []


def test_hooks_are_gone_after_a_run_that_fails() -> None:
    hooks = _registered(2)
    with pytest.raises(ZeroDivisionError), hooked(tuple(hooks)):
        raise ZeroDivisionError
    assert hooks == []
