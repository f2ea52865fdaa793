"""The JSON documents of an image, and their fields, checked as they are read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from deadweight.core.errors import Corrupt

MAX_DOCUMENT = 16 << 20
"""Bytes of one document; registries take 4 MiB."""

T = TypeVar("T")


def parsed(body: bytes, where: str) -> object:
    """The value that the JSON text says."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Corrupt(f"no JSON: {error}", where=where) from error


def document(body: bytes, where: str) -> Mapping[str, object]:
    """The object that the JSON text says."""
    return checked(parsed(body, where), dict, where)


def checked(value: object, kind: type[T], where: str) -> T:
    """The value, where it is of that kind; raises Corrupt where it is another."""
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise Corrupt(f"a {kind.__name__} is missing: there is {str(value)[:80]!r}", where=where)
    return value


def text(document: Mapping[str, object], key: str, where: str) -> str:
    """The text at the key, empty for none."""
    return checked(document.get(key) or "", str, f"{where}: {key}")


def section(document: Mapping[str, object], key: str, where: str) -> Mapping[str, object]:
    """The object at the key, empty for none."""
    return checked(document.get(key) or {}, dict, f"{where}: {key}")


def texts(document: Mapping[str, object], key: str, where: str) -> tuple[str, ...]:
    """The list of texts at the key, empty for none."""
    listed = checked(document.get(key) or [], list, f"{where}: {key}")
    return tuple(checked(one, str, f"{where}: {key}") for one in listed)


def sections(document: Mapping[str, object], key: str, where: str) -> tuple[Mapping[str, object], ...]:
    """The list of objects at the key, empty for none."""
    listed = checked(document.get(key) or [], list, f"{where}: {key}")
    return tuple(checked(one, dict, f"{where}: {key}") for one in listed)


def any_case(document: Mapping[str, object]) -> Mapping[str, object]:
    """The object with its keys in lower case: Docker reads them in any case, and jib writes them small."""
    return {key.lower(): value for key, value in document.items()}
