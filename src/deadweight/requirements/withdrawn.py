"""Pins that the index took back: releases that are yanked (PEP 592), and versions that it no longer has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from packaging.utils import canonicalize_name

from deadweight.core.errors import UsageError
from deadweight.requirements.uv import Uv

GONE = "the index no longer has this version"
_YANKED = re.compile(r"^warning: `([A-Za-z0-9._-]+)==[^`]*` is yanked(?: \(reason: \"(.*)\"\))?", re.MULTILINE)
_ASKED = ("pip", "compile", "--no-deps", "--no-header", "--no-annotate", "--no-build", "-")


def withdrawn(uv: Uv, pins: Mapping[str, str], folder: Path) -> dict[str, str]:
    """The reason for each name whose pinned version was taken back. Versions by name; local builds are not asked for.

    Raises Lacking where no index answers.
    """
    asked = [f"{name}=={version}" for name, version in sorted(pins.items()) if "+" not in version]
    return dict(_found(uv, asked, folder)) if asked else {}


def _found(uv: Uv, asked: Sequence[str], folder: Path) -> Iterator[tuple[str, str]]:
    """Asked in one go; where uv finds no solution, in halves, until it is one version that is not there."""
    try:
        said = uv.warnings(_ASKED, folder, "\n".join(asked))
    except UsageError:
        if len(asked) == 1:
            yield canonicalize_name(asked[0].partition("==")[0]), GONE
            return
        middle = len(asked) // 2
        yield from _found(uv, asked[:middle], folder)
        yield from _found(uv, asked[middle:], folder)
        return
    for name, reason in _YANKED.findall(said):
        yield canonicalize_name(name), f"it was yanked: {reason}" if reason else "it was yanked, no reason is given"
