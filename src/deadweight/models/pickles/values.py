"""What stands for the objects of a pickle that is walked and not loaded."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Name:
    """Something that a pickle imports, by module and name; it is never resolved."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass(slots=True, eq=False)
class Made:
    """What a call would give: `callee` was to be called with the arguments, `state` set on what came out.

    `items` are the pairs set on it, as on a dictionary; those added as to a list have no key.
    """

    callee: object
    arguments: object = ()
    state: object = None
    items: list[tuple[object, object]] = field(default_factory=list)

    def calls(self, *names: str) -> bool:
        """Whether the callee is one of these, as `module.name`."""
        return isinstance(self.callee, Name) and str(self.callee) in names

    @property
    def given(self) -> tuple[object, ...]:
        """The arguments, none where they are no tuple."""
        return self.arguments if isinstance(self.arguments, tuple) else ()


@dataclass(frozen=True, slots=True, eq=False)
class Persistent:
    """Something that lies outside of the pickle, by the identity that the pickle gives it."""

    identity: object


@dataclass(slots=True, eq=False)
class Items:
    """A set, by its items; they need not be hashable here."""

    items: list[object] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Pairs:
    """A dictionary, by its pairs in order; keys need not be hashable here."""

    pairs: list[tuple[object, object]] = field(default_factory=list)

    def get(self, key: str) -> object:
        """The value of the last pair with the key, None where there is none."""
        for one, value in reversed(self.pairs):
            if isinstance(one, str) and one == key:
                return value
        return None
