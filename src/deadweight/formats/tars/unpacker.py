"""What runs in the process that unpacks layers: `python -m deadweight.formats.tars.unpacker`, asked by unpacking."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

from deadweight.codecs.detection import codec_named
from deadweight.core.errors import DeadweightError
from deadweight.formats.byte_range import Tape
from deadweight.formats.side_process import asked
from deadweight.formats.tars.unpacking import WHOLE, Job, Jobs, written


def _unpack(job: Job, folder: str) -> None:
    """Write the unpacked layer, and tell once it is whole; what ends without a word is not."""
    with open(job.telling, "wb", buffering=0) as telling, Tape(Path(os.fsdecode(job.path))) as tape:
        unpacked = codec_named(job.codec).reader(tape.section(job.start, job.length))
        if written(unpacked, job.file, folder):
            telling.write(WHOLE)


def main() -> None:
    """Unpack the layers that standard input asks for, one after the other; damage is for their readers to tell."""
    gc.disable()  # it ends as soon as it is done
    asking = asked(sys.stdin.buffer, Jobs)
    for job in asking.layers:
        try:
            _unpack(job, os.fsdecode(asking.folder))
        except (OSError, DeadweightError):
            continue


if __name__ == "__main__":
    main()
