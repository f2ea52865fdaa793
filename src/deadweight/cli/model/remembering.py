"""What a search remembers between runs, in the file that --memory names."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from deadweight.core.version import VERSION

if TYPE_CHECKING:
    from deadweight.judging.basis import Basis
    from deadweight.judging.looks import Looks
    from deadweight.squeezing.memory import Memory

_PIECE = 1 << 20


def remembered(path: Path | None, model: Path, judged_by: Basis) -> tuple[Memory, Looks]:
    """What was judged of this model by this basis, in this version; and how often the basis was looked at by a gate.

    Without a path nothing is remembered.
    """
    from deadweight.judging.looks import Looks
    from deadweight.squeezing.memory import Memory

    return Memory(path, f"{_digest(model)} {judged_by.digest} {VERSION}"), Looks(path, judged_by.digest)


def _digest(path: Path) -> str:
    found = sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            found.update(piece)
    return found.hexdigest()
