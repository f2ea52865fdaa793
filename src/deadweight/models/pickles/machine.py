"""The machine of pickle on stand-ins: a stack, a memo, and what was seen.

A name stays a name, a call stays a call with its arguments. A name that is not on the short list of `allowed` is code,
however it came onto the stack.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from deadweight.core.tensor import Code
from deadweight.models.pickles.allowed import is_allowed
from deadweight.models.pickles.opcodes import Blob
from deadweight.models.pickles.shown import shown
from deadweight.models.pickles.values import Made, Name, Persistent
from deadweight.models.window import Cursor

MOST_CODE = 1_000
MARK = object()
_NESTED = (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")

Fill = Callable[[Made, Cursor], object]
"""What reads bytes that follow an object in the stream, outside of any opcode, as joblib writes arrays."""


@dataclass(slots=True)
class Walked:
    """What a pickle holds: its value on stand-ins, what it names with the offset of each first use, and its code.

    `outside` are the persistent identities in the order named; `end` is the offset after STOP.
    """

    value: object = None
    names: dict[Name, int] = field(default_factory=dict)
    code: list[Code] = field(default_factory=list)
    outside: list[Persistent] = field(default_factory=list)
    end: int = 0


class Machine:
    """The stack, the memo and what was seen."""

    def __init__(self, cursor: Cursor, fill: Fill | None) -> None:
        self.cursor, self.fill = cursor, fill
        self.stack: list[object] = []
        self.memo: dict[int, object] = {}
        self.walked = Walked()
        self.within: list[Blob] = []
        self.place = 0

    def ran(self) -> str:
        """What code was met, as the end of a sentence."""
        return f"; before that it {self.walked.code[-1].shown}" if self.walked.code else ""

    def pop(self) -> object:
        """The object on top of the stack, taken off."""
        value = self.stack.pop()
        if value is MARK:
            raise ValueError("a mark where an object should be")
        return value

    def top(self) -> object:
        """The object on top of the stack."""
        if self.stack[-1] is MARK:
            raise ValueError("a mark where an object should be")
        return self.stack[-1]

    def marked(self) -> list[object]:
        """All objects above the last mark, which goes too."""
        at = len(self.stack) - 1
        while self.stack[at] is not MARK:
            at -= 1
            if at < 0:
                raise ValueError("no mark")
        found = self.stack[at + 1 :]
        del self.stack[at:]
        return found

    def name(self, module: object, name: object) -> Name:
        """A name as it is imported; importing one that is not allowed is code by itself."""
        if not isinstance(module, str) or not isinstance(name, str):
            found = Name("<computed>", shown((module, name)))
        else:
            found = Name(module, name)
        if found not in self.walked.names:
            self.walked.names[found] = self.place
            if not is_allowed(found):
                self.code(str(found), f"imports {found}")
        return found

    def call(self, callee: object, arguments: object, how: str = "calls") -> Made:
        """What the call would give; one of what is not allowed is code."""
        if not isinstance(callee, Name):
            self.code(shown(callee), f"{how} {shown(callee)}{shown(arguments)}")
        elif not is_allowed(callee):
            self.code(str(callee), f"{how} {callee}{shown(arguments)}")
            self.nested(arguments)
        return Made(callee, arguments)

    def code(self, name: str, says: str) -> None:
        """Write down that code was met."""
        if len(self.walked.code) < MOST_CODE:
            self.walked.code.append(Code(name, says, f"{self.cursor.window.where}, offset {self.place}"))

    def nested(self, arguments: object) -> None:
        """Bytes that are given to a call and start as a pickle does are walked too."""
        for value in arguments if isinstance(arguments, tuple) else ():
            if isinstance(value, Blob) and value.length > 2 and self.starts_pickle(value):
                self.within.append(value)

    def starts_pickle(self, blob: Blob) -> bool:
        """Whether the bytes start as a pickle does."""
        return self.cursor.window.read(blob.offset, 2) in _NESTED
