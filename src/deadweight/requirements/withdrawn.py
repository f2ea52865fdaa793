"""Pins that the index took back: releases that are yanked (PEP 592), and versions that it no longer has."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from packaging.utils import canonicalize_name

from deadweight.core.errors import UsageError
from deadweight.requirements.uv import Uv

GONE = "the index no longer has this version"
_YANKED = re.compile(r"^warning: `([A-Za-z0-9._-]+)==[^`]*` is yanked(?: \(reason: \"(.*)\"\))?", re.MULTILINE)
_NOT_THERE = re.compile(r"there is no version of|was not found in the package registry")
_ASKED = ("pip", "compile", "--no-deps", "--no-header", "--no-annotate", "--no-build", "-")


@dataclass(slots=True)
class Withdrawn:
    """What an index says of pins, by name: why each was taken back, and why nothing is known of others."""

    reasons: dict[str, str] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)


def withdrawn(uv: Uv, pins: Mapping[str, str], folder: Path) -> Withdrawn:
    """What the index says of the pins, versions by name; local builds are not asked for.

    Of a release without a wheel for this platform and Python nothing is known: its source is not run to ask it.
    Raises Lacking where no index answers.
    """
    found = Withdrawn()
    asked = [f"{name}=={version}" for name, version in sorted(pins.items()) if "+" not in version]
    if asked:
        _ask(uv, asked, folder, found)
    return found


def _ask(uv: Uv, asked: Sequence[str], folder: Path, found: Withdrawn) -> None:
    """Ask in one go; where uv finds no solution, in halves, until it is one version that uv cannot take."""
    try:
        said = uv.warnings(_ASKED, folder, "\n".join(asked))
    except UsageError as fault:
        if len(asked) == 1:
            _judge(canonicalize_name(asked[0].partition("==")[0]), fault.what, found)
            return
        middle = len(asked) // 2
        _ask(uv, asked[:middle], folder, found)
        _ask(uv, asked[middle:], folder, found)
        return
    for name, reason in _YANKED.findall(said):
        why = f"it was yanked: {reason}" if reason else "it was yanked, no reason is given"
        found.reasons[canonicalize_name(name)] = why


def _judge(name: str, said: str, found: Withdrawn) -> None:
    """A version is gone only where uv says that; whatever else keeps uv from it says nothing of the index."""
    if _NOT_THERE.search(said):
        found.reasons[name] = GONE
    else:
        found.unknown[name] = said
