"""`deadweight deps`: what a project asks for, what it uses, what each costs; one module a command."""

from __future__ import annotations

import click

from deadweight.cli.lazy_group import LazyGroup

COMMANDS: dict[str, str] = {
    "check": "what is asked for held against what is used",
    "cost": "what each requirement, extra and group costs, and what only it brings",
    "what-if": "what dropping, swapping or adding comes to, before it is done",
    "tree": "who requires what, with sizes; what is missing or contradicts",
    "split": "a list for what runs, others for what does not, each locked",
    "lock": "exact versions with hashes of what is asked for",
    "fix": "edit the project's own files by what was found",
}


@click.group("deps", cls=LazyGroup, package="deadweight.cli.deps", listed=COMMANDS)
def COMMAND() -> None:  # noqa: N802
    """What a project needs, what it only carries, what each costs; lean and locked lists.

    \b
    Examples:
      deadweight deps check
      deadweight deps cost .venv
      deadweight deps tree --why numpy
    """
