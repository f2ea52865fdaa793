"""The parts of a shared library that refer to each other: its functions, and the objects that hold addresses."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

_BESIDE = 64
_IMMEDIATE = 4


@dataclass(frozen=True, slots=True)
class Part:
    """A function or an object: its names, the address of its first byte and of the first after it.

    A function ends where the next begins; `size` is what its symbol says, 0 for not known.
    """

    names: tuple[str, ...]
    start: int
    end: int
    size: int = 0


@dataclass(frozen=True, slots=True)
class Unnamed:
    """Code of the function of the number that no symbol covers: the addresses of its first byte and behind its last."""

    start: int
    end: int
    function: int


@dataclass(frozen=True, slots=True)
class Parts:
    """All parts, told by a number: the functions by address, then the objects that hold addresses, by address.

    By their own address: `slots` has what the loader's slots hold, as addresses in the library, `stubs` the slots that
    the linker's stubs jump through. `objects` are all that have a symbol, `holding` the places among them of those that
    hold addresses, and `held` these addresses. `exported` are addresses by name, `loose` those that the library holds
    in no object that is known, or runs when it is loaded; `unnamed` is code that may be entered anywhere, by address.
    `bare` are functions that no compiler says to be one, as assemblers write them: they may enter each other anywhere.
    """

    functions: tuple[Part, ...]
    objects: tuple[Part, ...]
    holding: tuple[int, ...]
    held: tuple[tuple[int, ...], ...]
    slots: Mapping[int, int]
    stubs: Mapping[int, int]
    exported: Mapping[str, int]
    loose: frozenset[int]
    unnamed: tuple[Unnamed, ...] = ()
    bare: frozenset[int] = frozenset()
    entered: Mapping[int, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "entered", {one.start: number for number, one in enumerate(self.functions)})

    def __len__(self) -> int:
        return len(self.functions) + len(self.holding)

    def __getitem__(self, number: int) -> Part:
        """The part of the number; IndexError for none."""
        past = number - len(self.functions)
        return self.functions[number] if past < 0 else self.objects[self.holding[past]]

    def is_function(self, number: int) -> bool:
        """Whether the part is one that is run."""
        return number < len(self.functions)

    def held_by(self, number: int) -> tuple[int, ...]:
        """The addresses that an object holds."""
        return self.held[number - len(self.functions)]

    def meant(self, address: int) -> Iterator[int]:
        """The numbers of all parts that a reference to the address can mean, through stubs and slots.

        A function that a symbol covers is entered at its first byte: what names another byte of it stands in its own
        code, or in code of the same name that was laid elsewhere.
        """
        slot = self.stubs.get(address, address)
        address = self.slots.get(slot, slot)
        number = self.entered.get(address, self.unnamed_at(address))
        if number is not None:
            yield number
        else:
            yield from self._objects_at(address)

    def bare_at(self, address: int) -> int | None:
        """The number of the bare function in which the address lies."""
        found = bisect_right(self.functions, address, key=_start) - 1
        return found if found in self.bare and address < self.functions[found].end else None

    def unnamed_at(self, address: int) -> int | None:
        """The number of the function in which the address is one of code that no symbol covers."""
        found = bisect_right(self.unnamed, address, key=_start) - 1 if self.unnamed else -1
        return self.unnamed[found].function if found >= 0 and address < self.unnamed[found].end else None

    def _objects_at(self, address: int) -> Iterator[int]:
        """The object that begins at the address; else that it lies in, and all near by: an index may be counted in."""
        found = bisect_right(self.objects, address, key=_start) - 1
        begins = found >= 0 and address == self.objects[found].start
        first, last = (address, address + _IMMEDIATE) if begins else (address - _BESIDE, address + _BESIDE)
        place = bisect_right(self.holding, first, key=lambda place: self.objects[place].end)
        while place < len(self.holding) and self.objects[self.holding[place]].start <= last:
            yield len(self.functions) + place
            place += 1


def _start(part: Part | Unnamed) -> int:
    return part.start
