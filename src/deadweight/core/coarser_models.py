"""What became of models that were squeezed in place: measured on what was packed, beside the gate's word on each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from deadweight.core.edit import Edit
from deadweight.core.inventory import Inventory
from deadweight.core.listing import Listing
from deadweight.core.report import CoarserModel

KIND = "squeeze-model"
"""The kind of edit that squeezes a model in place."""
GATE = "gate"
"""The argument of such an edit that holds what a gate said, a line a task."""


def coarser_models(edits: Iterable[Edit], before: Listing, after: Inventory) -> Iterator[CoarserModel]:
    """One for each model of the edits that were made, where the result has it still."""
    now = {entry.path: entry for entry in after.visible}
    for edit in edits:
        if edit.kind != KIND:
            continue
        gate = tuple(edit.arguments.get(GATE, "").splitlines())
        for path in edit.paths:
            if path in before and path in now:
                was, left = before.by_path[path], now[path]
                yield CoarserModel(path, edit.reason, was.size, left.size, was.stored, left.stored, gate)
