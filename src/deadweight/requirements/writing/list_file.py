"""A list of requirements as a person keeps it: one a line, in order, a comment where there is something to say."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from packaging.requirements import Requirement

from deadweight.requirements.writing.groups import Line


def list_text(lines: Sequence[Line], heading: Sequence[str] = ()) -> str:
    """The text of the file; `heading` are the comments at its top."""
    return "".join(f"{line}\n" for line in _lines(lines, heading))


def local_line(requirement: str, path: Path, out: Path, *, editable: bool = False) -> str:
    """A local requirement as it is written into a file of the folder `out`: by its path from there."""
    parsed = Requirement(requirement)
    extras = f"[{','.join(sorted(parsed.extras))}]" if parsed.extras else ""
    marker = f" ; {parsed.marker}" if parsed.marker else ""
    beside = os.path.relpath(path, out)
    return f"{'-e ' if editable else ''}{beside if beside.startswith('.') else f'./{beside}'}{extras}{marker}"


def _lines(lines: Sequence[Line], heading: Sequence[str]) -> Iterator[str]:
    yield from (f"# {one}".rstrip() for one in heading)
    for line in lines:
        comment = " ".join(line.comment.split())
        yield f"{line.requirement}  # {comment}" if comment else line.requirement
