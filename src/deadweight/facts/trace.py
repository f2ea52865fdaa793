"""What runs of the program touched."""

from __future__ import annotations

from deadweight.core.scene import Fact
from deadweight.core.trace import Trace

TRACE: Fact[Trace | None] = Fact("trace", lambda _: None)
"""The trace that the pipeline was given or made, None where nothing was run."""
