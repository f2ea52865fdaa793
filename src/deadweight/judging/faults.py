"""What goes wrong in a user's own program is told with the place in the user's file."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from deadweight.core.errors import DeadweightError, UsageError

_NOT_THE_USERS = ("site-packages", "dist-packages")


@contextmanager
def failing(what: str, where: Path | str) -> Iterator[None]:
    """Raise UsageError for whatever fails within, with the line of the user's file where `where` is one."""
    try:
        yield
    except DeadweightError:
        raise
    except (Exception, SystemExit) as fault:  # the user's program may fail in any way
        said = f"{type(fault).__name__}: {fault}".rstrip(": ")
        raise UsageError(f"{what} failed: {said}", where=_place(fault, where), advice=_advice(fault)) from fault


def asked(what: str, call: Callable[..., Any], where: Path) -> Callable[..., Any]:
    """The user's function, whose failures are told with their place, and which may not give nothing."""

    def ask(*given: object) -> Any:  # noqa: ANN401  it is the user's own
        with failing(what, where):
            found = call(*given)
        if found is None:
            line = getattr(getattr(call, "__code__", None), "co_firstlineno", 0)
            raise UsageError(f"{what} gave nothing", where=_line(where, line), advice="It is to end with a return.")
        return found

    return ask


def _place(fault: BaseException, where: Path | str) -> str:
    if isinstance(where, str):
        return where
    if isinstance(fault, SyntaxError) and fault.filename:
        return _line(Path(fault.filename), fault.lineno or 0)
    frames = traceback.extract_tb(fault.__traceback__)
    users = [frame for frame in frames if _is_users(Path(frame.filename), where)]
    return _line(Path(users[-1].filename), users[-1].lineno or 0) if users else str(where)


def _line(path: Path, number: int) -> str:
    return f"{path}:{number}" if number else str(path)


def _is_users(path: Path, own: Path) -> bool:
    """Whether it is the user's file, or one beside it or below."""
    if path == own:
        return True
    inside = path.resolve().is_relative_to(own.resolve().parent)
    return inside and not any(part in _NOT_THE_USERS for part in path.parts)


def _advice(fault: BaseException) -> str:
    if isinstance(fault, ModuleNotFoundError):
        return f"It is run by {sys.executable}: install {fault.name} there."
    return ""
