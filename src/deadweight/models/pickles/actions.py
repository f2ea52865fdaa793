"""What each opcode of pickle does to the machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

from deadweight.models.pickles.machine import MARK, Machine
from deadweight.models.pickles.opcodes import Argument
from deadweight.models.pickles.shown import shown
from deadweight.models.pickles.values import Items, Made, Pairs, Persistent


def literal(code: bytes, argument: Argument) -> object:
    """What an opcode without an action of its own leaves on the stack."""
    if code in _CONSTANTS:
        return _CONSTANTS[code]
    if isinstance(argument, str) and code in _READ:
        return _READ[code](argument)
    return argument


def _integer(text: str) -> object:
    return text == "01" if text in ("00", "01") else int(text)


def _quoted(text: str) -> str:
    if len(text) < 2 or text[0] != text[-1] or text[0] not in "'\"":
        raise ValueError("a string without its quotes")
    return text[1:-1].encode("latin-1").decode("unicode_escape")


def _escaped(text: str) -> str:
    return text.encode("latin-1").decode("raw_unicode_escape")


_CONSTANTS: Mapping[bytes, object] = {b"N": None, b"\x88": True, b"\x89": False}
_READ: Mapping[bytes, Callable[[str], object]] = {
    b"I": _integer,
    b"L": lambda text: int(text.rstrip("L")),
    b"F": float,
    b"S": _quoted,
    b"V": _escaped,
}


def _global(machine: Machine, argument: Argument) -> None:
    module, name = cast("tuple[str, str]", argument)
    machine.stack.append(machine.name(module, name))


def _stack_global(machine: Machine, _: Argument) -> None:
    name, module = machine.pop(), machine.pop()
    machine.stack.append(machine.name(module, name))


def _extension(machine: Machine, argument: Argument) -> None:
    machine.stack.append(machine.name("copyreg", f"<extension {argument!r}>"))


def _reduce(machine: Machine, _: Argument) -> None:
    arguments, callee = machine.pop(), machine.pop()
    machine.stack.append(machine.call(callee, arguments))


def _new_with_keywords(machine: Machine, _: Argument) -> None:
    keywords, arguments, callee = machine.pop(), machine.pop(), machine.pop()
    machine.stack.append(machine.call(callee, (*_items(arguments), keywords), "makes"))


def _instance(machine: Machine, argument: Argument) -> None:
    arguments = tuple(machine.marked())
    module, name = cast("tuple[str, str]", argument)
    machine.stack.append(machine.call(machine.name(module, name), arguments, "makes"))


def _object(machine: Machine, _: Argument) -> None:
    callee, *arguments = machine.marked()
    machine.stack.append(machine.call(callee, tuple(arguments), "makes"))


def _build(machine: Machine, _: Argument) -> None:
    state = machine.pop()
    made = machine.top()
    if not isinstance(made, Made):
        machine.code(shown(made), f"sets the state of {shown(made)}")
        return
    made.state = state
    if machine.fill is not None:
        machine.stack[-1] = machine.fill(made, machine.cursor)


def _append(machine: Machine, _: Argument) -> None:
    value = machine.pop()
    _extend(machine, [value])


def _appends(machine: Machine, _: Argument) -> None:
    _extend(machine, machine.marked())


def _extend(machine: Machine, values: list[object]) -> None:
    target = machine.top()
    if isinstance(target, list):
        target.extend(values)
    elif isinstance(target, Items):
        target.items.extend(values)
    elif isinstance(target, Made):
        target.items.extend((None, value) for value in values)
    else:
        raise ValueError("items are added to what is no list")


def _set_items(machine: Machine, values: list[object]) -> None:
    target = machine.top()
    pairs = list(zip(values[::2], values[1::2], strict=True))
    if isinstance(target, Pairs):
        target.pairs.extend(pairs)
    elif isinstance(target, Made):
        target.items.extend(pairs)
    else:
        raise ValueError("pairs are added to what is no dictionary")


def _set_item(machine: Machine, _: Argument) -> None:
    value, key = machine.pop(), machine.pop()
    _set_items(machine, [key, value])


def _memoize(machine: Machine, _: Argument) -> None:
    machine.memo[len(machine.memo)] = machine.top()


def _put(machine: Machine, argument: Argument) -> None:
    machine.memo[int(cast(int, argument))] = machine.top()


def _get(machine: Machine, argument: Argument) -> None:
    machine.stack.append(machine.memo[int(cast(int, argument))])


def _tuple_of(count: int) -> Callable[[Machine, Argument], None]:
    def act(machine: Machine, _: Argument) -> None:
        values = [machine.pop() for _ in range(count)]
        machine.stack.append(tuple(reversed(values)))

    return act


def _dictionary(machine: Machine, _: Argument) -> None:
    values = machine.marked()
    machine.stack.append(Pairs(list(zip(values[::2], values[1::2], strict=True))))


def _persistent(machine: Machine, argument: Argument) -> None:
    found = Persistent(argument if argument is not None else machine.pop())
    machine.walked.outside.append(found)
    machine.stack.append(found)


def _out_of_band(machine: Machine, _: Argument) -> None:
    machine.stack.append(Persistent("<a buffer that lies outside of the file>"))


def _items(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else (value,)


def _stop(machine: Machine, _: Argument) -> None:
    machine.walked.value = machine.pop()


ACTIONS: Mapping[bytes, Callable[[Machine, Argument], None]] = {
    b"c": _global,
    b"\x93": _stack_global,
    b"\x82": _extension,
    b"\x83": _extension,
    b"\x84": _extension,
    b"R": _reduce,
    b"\x81": lambda machine, _: _reduce(machine, None),
    b"\x92": _new_with_keywords,
    b"i": _instance,
    b"o": _object,
    b"b": _build,
    b"a": _append,
    b"e": _appends,
    b"\x90": _appends,
    b"s": _set_item,
    b"u": lambda machine, _: _set_items(machine, machine.marked()),
    b"\x94": _memoize,
    b"p": _put,
    b"q": _put,
    b"r": _put,
    b"g": _get,
    b"h": _get,
    b"j": _get,
    b"(": lambda machine, _: machine.stack.append(MARK),
    b"0": lambda machine, _: (machine.stack.pop(), None)[1],
    b"1": lambda machine, _: (machine.marked(), None)[1],
    b"2": lambda machine, _: machine.stack.append(machine.top()),
    b"t": lambda machine, _: machine.stack.append(tuple(machine.marked())),
    b")": _tuple_of(0),
    b"\x85": _tuple_of(1),
    b"\x86": _tuple_of(2),
    b"\x87": _tuple_of(3),
    b"]": lambda machine, _: machine.stack.append([]),
    b"l": lambda machine, _: machine.stack.append(machine.marked()),
    b"}": lambda machine, _: machine.stack.append(Pairs()),
    b"d": _dictionary,
    b"\x8f": lambda machine, _: machine.stack.append(Items()),
    b"\x91": lambda machine, _: machine.stack.append(Items(machine.marked())),
    b"P": _persistent,
    b"Q": _persistent,
    b"\x97": _out_of_band,
    b"\x98": lambda machine, _: None,
    b"\x80": lambda machine, _: None,
    b"\x95": lambda machine, _: None,
    b".": _stop,
}
