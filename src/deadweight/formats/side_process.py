"""Processes of our own that work beside this one: an interpreter runs one thread at a time, machines have more cores.

Each runs a module and is asked on its standard input, in one frame of msgpack behind four bytes of length.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from typing import BinaryIO, TypeVar

import msgspec

T = TypeVar("T", bound=msgspec.Struct)
LENGTH = 4


def started(module: str, *, telling: int = subprocess.PIPE, descriptors: Sequence[int] = ()) -> subprocess.Popen[bytes]:
    """The process, with the modules of this one and none of the current directory; raises OSError.

    `telling` is its standard output, `descriptors` are those that it has besides, under their numbers here.
    """
    paths = os.pathsep.join(path for path in sys.path if path)
    return subprocess.Popen(
        (sys.executable, "-P", "-m", module),
        stdin=subprocess.PIPE,
        stdout=telling,
        stderr=subprocess.DEVNULL,
        pass_fds=descriptors,
        env={**os.environ, "PYTHONPATH": paths},
    )


def framed(said: msgspec.Struct) -> bytes:
    """One frame: its length, and the value."""
    body = msgspec.msgpack.encode(said)
    return len(body).to_bytes(LENGTH, "big") + body


def asked(stream: BinaryIO, kind: type[T]) -> T:
    """The one frame that the process is asked with."""
    return msgspec.msgpack.decode(stream.read()[LENGTH:], type=kind)
