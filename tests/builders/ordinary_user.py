"""What an ordinary user needs to work in a folder that root made for a test."""

from __future__ import annotations

from pathlib import Path


def opened_to_all(folder: Path) -> Path:
    """The folder, which everybody may write to, its way there open: pytest makes its own for one user alone."""
    folder.chmod(0o777)
    for above in folder.parents:
        mode = above.stat().st_mode & 0o7777
        if mode & 0o011 != 0o011 and above.owner() != "nobody":
            above.chmod(mode | 0o011)
    return folder
