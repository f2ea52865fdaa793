"""Nameless files on disk, for what is large and wanted again: one goes with its descriptor."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

_SPARE = 1 << 30
_LARGE_FILES = "/var/tmp"


def folder_for_large_files() -> str:
    """Where large temporary files belong: not /tmp, which may be memory (FHS 3.0, 5.15), unless somebody says so."""
    named = os.environ.get("TMPDIR", "")
    return named if named or not Path(_LARGE_FILES).is_dir() else _LARGE_FILES


def has_room(folder: str) -> bool:
    """Whether a gigabyte stays free there for others; an empty name is the system's usual folder."""
    return shutil.disk_usage(folder or tempfile.gettempdir()).free >= _SPARE


def nameless_file(folder: str) -> int:
    """The descriptor of a new file that no path leads to; whoever asked closes it. Raises OSError."""
    with tempfile.TemporaryFile(dir=folder or None) as made:
        return os.dup(made.fileno())
