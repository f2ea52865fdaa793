"""Options that every command has, and what paths on the command line are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])
PATH = click.Path(readable=False, path_type=Path)


class _NewPath(click.Path):
    """A path where nothing is: told before the work, which may take long, and not at its end."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401
        from deadweight.formats.output import refuse_existing

        path = super().convert(value, param, ctx)
        refuse_existing(Path(str(path)))
        return path


NEW_PATH = _NewPath(readable=False, path_type=Path)


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
