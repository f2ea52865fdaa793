"""Where a result goes, in which format, and that nothing stands in its way."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from deadweight.core.errors import UsageError
from deadweight.core.paths import MAX_COMPONENT
from deadweight.core.scene import Scene
from deadweight.core.seams import Format, Packing
from deadweight.formats.output import refuse_inside
from deadweight.formats.recognition import format_named


@dataclass(frozen=True, slots=True)
class Output:
    """Where the result goes, in which format (empty for the artifact's own), and whether a companion is kept.

    `base` is where an image lies whose layers those who pull the result have, empty for none. With `from_scratch` a
    tree of this host becomes an image with all that it needs of the system.
    """

    path: Path
    format: str = ""
    packing: Packing = field(default_factory=Packing)
    companion: bool = True
    base: str = ""
    from_scratch: bool = False


def target_format(scene: Scene, output: Output) -> Format:
    """The format to write, where it can take this artifact and the compression; else UsageError."""
    usual = "oci-layout" if output.from_scratch else scene.artifact.format
    target = format_named(output.format or usual)
    if target.pack is None or scene.artifact.format not in target.packs:
        raise UsageError(
            f"a {scene.artifact.format} can't be written as {target.name}",
            where=str(output.path),
            advice="Leave --to out to keep the artifact's own format.",
        )
    _check_codec(target, output)
    return target


def _check_codec(target: Format, output: Output) -> None:
    codec = output.packing.codec
    if codec and target.codecs is not None and codec not in target.codecs:
        takes = ", ".join(sorted(target.codecs))
        others = f"choose one of {takes}" if takes else "write an archive: --to tar, zip or oci-layout"
        raise UsageError(
            f"a {target.name} is not packed with {codec}",
            where=str(output.path),
            advice=f"Leave --codec out, or {others}.",
        )


def check_free(output: Output, target: Path) -> None:
    """Raise UsageError where the output can't lie: something is there, its directory is not, or is the input's."""
    out = output.path
    if not out.name:
        raise UsageError("it is a directory that is already there", where=str(out), advice="Name another output.")
    if not out.absolute().parent.is_dir():
        raise UsageError("its directory is not there", where=str(out), advice=f"mkdir -p {out.absolute().parent}")
    for taken in (out, companion_path(out)) if output.companion else (out,):
        if len(os.fsencode(taken.name)) > MAX_COMPONENT:
            raise UsageError(f"its name has more than {MAX_COMPONENT} bytes", where=str(taken), advice="Shorten it.")
        if os.path.lexists(taken):
            raise UsageError("it is already there", where=str(taken), advice="Name another output, or remove it.")
    refuse_inside(out, target)


def companion_path(out: Path) -> Path:
    """Where the companion archive of a result lies: beside it."""
    return out.with_name(out.name + ".removed.tar.zst")
