"""The options for which Pythons and platforms versions are looked for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from deadweight.cli.options import stacked
from deadweight.pipeline.dependencies.locking import Form, Wish

FOR = stacked(
    click.option("--python", "pythons", multiple=True, metavar="3.N", help="A Python that it is for; repeatable."),
    click.option("--platform", "platforms", multiple=True, metavar="NAME", help="A platform, as uv names it (below)."),
    click.option("--torch-backend", metavar="NAME", help="Which torch: cpu, cu128, … (as uv takes it)."),
    click.option("--offline", is_flag=True, help="Use no network: only what uv remembers, and folders."),
    click.option("--find-links", "folders", multiple=True, metavar="DIR", help="A folder of wheels to take from."),
    click.option("--no-index", is_flag=True, help="Take from those folders only."),
)
FORM = click.option(
    "--form",
    type=click.Choice([str(form) for form in Form]),
    default=None,
    help="requirements.txt with hashes, or pylock.toml (PEP 751); told by the output's ending where left out.",
)


def form(said: str | None, out: Path | None = None) -> Form:
    """The form that was named, else that of the output's name: what ends in .toml is a pylock.toml."""
    if said:
        return Form(said)
    return Form.PYLOCK if out is not None and out.suffix == ".toml" else Form.REQUIREMENTS


def wish(given: Mapping[str, Any]) -> Wish:
    """What the options of FOR come to."""
    options: list[str] = []
    if given.get("torch_backend"):
        options += ["--torch-backend", given["torch_backend"]]
    options += [word for folder in given.get("folders", ()) for word in ("--find-links", str(Path(folder).absolute()))]
    options += [f"--{name.replace('_', '-')}" for name in ("no_index", "offline") if given.get(name)]
    return Wish(tuple(given.get("pythons", ())), tuple(given.get("platforms", ())), tuple(options))
