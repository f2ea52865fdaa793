"""Which Python, on which system, the artifact is for."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Mapping

from deadweight.core.scene import Fact, Scene

_VERSION = re.compile(r"(?:^|/)lib(?:64)?/python3\.(\d+)/")
_TAG = re.compile(r"\.cpython-3(\d+)-")
_MACHINES = {"amd64": "x86_64", "arm64": "aarch64", "386": "i686", "arm": "armv7l"}


def _markers(scene: Scene) -> Mapping[str, str]:
    version = _version(scene)
    image = scene.artifact.image
    return {
        "implementation_name": "cpython",
        "implementation_version": f"{version}.0",
        "os_name": "posix",
        "platform_machine": _MACHINES.get(image.architecture, image.architecture) if image else "x86_64",
        "platform_python_implementation": "CPython",
        "platform_release": "",
        "platform_system": "Linux",
        "platform_version": "",
        "python_full_version": f"{version}.0",
        "python_version": version,
        "sys_platform": "linux",
    }


def _version(scene: Scene) -> str:
    """The version most files are laid out for: by their directory, else by the tags of extension modules."""
    for pattern in (_VERSION, _TAG):
        found = Counter(match[1] for entry in scene.listing.entries if (match := pattern.search(entry.path)))
        if found:
            return f"3.{found.most_common(1)[0][0]}"
    return f"{sys.version_info.major}.{sys.version_info.minor}"


MARKERS: Fact[Mapping[str, str]] = Fact("markers", _markers)
"""The values of environment markers (PEP 508): of the Python that is in the artifact, else of this one, on Linux."""
