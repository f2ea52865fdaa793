"""`deadweight zoo add`: a model file or a folder becomes a version."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import click

from deadweight.cli.answering import answer
from deadweight.cli.progress import terminal_progress
from deadweight.cli.talk import PATH, TALK
from deadweight.cli.zoo.place import ZOO, wanted
from deadweight.core.errors import UsageError
from deadweight.core.zoo import Reference
from deadweight.reports.zoo import adding
from deadweight.zoo.adding import add
from deadweight.zoo.naming import Wish


@click.command("add")
@click.argument("target", type=PATH, metavar="FILE|DIR")
@click.argument("name", callback=wanted, metavar="NAME[:VERSION]")
@click.option("--parent", callback=wanted, metavar="NAME[:VERSION]", help="What it was made from; the latest of NAME.")
@click.option("--note", "notes", multiple=True, metavar="KEY=VALUE", help="Something to remember with the version.")
@ZOO
@TALK
def COMMAND(target: Path, name: Reference, zoo: Path, **given: Any) -> int:  # noqa: N802, ANN401  click's
    """Put a model FILE, with the files that belong to it, or all files of a folder into the store as a version.

    Tensors that the store has already are not stored again, and those near the parent's of the same name become
    differences to them where that is smaller. Versions never change; without one it is the next number.

    \b
    Examples:
      deadweight zoo add model.safetensors minilm
      deadweight zoo add tuned.safetensors minilm:tuned --parent minilm:1 --note data=bbc
      SOURCE_DATE_EPOCH=0 deadweight zoo add models/silero silero:6.2
    """
    wish = Wish(name, _epoch(os.environ.get("SOURCE_DATE_EPOCH", "")), given["parent"], _notes(given["notes"]))
    done = add(zoo, target, wish, terminal_progress(given["quiet"]))
    answer(done, adding.text, given["as_json"], given["quiet"])
    return 0


def _epoch(text: str) -> int:
    if text and not text.isdecimal():
        raise UsageError(f"{text!r} are no seconds", where="SOURCE_DATE_EPOCH", advice="Write it as `date +%s` does.")
    return int(text or time.time())


def _notes(given: tuple[str, ...]) -> dict[str, str]:
    notes = {}
    for one in given:
        key, sign, value = one.partition("=")
        if not key or not sign:
            raise UsageError(f"{one!r} is no note", where="--note", advice="Write it as KEY=VALUE.")
        notes[key] = value
    return notes
