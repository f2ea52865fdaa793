"""`deadweight completion`: a completion script for the shell."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def COMMAND(shell: str) -> int:  # noqa: N802
    """Print a completion script for SHELL.

    \b
    Examples:
      deadweight completion bash > ~/.local/share/bash-completion/completions/deadweight
      deadweight completion fish > ~/.config/fish/completions/deadweight.fish
    """
    from deadweight.cli.program import deadweight

    made = get_completion_class(shell)
    assert made is not None, "click knows these three"
    click.echo(made(deadweight, {}, "deadweight", "_DEADWEIGHT_COMPLETE").source())
    return 0
