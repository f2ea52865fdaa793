"""What writing a model file in another form or dtype came to: the value that the report writers see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

CONVERSION_SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Cast:
    """What a change of dtype did to all elements of a dtype.

    `changed` are those that the new dtype does not hold exactly, of them `overflowed` became infinite and `vanished`
    zero. `furthest` is the largest absolute change of one that stayed finite.
    """

    source: str
    target: str
    tensors: int = 0
    elements: int = 0
    changed: int = 0
    overflowed: int = 0
    vanished: int = 0
    furthest: float = 0.0

    @property
    def is_exact(self) -> bool:
        """Whether every element is what it was."""
        return self.changed == 0

    def with_more(self, other: Cast) -> Cast:
        """This and another of the same dtypes together."""
        return Cast(
            self.source,
            self.target,
            self.tensors + other.tensors,
            self.elements + other.elements,
            self.changed + other.changed,
            self.overflowed + other.overflowed,
            self.vanished + other.vanished,
            max(self.furthest, other.furthest),
        )


@dataclass(frozen=True, slots=True)
class Ran:
    """How the result ran beside the original: `furthest` is the largest absolute difference of one output number.

    `scale` is the largest root mean square of the outputs. `fixed` are lengths of inputs that the result takes alone.
    """

    runner: str
    inputs: int
    furthest: float
    scale: float
    fixed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Converted:
    """One file in another form: bytes `before` and `after`, and the tensors, each read back and equal to what was made.

    `kept` are the dtypes that stay as they are, with their bytes. `shared` are names that stand for another's bytes.
    `lost` says what the form cannot hold. `ran` is there where the result was run.
    """

    file: str
    out: str
    source: str
    form: str
    before: int
    after: int
    tensors: int
    casts: tuple[Cast, ...] = ()
    kept: Mapping[str, int] = field(default_factory=dict)
    shared: Mapping[str, str] = field(default_factory=dict)
    lost: tuple[str, ...] = ()
    ran: Ran | None = None
    schema: int = CONVERSION_SCHEMA
