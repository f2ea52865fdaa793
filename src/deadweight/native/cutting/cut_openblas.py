"""Writes a build of OpenBLAS without what nothing leads to, stripped, and asks the loader whether it takes it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from deadweight.core.errors import Corrupt
from deadweight.native.cutting.hollow import Wish, hollowed
from deadweight.native.cutting.openblas import build_of, unreached
from deadweight.native.elf import elf_layout
from deadweight.native.loading import host_loader
from deadweight.native.strip import Left, strip
from deadweight.native.tables import Image


def cut(original: Path, result: Path, imported: frozenset[str], levels: Iterable[str]) -> str:
    """Write the library to `result` without what goes; why nothing was cut, empty where it was.

    One of which nothing can be cut is stripped alone; where that gains nothing `result` is not there.
    """
    if isinstance(strip(original, result), Left) or not _loads_alike(original, result):
        result.unlink(missing_ok=True)
    try:
        _write(original, result, imported, levels)
    except Corrupt as error:
        return error.what
    return ""


def _write(original: Path, result: Path, imported: frozenset[str], levels: Iterable[str]) -> None:
    """Cut the stripped library, or the original where there is none; `result` stays where Corrupt is raised."""
    gone = unreached(build_of(_image(original)), imported, levels)
    before = result if result.exists() else original
    body = hollowed(_image(before), Wish(gone.stretches, gone.names, gone.patches))
    trial = result.with_name(f"{result.name}.trial")
    trial.write_bytes(body)
    if not _loads_alike(original, trial):
        trial.unlink()
        raise Corrupt("the loader takes the result otherwise than the original")
    trial.replace(result)


def _loads_alike(original: Path, result: Path) -> bool:
    """Whether this host's loader says the same of both; nothing is asked of one for another machine's."""
    loader = host_loader()
    return loader is None or not loader.fits(original) or loader.outcome(original) == loader.outcome(result)


def _image(path: Path) -> Image:
    with path.open("rb") as stream:
        layout = elf_layout(stream, path.stat().st_size)
    if layout is None:
        raise Corrupt("it is no whole ELF file")
    return Image(layout, path.read_bytes())
