"""Reads paragraphs of fields, as dpkg's status file and its like hold them (deb822(5))."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

_VERSION = re.compile(r"\([^)]*\)|\[[^\]]*\]|<[^>]*>")


def paragraphs(text: str) -> Iterator[Mapping[str, str]]:
    """The fields of each paragraph by their names in lower case; continued lines are joined with a line break."""
    for paragraph in re.split(r"\n[ \t]*\n", text):
        fields = _fields(paragraph)
        if fields:
            yield fields


def _fields(paragraph: str) -> Mapping[str, str]:
    fields: dict[str, str] = {}
    last = ""
    for line in paragraph.split("\n"):
        if line[:1] in (" ", "\t"):
            fields[last] = f"{fields.get(last, '')}\n{line.strip()}"
        elif ":" in line:
            name, _, value = line.partition(":")
            last = name.lower()
            fields[last] = value.strip()
    fields.pop("", None)
    return fields


def relations(stated: str) -> Iterator[tuple[str, ...]]:
    """The names of each relation of a field such as Depends, its alternatives in order; versions are left out."""
    for relation in stated.split(","):
        names = (_VERSION.sub("", one).strip().partition(":")[0] for one in relation.split("|"))
        found = tuple(name for name in names if name)
        if found:
            yield found
