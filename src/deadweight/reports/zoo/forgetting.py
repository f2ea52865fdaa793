"""What is said of a version that was taken out of a zoo."""

from __future__ import annotations

from deadweight.core.zoo import Summary
from deadweight.reports.paint import Paint


def text(gone: Summary, colour: bool) -> str:
    """The version that is gone, and where its bytes are."""
    return f"{Paint(colour)(str(gone.reference), 'bold')} is forgotten; deadweight zoo gc removes what only it needed\n"
