"""`python -m deadweight.cli.documentation DIR` writes the parts of the documentation that repeat the code."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from deadweight.cli.configuration import Budget, Configuration
from deadweight.cli.exits import EXITS
from deadweight.cli.schemas import schemas
from deadweight.core.level import Level
from deadweight.core.plugins import found
from deadweight.core.requirement_seams import Evidence
from deadweight.core.seams import EditKind
from deadweight.edits.applying import edit_kinds
from deadweight.formats.recognition import formats
from deadweight.pipeline.finding import rules

if TYPE_CHECKING:
    import click

MADE = "<!-- Made from the code by `make docs`; edit the code. -->\n\n"


def documents() -> Mapping[str, str]:
    """Every generated document by its file name."""
    return {
        "rules.md": MADE + _rules(),
        "exit-status.md": MADE + _exits(),
        "configuration.md": MADE + _configuration(),
        "formats.md": MADE + _formats(),
        "edits.md": MADE + _edits(edit_kinds()),
        "commands.md": MADE + _commands(),
        "kinds-of-evidence.md": MADE + _evidence(),
        **schemas(),
    }


def main(arguments: list[str]) -> int:
    """Write the documents, or with `--check` name those that are not what the code says."""
    check = "--check" in arguments
    folder = Path(next(word for word in arguments if not word.startswith("-")))
    stale = []
    for name, wanted in documents().items():
        path = folder / name
        if path.is_file() and path.read_text("utf-8") == wanted:
            continue
        stale.append(str(path))
        if not check:
            path.write_text(wanted, "utf-8")
    if check and stale:
        print(f"not what the code says: {', '.join(stale)}\n  Write them: make docs", file=sys.stderr)
    return 1 if check and stale else 0


def _rules() -> str:
    known = rules()
    rows = "".join(
        f"| [{one.value.name}](#{one.value.name}) | {one.value.level} | {one.value.safety} | {one.value.summary} |\n"
        for one in known
    )
    levels = "".join(f"| `{level}` | {level.promise} |\n" for level in Level)
    sections = "".join(f"\n## {one.value.name}\n\n{_headed(one.doc)}\n" for one in known)
    return (
        f"# Rules\n\n| `--level` | what it cuts |\n|---|---|\n{levels}\n"
        f"| rule | level | safety | what it finds |\n|---|---|---|---|\n{rows}{sections}"
    )


def _headed(doc: str) -> str:
    """A rule's documentation, its four headings as headings."""
    headings = ("Why it weighs", "Evidence", "Edit", "Source")
    lines = [line for line in doc.split("\n") if not (line and set(line) <= {"-", "="})]
    return "\n".join(f"### {line.strip()}" if line.strip() in headings else line for line in lines)


def _exits() -> str:
    rows = "".join(f"| {one.status} | {one.meaning} |\n" for one in EXITS)
    return f"# Exit status\n\n| status | meaning |\n|---|---|\n{rows}"


def _configuration() -> str:
    parts = ["# Configuration\n\nIn `pyproject.toml`, or without the `tool.deadweight` prefix in `deadweight.toml`.\n"]
    for kind, place in ((Configuration, "[tool.deadweight]"), (Budget, "[tool.deadweight.budget]")):
        rows = "".join(f"| `{one.name}` | {_toml(one.type)} | {one.metadata['meaning']} |\n" for one in fields(kind))
        parts.append(f"\n## `{place}`\n\n{kind.__doc__}\n\n| key | type | meaning |\n|---|---|---|\n{rows}")
    return "".join(parts)


def _toml(annotation: object) -> str:
    """How TOML calls the type of a setting."""
    names = {"str": "text", "int": "whole number", "tuple[str, ...]": "list of text", "Level | None": "text"}
    return names.get(str(annotation), "table")


def _evidence() -> str:
    kinds = found("deadweight.uses", "EVIDENCE", Evidence)
    ordered = sorted((plugin.value for plugin in kinds), key=lambda kind: kind.name)
    rows = "".join(f"| {one.name} | {one.summary} |\n" for one in ordered)
    head = "# Kinds of evidence\n\nHow they are weighed: [evidence](evidence.md).\n\n"
    return f"{head}| kind | what is read |\n|---|---|\n{rows}"


def _formats() -> str:
    rows = ""
    for one in formats():
        takes = ", ".join(sorted(one.packs)) or "only read"
        rows += f"| {one.name} | {one.summary} | {', '.join(sorted(one.stores))} | {takes} |\n"
    head = "# Formats\n\nRecognised by content, in this order.\n\n"
    return f"{head}| format | what it is | what it stores | what it can be written from |\n|---|---|---|---|\n{rows}"


def _edits(kinds: Mapping[str, EditKind]) -> str:
    ordered = sorted(kinds.values(), key=lambda kind: kind.order)
    rows = "".join(f"| {one.name} | {one.summary} | {', '.join(sorted(one.needs))} |\n" for one in ordered)
    return f"# Edits\n\n| edit | what it does | what the format must store |\n|---|---|---|\n{rows}"


def _commands() -> str:
    import click

    from deadweight.cli.program import deadweight

    context = click.Context(deadweight, info_name="deadweight", terminal_width=100, help_option_names=["-h", "--help"])
    return "# Commands\n" + "".join(_helps(deadweight, context))


def _helps(group: click.Group, context: click.Context) -> Iterator[str]:
    """The help of each command of the group, and of those within."""
    import click

    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None, "every listed command is there"
        inner = click.Context(command, info_name=name, parent=context)
        yield f"\n## {inner.command_path}\n\n```\n{command.get_help(inner)}\n```\n"
        if isinstance(command, click.Group):
            yield from _helps(command, inner)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
