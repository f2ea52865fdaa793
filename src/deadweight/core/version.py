"""The version of deadweight, as reports and companion archives carry it."""

from __future__ import annotations

VERSION = "0.1.0"
