"""The files of a project that can be edited, each in its own way."""

from __future__ import annotations

from collections.abc import Callable

from deadweight.core.errors import UsageError
from deadweight.requirements.editing.change import FileEdit
from deadweight.requirements.editing.lines import edited_lines
from deadweight.requirements.editing.setup_cfg import edited_setup_cfg
from deadweight.requirements.editing.toml import edited_toml

_MARK = "\ufeff"


def edited(data: bytes, edit: FileEdit) -> bytes:
    """The bytes of the file after the edit; all that it does not name stays byte for byte.

    Raises UsageError for a file that is no UTF-8, that is of no form that is edited, or not as it was read.
    """
    editor = editor_of(edit.path)
    if editor is None:
        raise UsageError("a file of this form is not edited", where=edit.path, advice="Edit it by hand.")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise UsageError(
            f"it is no UTF-8 text at byte {fault.start}", where=edit.path, advice="Edit it by hand."
        ) from fault
    mark = _MARK if text.startswith(_MARK) else ""
    return (mark + editor(text.removeprefix(mark), edit)).encode()


def editor_of(path: str) -> Callable[[str, FileEdit], str] | None:
    """What edits a file of that name, None for one that is not edited."""
    name = path.rpartition("/")[2]
    if name in ("pyproject.toml", "Pipfile"):
        return edited_toml
    if name == "setup.cfg":
        return edited_setup_cfg
    return edited_lines if name.endswith((".txt", ".in")) else None
