"""The options that say where a result goes and how it is packed, and SOURCE_DATE_EPOCH."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from deadweight.cli.options import PATH, Settings, stacked
from deadweight.codecs.detection import codec_named
from deadweight.core.errors import UsageError
from deadweight.core.seams import Packing
from deadweight.core.shape import Shape
from deadweight.pipeline.making.output import Output
from deadweight.pipeline.pulling import Base, base_at

PACK = stacked(
    click.option(
        "--to",
        "to_format",
        metavar="FORMAT",
        help="Another format: directory, oci-layout, oci-archive, docker-archive, tar, zip.",
    ),
    click.option(
        "--codec",
        metavar="CODEC[:LEVEL]",
        help="Compression of what is written anew: store, gzip, zstd, xz, bzip2; how hard, as zstd:12.",
    ),
    click.option(
        "--shape",
        type=click.Choice([str(shape) for shape in Shape]),
        default=str(Shape.KEEP),
        help="Layers of an image: each in its place, one new one on what is untouched, or a single one.",
    ),
    click.option(
        "--base", type=PATH, help="An image whose layers those who pull have: they are kept in a layered one."
    ),
    click.option("--from-scratch", is_flag=True, help="Make an image of a tree of this host, with all that it needs."),
)


def output_of(asked: Settings, out: Path, given: Mapping[str, Any]) -> Output:
    """Where the result goes, and how it is packed."""
    base = base_at(given["base"], asked.target.sight) if given["base"] else Base()
    packing = replace(_packing(asked, given), base=base.layers)
    return Output(out, given["to_format"] or "", packing, not given["no_companion"], base.path, given["from_scratch"])


def _packing(asked: Settings, given: Mapping[str, Any]) -> Packing:
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
    most = codec_named(name).highest if text else 0
    if not colon:
        return name, None
    if not (level.isascii() and level.isdigit() and 1 <= int(level) <= most):
        says = f"{name} has levels from 1 to {most}" if most else f"{name} has no levels"
        raise UsageError(f"{text!r} is no compression: {says}", where="--codec", advice="Write --codec zstd:12.")
    return name, int(level)


def _epoch(text: str) -> int:
    if text and not (text.isascii() and text.isdigit()):
        raise UsageError(f"{text!r} are no seconds", where="SOURCE_DATE_EPOCH", advice="Write it as `date +%s` does.")
    return int(text or 0)
