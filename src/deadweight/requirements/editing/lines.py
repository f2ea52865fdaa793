"""A requirements file edited line by line."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Sequence

from packaging.utils import canonicalize_name

from deadweight.core.errors import UsageError
from deadweight.requirements.editing.change import Addition, FileEdit, Removal
from deadweight.requirements.requirement_lines import Statement, statements


def edited_lines(text: str, edit: FileEdit) -> str:
    """The text without the removals and with the additions.

    With a requirement go its continued lines, its hashes and the indented comments under it, and the comment right
    above it where that heads nothing else. What is added comes last, or where it belongs in a sorted list. Raises
    UsageError for a line that is not as it was read, and for a list with hashes, which nothing can be added to.
    """
    lines = text.splitlines(keepends=True)
    gone = {number for one in edit.removals for number in _lines_of(lines, one, edit.path)}
    kept = [line for number, line in enumerate(lines) if number not in gone]
    if edit.additions:
        kept = _with(kept, edit)
    return "".join(kept)


def _lines_of(lines: Sequence[str], removal: Removal, path: str) -> Iterable[int]:
    """The numbers from 0 of the lines that are the requirement's."""
    start = removal.line - 1
    if not 0 <= start < len(lines) or _first_words(removal.spelled) not in lines[start]:
        raise UsageError(
            f"{removal.name} is not there as it was read", where=f"{path}:{removal.line}", advice="Run it again."
        )
    end = start + 1
    while end < len(lines) and _goes_on(lines[end - 1]):
        end += 1
    while end < len(lines) and _is_note(lines[end]):
        end += 1
    return range(_heading(lines, start, end), end)


def _first_words(spelled: str) -> str:
    """What must stand in the line: the text up to where a continuation may break it."""
    return spelled.split()[0] if spelled.split() else spelled


def _goes_on(line: str) -> bool:
    return line.rstrip("\r\n").endswith("\\") and not line.lstrip().startswith("#")


def _is_note(line: str) -> bool:
    """Whether the line is an indented comment, such as pip-compile's `# via`."""
    return line[:1] in (" ", "\t") and line.lstrip().startswith("#")


def _heading(lines: Sequence[str], start: int, end: int) -> int:
    """Where the comments begin that are right above and head just this requirement; its own line for none."""
    top = start
    while top > 0 and lines[top - 1].startswith("#"):
        top -= 1
    stands_alone = end == len(lines) or not lines[end].strip() or lines[end].startswith("#")
    return top if top > 0 and stands_alone else start


def _with(lines: Sequence[str], edit: FileEdit) -> list[str]:
    text = "".join(lines)
    stated = [one for one in statements(text) if one.asks]
    if any(one.values("--hash") for one in stated):
        raise UsageError(
            "every requirement in it has hashes, and what is added would have none",
            where=edit.path,
            advice="Add it to the list that this one is made from, and make it anew: deadweight deps lock.",
        )
    ending = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    made = list(lines)
    if made and not made[-1].endswith(("\n", "\r")):
        made[-1] += ending
    places = [(_place(lines, stated, one), one.name, one.requirement) for one in edit.additions]
    for place, _, requirement in sorted(places, reverse=True):
        made.insert(place, f"{requirement}{ending}")
    return made


def _place(lines: Sequence[str], stated: Sequence[Statement], addition: Addition) -> int:
    """The number from 0 of the line that the addition goes before."""
    names = [canonicalize_name(_bare(one.asks)) for one in stated]
    if not stated:
        return len(lines)
    if len(names) > 1 and names == sorted(names) and (index := bisect(names, addition.name)) < len(names):
        return stated[index].line - 1
    last = stated[-1].line
    while last < len(lines) and (_goes_on(lines[last - 1]) or _is_note(lines[last])):
        last += 1
    return last


def _bare(asks: str) -> str:
    """The name at the head of a requirement."""
    head = next((index for index, letter in enumerate(asks) if letter in "[<>=!~; @("), len(asks))
    return asks[:head]
