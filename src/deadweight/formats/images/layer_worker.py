"""What runs in the process of one layer: `python -m deadweight.formats.images.layer_worker`, asked by layer_process."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import BinaryIO

from deadweight.core.errors import DeadweightError
from deadweight.core.seams import Opening
from deadweight.formats.byte_range import Tape
from deadweight.formats.images.index_record import to_record
from deadweight.formats.images.layer_process import Indexed, Job, Refusal, Step, Told, decoded, encoded
from deadweight.formats.side_process import asked, framed
from deadweight.formats.tars.index import index_tar


class Telling:
    """Progress that is told to the process that asked; one that has gone ends this one."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def start(self, what: str, total: int, unit: str = "B") -> None:
        """Said by who asked."""

    def advance(self, amount: int) -> None:
        """So many more stored bytes were read."""
        self.tell(Step(amount))

    def finish(self) -> None:
        """Said by who asked."""

    def tell(self, told: Told, behind: bytes = b"") -> None:
        """Write one frame, and what follows it."""
        self._stream.write(framed(told))
        self._stream.write(behind)
        self._stream.flush()


def answer(job: Job, telling: Telling) -> None:
    """Tell the index of the layer, or what it is refused with."""
    keep = tuple(decoded(glob) for glob in job.keep)
    opening = Opening(keep=keep, limits=job.limits, progress=telling)
    try:
        with Tape(Path(os.fsdecode(job.path))) as tape:
            stream = tape.section(job.start, job.length)
            record = to_record(index_tar(stream, decoded(job.where), opening, job.layer))
        telling.tell(Indexed(len(record)), record)
    except DeadweightError as fault:
        texts = (encoded(text) for text in (fault.what, fault.where, fault.advice))
        telling.tell(Refusal(type(fault).__name__, *texts))


def main() -> None:
    """Answer the one job on standard input."""
    gc.disable()  # it ends as soon as it has answered
    answer(asked(sys.stdin.buffer, Job), Telling(sys.stdout.buffer))


if __name__ == "__main__":
    main()
