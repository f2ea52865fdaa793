"""One staged library is blanked in place, walked again, and compared byte by byte in what it keeps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from deadweight.core.errors import Corrupt
from deadweight.native.blank import Stretch, blank, digest_without
from deadweight.native.elf import elf_layout
from deadweight.native.fatbin import Container, containers
from deadweight.native.gpu_choice import needless
from deadweight.native.gpu_places import gpu_places


@dataclass(frozen=True, slots=True)
class Wish:
    """The architectures whose code stays, and whether PTX stays beside a cubin."""

    gpus: tuple[int, ...]
    keep_ptx: bool


def blanked(path: Path, wish: Wish) -> str:
    """Blank the staged file in place; why that can't be, empty where it was done."""
    try:
        before = _held(path)
    except Corrupt as error:
        return error.what
    stretches = sorted(_stretches(before, wish))
    if not stretches:
        return "it holds no code but for these GPUs"
    kept = digest_without(path, stretches)
    blank(path, stretches)
    if _held(path) != before or digest_without(path, stretches) != kept:
        return "the result does not hold what it should"
    return ""


def _held(path: Path) -> tuple[Container, ...]:
    with path.open("rb") as stream:
        layout = elf_layout(stream, path.stat().st_size)
        if layout is None:
            raise Corrupt("it is no whole ELF file")
        stream.seek(0)
        return tuple(containers(stream, gpu_places(layout)))


def _stretches(held: Iterable[Container], wish: Wish) -> Iterator[Stretch]:
    return ((code.at, code.end) for one in held for code in needless(one, wish.gpus, wish.keep_ptx))
