"""What is there and could not be read: a copy would silently be without it, so none is made."""

from __future__ import annotations

from deadweight.core.artifact import Artifact
from deadweight.core.errors import Lacking
from deadweight.core.plural import plural

UNREAD = "read"
"""The stage of a Gap for what is there and could not be read."""


def refuse_unread(artifact: Artifact) -> None:
    """Raises Lacking where a part of the artifact could not be read."""
    unread = [gap for gap in artifact.gaps if gap.stage == UNREAD]
    if unread:
        raise Lacking(
            f"{plural(len(unread), 'path')} could not be read, the first is {unread[0].where!r}: {unread[0].reason}",
            where=artifact.location,
            advice="Run as a user who may read all of the artifact.",
        )
