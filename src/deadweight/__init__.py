"""deadweight finds why a Python or AI artifact is ten times too big, makes it small, and proves that it still works."""

from __future__ import annotations

__version__ = "0.1.0"
