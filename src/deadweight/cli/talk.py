"""Options that every command has, and what paths on the command line are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])
PATH = click.Path(readable=False, path_type=Path)


def stacked(*decorators: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Several decorators as one."""

    def decorate(command: Command) -> Command:
        for decorator in reversed(decorators):
            command = decorator(command)
        return command

    return decorate


TALK = stacked(
    click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output."),
    click.option("--quiet", "-q", is_flag=True, help="No progress, and no report but errors."),
)
