"""The words by which commands of `deps` are told what to look at."""

from __future__ import annotations

from pathlib import Path

import click

from deadweight.cli.talk import PATH

LOOKED_AT = click.argument("target", metavar="[PROJECT|ENV|LOCK]", type=PATH, default=Path())
_HELP = "The environment it runs in; .venv and the like are found."
ENVIRONMENT = click.option("--env", "--environment", "environment", type=PATH, metavar="ENV", help=_HELP)
SPELLED_OUT = click.option("--environment", "installed", type=PATH, metavar="ENV", help=_HELP)
"""The same where `--env` is a variable of what is run: it is given as `installed`."""
