"""Counts in sentences."""

from __future__ import annotations


def plural(count: int, noun: str) -> str:
    """A count with its noun: 1 file, 2 files, 2 copies."""
    if count == 1:
        return f"1 {noun}"
    return f"{count:,} {noun[:-1]}ies" if noun.endswith("y") else f"{count:,} {noun}s"


def agreeing(count: int, verb: str) -> str:
    """A verb of the third person that agrees with a count: is or are, stands or stand."""
    many = {"is": "are", "has": "have"}
    return verb if count == 1 else many.get(verb, verb.removesuffix("s"))
