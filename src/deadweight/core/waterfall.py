"""From before to after, cause by cause, measured on what was packed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from deadweight.core.edit import Edit
from deadweight.core.entry import Entry
from deadweight.core.inventory import Inventory
from deadweight.core.listing import Listing
from deadweight.core.report import Cut

CONSEQUENCES = "records rewritten"
HIDDEN = "hidden bytes"


def waterfall(edits: Iterable[Edit], before: Listing, after: Inventory) -> tuple[Cut, ...]:
    """What each rule took away, most unpacked bytes first; with what is left unexplained these sum to the whole.

    Each visible path counts for the first edit that touches it. What grew counts negative.
    """
    now = {entry.path: entry for entry in after.visible}
    files: dict[str, int] = defaultdict(int)
    sizes: dict[str, int] = defaultdict(int)
    stored: dict[str, int] = defaultdict(int)
    counted: set[str] = set()
    for edit in edits:
        for entry in _touched(edit, before, counted):
            cause = edit.rule or CONSEQUENCES
            left = now.get(entry.path)
            sizes[cause] += entry.size - (left.size if left else 0)
            stored[cause] += entry.stored - (left.stored if left else 0)
            files[cause] += left is None
    cuts = [Cut(cause, files[cause], size, stored[cause]) for cause, size in sizes.items()]
    told = [cut for cut in cuts if cut.size or cut.files or (cut.stored > 0 and cut.cause != CONSEQUENCES)]
    return tuple(sorted(told, key=lambda cut: (-cut.size, -cut.stored)))


def _touched(edit: Edit, before: Listing, counted: set[str]) -> Iterator[Entry]:
    if edit.layer is not None:
        return
    for path in edit.paths:
        entries = [before.by_path[path]] if path in before else []
        for entry in (*entries, *before.under(path)):
            if entry.path not in counted:
                counted.add(entry.path)
                yield entry
