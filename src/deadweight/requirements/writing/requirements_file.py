"""A lock as a requirements file: exact versions with the hashes of every file that may be installed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deadweight.core.requirement import Pinned
from deadweight.requirements.resolving.resolution import Resolved

_FOLDER = ("git+", "hg+", "svn+", "bzr+")


def requirements_text(resolved: Resolved, heading: Sequence[str] = ()) -> str:
    """The text, sorted by name; `heading` are the lines of comment at its top. The same lock gives the same bytes."""
    lines = [f"# {line}".rstrip() for line in heading]
    if resolved.lock.requires_python:
        lines.append(f"# for {'; '.join(map(str, resolved.targets))}")
    for pin in resolved.pins:
        lines.extend(_pin_lines(pin, resolved.via.get(pin.name, ())))
    return "\n".join(lines) + "\n"


def unhashed(resolved: Resolved) -> tuple[Pinned, ...]:
    """The pins that no hash can be given of: folders, repositories, and files whose index states none."""
    return tuple(pin for pin in resolved.pins if not any(file.hashes for file in pin.files))


def is_folder(pin: Pinned) -> bool:
    """Whether the pin is a folder of this machine, which no other can install."""
    return bool(pin.source) and not pin.files and not pin.source.startswith(_FOLDER)


def _pin_lines(pin: Pinned, via: Sequence[str]) -> Iterator[str]:
    head = f"{pin.name} @ {pin.source}" if pin.source else f"{pin.name}=={pin.version}"
    hashes = sorted({digest for file in pin.files for digest in file.hashes})
    first = f"{head} ; {pin.marker}" if pin.marker else head
    yield " \\\n    ".join((first, *(f"--hash={digest}" for digest in hashes)))
    if via:
        yield f"    # via {', '.join(via)}"
