"""Walks a pickle: what it would import and call is written down, and nothing is."""

from __future__ import annotations

from deadweight.core.errors import Corrupt
from deadweight.models.pickles.actions import ACTIONS, literal
from deadweight.models.pickles.machine import Fill, Machine, Walked
from deadweight.models.pickles.opcodes import Blob, opcodes
from deadweight.models.window import Cursor, Window, part_of

MOST_STEPS = 50_000_000
_DEEPEST = 8


def walk(window: Window, at: int = 0, fill: Fill | None = None, depth: int = 0) -> Walked:
    """Walk the pickle at the offset; raises Corrupt where it is none, is truncated or takes from an empty stack.

    What stands before the damage is run by whoever loads the pickle, so the error tells of code that was met.
    """
    machine = Machine(Cursor(window, at), fill)
    damage = _damage(machine)
    if damage is not None:
        raise Corrupt(damage.what + machine.ran(), where=window.where, advice=damage.advice) from damage
    for blob in machine.within if depth < _DEEPEST else ():
        _walk_within(machine, blob, depth)
    return machine.walked


def walk_as_far(window: Window, at: int = 0) -> tuple[Walked, str]:
    """What the pickle at the offset names as far as it can be walked, and what stopped that, empty for its end."""
    machine = Machine(Cursor(window, at), None)
    damage = _damage(machine)
    return machine.walked, damage.what if damage is not None else ""


def _damage(machine: Machine) -> Corrupt | None:
    """Run the machine to the end; gives what is wrong with the pickle, if anything is."""
    try:
        _run(machine)
    except Corrupt as error:
        return error
    except (IndexError, KeyError, ValueError, TypeError, AttributeError, OverflowError) as error:
        return Corrupt(f"the pickle is damaged at offset {machine.place}: {type(error).__name__} {error}")
    return None


def _run(machine: Machine) -> None:
    for step, (code, argument, place) in enumerate(opcodes(machine.cursor)):
        machine.place = place
        if step > MOST_STEPS:
            raise Corrupt(f"over {MOST_STEPS} opcodes", where=machine.cursor.window.where)
        action = ACTIONS.get(code)
        if action is None:
            machine.stack.append(literal(code, argument))
        else:
            action(machine, argument)
    machine.walked.end = machine.cursor.at


def _walk_within(machine: Machine, blob: Blob, depth: int) -> None:
    whole = machine.cursor.window
    try:
        inner = part_of(whole, blob.offset, blob.length, f"{whole.where}, pickle within")
        machine.walked.code.extend(walk(inner, 0, None, depth + 1).code)
    except Corrupt:
        machine.code("<nested>", "holds bytes that start as a pickle and are none")
