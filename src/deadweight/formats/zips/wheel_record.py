"""What a wheel's RECORD expects of its files (PEP 376, PEP 427, binary distribution format)."""

from __future__ import annotations

import base64
import binascii
import csv
import hashlib
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import BinaryIO

from deadweight.core.errors import Corrupt, Hostile
from deadweight.core.paths import plain
from deadweight.formats.zips.body import open_body
from deadweight.formats.zips.reader import Expected, OpenedZip

_WHEEL = re.compile(r"[^/]+\.dist-info/WHEEL")
_UNLISTED = ("RECORD", "RECORD.jws", "RECORD.p7s")
_WEAK = frozenset({"md5", "sha1"})


def wheel_file(names: Iterable[str]) -> str | None:
    """The path of the one WHEEL file at its place, None where there is none or several."""
    matching = [name for name in names if _WHEEL.fullmatch(name)]
    return matching[0] if len(matching) == 1 else None


def expected_files(file: BinaryIO, opened: OpenedZip) -> Mapping[str, Expected]:
    """What RECORD says of each file of the wheel.

    Raises Corrupt where RECORD is missing or damaged, where it leaves out a file or names one that is not there.
    """
    wheel = wheel_file(opened.places)
    if wheel is None:
        raise Corrupt("there is not exactly one .dist-info/WHEEL", where=opened.where)
    info = wheel.removesuffix("WHEEL")
    unlisted = {info + name for name in _UNLISTED}
    listed = dict(_lines(_record(file, opened, info + "RECORD"), opened.where, unlisted))
    files = {path for path, place in opened.places.items() if not place.member.name.endswith("/")}
    _check_same(files - unlisted, set(listed), opened.where)
    return listed


def _record(file: BinaryIO, opened: OpenedZip, path: str) -> str:
    place = opened.places.get(path)
    if place is None:
        raise Corrupt(f"the wheel has no {path}", where=opened.where)
    if place.member.size > opened.opening.limits.metadata:
        raise Hostile(f"a RECORD of {place.member.size} bytes", where=opened.where)
    try:
        return open_body(file, place, opened.where, opened.opening.limits).read().decode("utf-8")
    except UnicodeDecodeError as error:
        raise Corrupt("RECORD is not UTF-8", where=opened.where) from error


def _lines(record: str, where: str, unlisted: set[str]) -> Iterator[tuple[str, Expected]]:
    seen: set[str] = set()
    try:
        for line in csv.reader(io.StringIO(record, newline="")):
            if not line:
                continue
            path = plain(line[0], where)
            if path in seen:
                raise Corrupt(f"RECORD names {path!r} twice", where=where)
            seen.add(path)
            if path not in unlisted:
                yield path, _expected(path, line, where)
    except csv.Error as error:
        raise Corrupt(f"RECORD cannot be read: {error}", where=where) from error


def _expected(path: str, line: list[str], where: str) -> Expected:
    algorithm, _, value = (line[1] if len(line) > 1 else "").partition("=")
    if algorithm in _WEAK or algorithm not in hashlib.algorithms_guaranteed or algorithm.startswith("shake"):
        raise Corrupt(f"RECORD has no sound digest of {path!r}", where=where)
    try:
        digest = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)).hex()
        return Expected(algorithm, digest, int(line[2]))
    except (binascii.Error, ValueError, IndexError) as error:
        raise Corrupt(f"RECORD's line on {path!r} cannot be read", where=where) from error


def _check_same(files: set[str], listed: set[str], where: str) -> None:
    if missing := sorted(listed - files):
        raise Corrupt(f"RECORD names {missing[0]!r}, which is not in the wheel", where=where)
    if extra := sorted(files - listed):
        raise Corrupt(f"{extra[0]!r} is in the wheel and not in its RECORD", where=where)
