"""A layer indexed in a process of its own.

The process tells on its standard output, in frames as it is asked: how far it is, then the record of the index, or why
the layer is refused.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from threading import Event
from typing import BinaryIO, cast

import msgspec

from deadweight.core.errors import Corrupt, Hostile, Lacking, Refused, Unknown
from deadweight.core.limits import Limits
from deadweight.core.seams import Opening
from deadweight.formats.byte_range import ByteRange
from deadweight.formats.side_process import LENGTH, framed, started

_REFUSALS = {kind.__name__: kind for kind in (Refused, Corrupt, Hostile, Unknown, Lacking)}
_MODULE = "deadweight.formats.images.layer_worker"


class Job(msgspec.Struct, array_like=True):
    """The layer, `length` bytes from `start` on of a file, and how to index it; texts are UTF-8 with escaped bytes."""

    path: bytes
    start: int
    length: int
    where: bytes
    layer: int
    keep: list[bytes]
    limits: Limits


class Step(msgspec.Struct, array_like=True, tag=True):
    """So many stored bytes more were read."""

    amount: int


class Indexed(msgspec.Struct, array_like=True, tag=True):
    """The index follows in so many bytes, as `index_record` writes it: behind the frame, so that it is held once."""

    size: int


class Refusal(msgspec.Struct, array_like=True, tag=True):
    """The error that the layer was refused with: the name of its class, and its texts as UTF-8 with escaped bytes."""

    kind: str
    what: bytes
    where: bytes
    advice: bytes


Told = Step | Indexed | Refusal


def index_apart(place: ByteRange, where: str, wanted: tuple[Opening, int], stopped: Event) -> bytes:
    """The record of the index of the layer at the place, as layer of that number; empty where none came.

    Raises what the layer is refused with, and Corrupt once `stopped` is set.
    """
    opening, layer = wanted
    keep = [encoded(glob) for glob in opening.keep]
    job = Job(bytes(place.path), place.start, place.length, encoded(where), layer, keep, opening.limits)
    with started(_MODULE) as process:
        try:
            return _heard(process, job, opening, stopped)
        except OSError:  # it ended before it had read what it is asked
            return b""
        finally:
            process.kill()


def _heard(process: subprocess.Popen[bytes], job: Job, opening: Opening, stopped: Event) -> bytes:
    asking, telling = cast(BinaryIO, process.stdin), cast(BinaryIO, process.stdout)
    with asking:
        asking.write(framed(job))
    for told in _frames(telling):
        if stopped.is_set():
            raise Corrupt("reading was given up")
        if isinstance(told, Refusal):
            raise _REFUSALS[told.kind](decoded(told.what), where=decoded(told.where), advice=decoded(told.advice))
        if isinstance(told, Indexed):
            return telling.read(told.size)
        opening.progress.advance(told.amount)
    return b""


def _frames(stream: BinaryIO) -> Iterator[Told]:
    """What the process tells, up to where it ends, or ends in the middle."""
    while len(head := stream.read(LENGTH)) == LENGTH:
        size = int.from_bytes(head, "big")
        frame = stream.read(size)
        if len(frame) == size:
            yield msgspec.msgpack.decode(frame, type=Told)


def encoded(text: str) -> bytes:
    """The text as bytes, those of names that are no UTF-8 included."""
    return text.encode("utf-8", "surrogateescape")


def decoded(text: bytes) -> str:
    """The text of such bytes."""
    return text.decode("utf-8", "surrogateescape")
