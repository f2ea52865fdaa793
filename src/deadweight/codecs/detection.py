"""Which codec a stream was packed with, by its first bytes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from deadweight.core.errors import UsageError
from deadweight.core.plugins import found, named
from deadweight.core.seams import Codec

HEAD_BYTES = 16
"""So many first bytes are enough for `detect`."""


@cache
def codecs() -> Mapping[str, Codec]:
    """All codecs by name, ours and those of third parties."""
    return MappingProxyType(named(found("deadweight.codecs", "CODEC", Codec)))


def detect(head: bytes) -> Codec:
    """The codec whose magic the stream starts with, `store` for none."""
    for codec in codecs().values():
        if head.startswith(codec.magic):
            return codec
    return codecs()["store"]


def codec_named(name: str) -> Codec:
    """The codec of this name; raises UsageError with all names for another."""
    try:
        return codecs()[name]
    except KeyError:
        raise UsageError(f"there is no codec {name!r}", advice=f"There are {', '.join(codecs())}.") from None
