"""What `gc` removed from a zoo, for a person at a terminal."""

from __future__ import annotations

from deadweight.core.plural import plural
from deadweight.core.zoo_report import Cleaned
from deadweight.reports.measures import size
from deadweight.reports.paint import Paint


def text(done: Cleaned, colour: bool) -> str:
    """What went, and what is too young to."""
    word = "would go" if done.is_trial else "removed"
    gone = f"{plural(done.removed, 'blob')}, {size(done.removed_bytes)}, {word}"
    kept = f"{plural(done.kept, 'blob')}, {size(done.kept_bytes)}, too young to be sure of: --grace 0 takes them too\n"
    return f"{Paint(colour)(gone, 'bold')}\n" + (kept if done.kept else "")
