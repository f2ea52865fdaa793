"""The parts of the system that deadweight makes use of, and what is lost without each."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass

_SECONDS = 10
_PARTS = (
    ("bubblewrap", "bwrap", "programs cannot be run safely, so nothing is proven"),
    ("strace", "strace", "what a run opens is not known; rules decide without it"),
    ("skopeo", "skopeo", "images are not fetched from or sent to a registry; archives and layouts still work"),
    ("umoci", "umoci", "results are not checked by a second reader of OCI layouts (tests only)"),
    ("buildah", "buildah", "images are not built from Dockerfiles here (tests only)"),
)


@dataclass(frozen=True, slots=True)
class Part:
    """One part: where it is and what it says of its version, both empty where it is missing."""

    name: str
    path: str
    version: str
    without: str

    @property
    def present(self) -> bool:
        """Whether it is there."""
        return bool(self.path)


def parts() -> tuple[Part, ...]:
    """Every part, in the order of what it is worth."""
    return tuple(_part(name, program, without) for name, program, without in _PARTS)


def _part(name: str, program: str, without: str) -> Part:
    path = shutil.which(program) or ""
    return Part(name, path, _version(path) if path else "", without)


def _version(path: str) -> str:
    try:
        done = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return next(iter((done.stdout or done.stderr).splitlines()), "").strip()
