"""A group of commands, each a module that is imported when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click


class LazyGroup(click.Group):
    """Commands by name with what each is for; the module of the name in `package` holds it as `COMMAND`."""

    def __init__(self, *given: Any, package: str, listed: Mapping[str, str], **more: Any) -> None:  # noqa: ANN401
        super().__init__(*given, **more)
        self.package = package
        self.listed = listed

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command's name, in the order of the work."""
        return list(self.listed)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name not in self.listed:
            return None
        command: click.Command = import_module(f"{self.package}.{cmd_name.replace('-', '_')}").COMMAND
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without importing one."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self.listed.items()))
