"""One squeezed tensor: what is stored of it, and what the file says about that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod

from deadweight.judging.array import Array


@dataclass(frozen=True, slots=True)
class Squeezed:
    """A tensor of that shape and dtype, stored as `parts` by their names.

    `form` names who makes weights of it again, `about` are the whole numbers that this takes.
    """

    shape: tuple[int, ...]
    dtype: str
    form: str
    parts: Mapping[str, Array]
    about: Mapping[str, int] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Bytes that its parts take."""
        return sum(one.nbytes for one in self.parts.values())

    @property
    def elements(self) -> int:
        """How many weights it stands for."""
        return prod(self.shape)

    @property
    def matrix(self) -> tuple[int, int]:
        """Its shape as rows and columns, rows along the first axis."""
        rows = self.shape[0] if self.shape else 1
        return rows, self.elements // rows if rows else 0
