"""setup.cfg edited line by line."""

from __future__ import annotations

import re
from collections.abc import Sequence

from deadweight.core.errors import UsageError
from deadweight.requirements.editing.change import Addition, FileEdit, Removal

_SECTION = re.compile(r"\[(?P<name>[^]]+)\]")
_EXTRAS = "options.extras_require"


def edited_setup_cfg(text: str, edit: FileEdit) -> str:
    """The text without the removals and with the additions, each at the end of its list.

    Raises UsageError for a line that is not as it was read, or that holds more than the requirement.
    """
    lines = text.splitlines(keepends=True)
    for removal in edit.removals:
        _check(lines, removal, edit.path)
    gone = {removal.line - 1 for removal in edit.removals}
    kept = [line for number, line in enumerate(lines) if number not in gone]
    for addition in edit.additions:
        _add(kept, addition)
    return "".join(kept)


def _check(lines: Sequence[str], removal: Removal, path: str) -> None:
    there = lines[removal.line - 1] if 0 < removal.line <= len(lines) else ""
    bare = re.split(r"(?:^|\s)#", there, maxsplit=1)[0].strip()
    if bare != removal.spelled.strip():
        raise UsageError(
            f"{removal.name} does not stand on a line of its own",
            where=f"{path}:{removal.line}",
            advice="Put each requirement on a line of its own, and run it again.",
        )


def _add(lines: list[str], addition: Addition) -> None:
    is_extra = addition.key.startswith(f"{_EXTRAS}.")
    option = addition.key.removeprefix(f"{_EXTRAS}.")
    ending = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    start = _section(lines, _EXTRAS if is_extra else "options", ending)
    end = next((at for at in range(start + 1, len(lines)) if _named(lines[at])), len(lines))
    key = next((at for at in range(start + 1, end) if re.match(rf"{re.escape(option)}\s*[=:]", lines[at])), None)
    if key is None:
        lines[start + 1 : start + 1] = [f"{option} ={ending}", f"    {addition.requirement}{ending}"]
        return
    last = _last_of_value(lines, key, end)
    if not lines[last].endswith(("\n", "\r")):
        lines[last] += ending
    indent = re.match(r"[ \t]*", lines[last])
    lines.insert(last + 1, f"{(indent[0] if indent and last > key else '') or '    '}{addition.requirement}{ending}")


def _section(lines: list[str], section: str, ending: str) -> int:
    """The line of the section's name; one that is not there is written at the end."""
    start = next((at for at, line in enumerate(lines) if _named(line) == section), None)
    if start is not None:
        return start
    lines.extend((ending, f"[{section}]{ending}"))
    return len(lines) - 1


def _last_of_value(lines: list[str], key: int, end: int) -> int:
    """The last line of the value that begins at the key."""
    last = key
    while last + 1 < end and lines[last + 1][:1] in (" ", "\t") and lines[last + 1].strip():
        last += 1
    return last


def _named(line: str) -> str:
    found = _SECTION.match(line)
    return found["name"].strip() if found else ""
