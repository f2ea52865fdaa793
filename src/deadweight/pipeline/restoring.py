"""What was cut comes back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from deadweight.core.errors import UsageError
from deadweight.edits.restoring import Restored, restore_into
from deadweight.pipeline.making.output import companion_path
from deadweight.pipeline.target import Place


def restore(out: Place, wanted: str | Sequence[str], companion: Place | None = None) -> Restored:
    """Put back into a result what was cut from it: paths, globs, `distribution:NAME`, `rule:NAME`, `**` for all.

    The companion archive is looked for beside the result. Raises UsageError where something wanted is not in it.
    """
    source = Path(companion) if companion is not None else companion_path(Path(out))
    if not source.is_file():
        raise UsageError("the companion archive is not there", where=str(source), advice="Say where: --from FILE")
    return restore_into(Path(out), source, (wanted,) if isinstance(wanted, str) else tuple(wanted))
