"""What a step on models needs that a plain install has not."""

from __future__ import annotations

from deadweight.core.errors import Lacking


def check_numpy(what: str) -> None:
    """Raise Lacking where numpy is not there; `what` is what takes it."""
    try:
        import numpy  # noqa: F401
    except ImportError as fault:
        raise Lacking(f"{what} takes numpy", advice="pip install 'deadweight[models]'") from fault
