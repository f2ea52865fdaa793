"""A model file is written again in its own format without what is left over from training, and stays loadable."""

from __future__ import annotations

from pathlib import Path

from deadweight.core.tensor import Checkpoint
from deadweight.models.leftovers import leftover
from deadweight.models.reading import read
from deadweight.models.selection import Wish
from deadweight.models.stripping import SAFETENSORS_ENDING, TORCH_ENDINGS, strip
from deadweight.models.weighing import Looking


def is_rewritable(checkpoint: Checkpoint) -> bool:
    """Whether the file can be written again so that a program finds in it what it looks for, where it looks.

    Code, objects and what lies in lists are not written again, nor is a file whose ending says another format.
    """
    if checkpoint.code or len(checkpoint.files) != 1 or not _is_called_so(checkpoint):
        return False
    values = [one for one in checkpoint.values if not leftover(one.path)]
    staying = [*(one.path for one in checkpoint.tensors if not leftover(one.path)), *(one.path for one in values)]
    is_flat = all(isinstance(step, str) for path in staying for step in path)
    return is_flat and all(one.is_plain for one in values)


def _is_called_so(checkpoint: Checkpoint) -> bool:
    """Whether the file's ending says the format that it has, one of those that are written."""
    ending = Path(checkpoint.location).suffix
    if checkpoint.format.startswith("torch"):
        return ending in TORCH_ENDINGS
    return checkpoint.format == "safetensors" and ending == SAFETENSORS_ENDING


def rewritten(path: Path, out: Path) -> None:
    """Write the file to `out` without leftovers, every tensor read back and compared; raises as `strip` does."""
    strip(Looking((read(path),)), Wish(in_place=True), out)
