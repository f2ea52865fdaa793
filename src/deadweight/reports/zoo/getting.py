"""What was written out of a zoo, for a person at a terminal."""

from __future__ import annotations

from deadweight.core.plural import plural
from deadweight.core.zoo_report import Restored
from deadweight.reports.measures import size
from deadweight.reports.paint import Paint, printable


def text(done: Restored, colour: bool) -> str:
    """The version, and what it came to."""
    what = f"{plural(done.files, 'file')}, {size(done.size)}, each as it was added (sha256)"
    return f"{Paint(colour)(printable(done.out), 'bold')}  {done.version.reference}: {what}\n"
