"""What stands as text in a native file: libraries and absolute paths that it may open, telling calls."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

PIECE = 4 << 20
LONGEST = 512
CALLS = ("iconv_open", "getaddrinfo", "OSSL_PROVIDER_load", "ENGINE_by_id")
"""Functions whose name tells that a file needs more than it names."""
_PLACES = (b"/etc/", b"/usr/", b"/var/", b"/bin/", b"/sbin/", b"/lib/", b"/opt/")
_LIBRARY = re.compile(rb"[\w+%.$@{}/-]*\.so(?:\.[\d%sdu.]+)?")
_PATH = re.compile(rb"/[\w+%.@~/-]+")
_BREAK = re.compile(rb"[^\w+%.$@{}/~-]")


def names_within(stream: BinaryIO, *, calls: bool = True) -> frozenset[str]:
    """Every name that ends as a library's, every absolute path into a system's places, and those of CALLS.

    Read in pieces; without `calls` the last are not looked for. A library's name may hold what a program fills in
    (`libnss_%s.so.2`). Texts over 512 bytes are not looked for.
    """
    found: set[bytes] = set()
    kept = b""
    while piece := stream.read(PIECE):
        text = kept + piece
        found.update(_libraries(text))
        found.update(_paths(text))
        found.update(call.encode() for call in CALLS if calls and call.encode() + b"\0" in text)
        kept = text[-LONGEST:]
    return frozenset(name.decode("ascii", "ignore") for name in found)


def _libraries(text: bytes) -> Iterator[bytes]:
    for place in _places(text, b".so"):
        begin = _begin(text, place)
        match = _LIBRARY.match(text, begin, place + 64)
        if match and match.end() > place and place > begin:
            yield match[0]


def _paths(text: bytes) -> Iterator[bytes]:
    # One search for a single byte and a look at each hit: a search for each of the places takes three times as long.
    for place in _places(text, b"/"):
        if text.startswith(_PLACES, place):
            match = _PATH.match(text, _begin(text, place), place + LONGEST)
            if match:
                yield match[0].rstrip(b"/.")


def _places(text: bytes, sign: bytes) -> Iterator[int]:
    place = text.find(sign)
    while place >= 0:
        yield place
        place = text.find(sign, place + 1)


def _begin(text: bytes, place: int) -> int:
    """Where the word that the place lies in begins."""
    start = text.rfind(b"\0", max(0, place - LONGEST), place) + 1 or max(0, place - LONGEST)
    return place - len(_BREAK.split(text[start:place])[-1])
