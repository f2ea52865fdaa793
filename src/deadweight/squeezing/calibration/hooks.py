"""Hooks on a torch model, for as long as it is watched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def hooked(hooks: Iterable[Any]) -> Iterator[None]:
    """Handles of torch, as what registers a hook gives them, that are removed in the end, whatever happens."""
    held = list(hooks)
    try:
        yield
    finally:
        for one in held:
            one.remove()
