"""What the place of a file says of its purpose."""

from __future__ import annotations

import re

from deadweight.core.scene import Scene

_FIXTURE = re.compile(r"(?:^|/)(?:tests?|testing|test[_-]?data|fixtures?|testsuite)/", re.IGNORECASE)
_INPUT = re.compile(r"(?:^|/)(?:samples?|datasets?|data|corpus|corpora|inputs?)/", re.IGNORECASE)
_RELEASES = ("etc/os-release", "usr/lib/os-release", "etc/alpine-release", "var/lib/dpkg/status")


def is_fixture(path: str) -> bool:
    """Whether the file lies where tests keep the data that they read."""
    return _FIXTURE.search(path) is not None


def is_input(path: str) -> bool:
    """Whether the file lies where programs keep the data that they read."""
    return _INPUT.search(path) is not None


def is_root_file_system(scene: Scene) -> bool:
    """Whether the artifact is a whole system: an image, or a directory with an operating system's release file."""
    return scene.artifact.image is not None or any(path in scene.listing for path in _RELEASES)


def newest_change(scene: Scene) -> float:
    """The latest time of change in the artifact, in seconds since the epoch: the moment that ages are counted to."""
    return max((entry.mtime for entry in scene.listing.entries), default=0.0)
