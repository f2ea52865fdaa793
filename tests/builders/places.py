"""Places that a program can fail at: a full disk, one that is read only, a folder of somebody else."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

NOBODY = 65534
AS_NOBODY: Sequence[str] = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")


def can_mount() -> bool:
    """Whether this process may mount file systems."""
    if os.geteuid() != 0:
        return False
    try:
        with small_disk(1 << 16):
            return True
    except subprocess.CalledProcessError:
        return False


@contextmanager
def small_disk(size: int) -> Iterator[Path]:
    """A disk of its own that holds so many bytes."""
    with tempfile.TemporaryDirectory(prefix="deadweight-disk-") as folder:
        place = Path(folder) / "disk"
        place.mkdir()
        _quietly("mount", "-t", "tmpfs", "-o", f"size={size},mode=0777", "tmpfs", str(place))
        try:
            yield place
        finally:
            _quietly("umount", "--lazy", str(place))


@contextmanager
def read_only(folder: Path) -> Iterator[Path]:
    """The folder, on a disk that can't be written to."""
    _quietly("mount", "--bind", str(folder), str(folder))
    try:
        _quietly("mount", "-o", "remount,bind,ro", str(folder))
        yield folder
    finally:
        _quietly("umount", "--lazy", str(folder))


def _quietly(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)
