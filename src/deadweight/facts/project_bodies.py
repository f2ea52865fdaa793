"""What stands in a project's file, for as long as it is small enough to be something that a person wrote."""

from __future__ import annotations

import io
from pathlib import Path
from typing import BinaryIO

from deadweight.core.gap import Gap
from deadweight.core.project import Project

LARGEST_TEXT = 4 << 20


def text_of(project: Project, path: str, stage: str) -> str:
    """The file's text; one of more than 4 MiB, or that cannot be read, is a gap and comes empty."""
    size = size_of(project, path)
    if size is not None and size > LARGEST_TEXT:
        project.note(Gap(stage, path, f"it is not read: {size} bytes are more than a person writes"))
        return ""
    try:
        return project.text(path)
    except OSError as fault:
        project.note(Gap(stage, path, f"it cannot be read: {fault.strerror or fault}"))
        return ""


def size_of(project: Project, path: str) -> int | None:
    """The bytes of the file on disk, None where it lies nowhere."""
    try:
        return (Path(project.location) / path).stat().st_size
    except OSError:
        return None


def opened(project: Project, path: str) -> BinaryIO:
    """The file's bytes as a stream, from disk where it lies there: what is large is then never held whole."""
    try:
        return (Path(project.location) / path).open("rb")
    except OSError:
        return io.BytesIO(project.read(path))
