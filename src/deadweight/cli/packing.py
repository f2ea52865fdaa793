"""How the result is packed, as `deadweight slim` is told by its options and by SOURCE_DATE_EPOCH."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from deadweight.cli.options import Settings
from deadweight.codecs.detection import codec_named
from deadweight.core.errors import UsageError
from deadweight.core.seams import Packing
from deadweight.core.shape import Shape


def packing_of(asked: Settings, given: Mapping[str, Any]) -> Packing:
    """The compression, shape and time that what is written anew is given."""
    codec, level = _codec(given["codec"] or "")
    return Packing(
        codec=codec,
        level=level,
        epoch=_epoch(os.environ.get("SOURCE_DATE_EPOCH", "")),
        progress=asked.target.sight.opening.progress,
        shape=Shape(given["shape"]),
    )


def _codec(text: str) -> tuple[str, int | None]:
    """The name of a codec and the level behind its colon; none for the codec's own."""
    name, colon, level = text.partition(":")
    if not colon:
        return name, None
    most = codec_named(name).highest
    if not (level.isascii() and level.isdigit() and 1 <= int(level) <= most):
        says = f"{name} has levels from 1 to {most}" if most else f"{name} has no levels"
        raise UsageError(f"{text!r} is no compression: {says}", where="--codec", advice="Write --codec zstd:12.")
    return name, int(level)


def _epoch(text: str) -> int:
    if text and not (text.isascii() and text.isdigit()):
        raise UsageError(f"{text!r} are no seconds", where="SOURCE_DATE_EPOCH", advice="Write it as `date +%s` does.")
    return int(text or 0)
