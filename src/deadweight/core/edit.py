"""One change, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Safety(StrEnum):
    """What an edit can do to the user, safest first."""

    SAFE = "safe"
    PROVEN = "proven"
    LOSSY = "lossy"
    SUGGESTED = "suggested"


class Storage(StrEnum):
    """What a format can store."""

    HARDLINKS = "hard links"
    SYMLINKS = "symbolic links"
    LAYERS = "layers"
    MODES = "modes"
    TIMES = "times"
    XATTRS = "extended attributes"


@dataclass(frozen=True, slots=True)
class Edit:
    """One change: its kind, the paths it touches, its safety, why.

    `kind` names an EditKind. With `layer` set the paths are those of entries hidden in that layer, else visible
    ones. `arguments` is what the kind needs besides, as text. `rule` is empty for an edit that follows from others.
    """

    kind: str
    paths: tuple[str, ...]
    safety: Safety
    rule: str
    reason: str
    owner: str = ""
    layer: int | None = None
    arguments: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.paths or len(set(self.paths)) != len(self.paths):
            raise ValueError(f"{self.kind}: paths must be there, and each once")
