"""A model in a process of its own: started, asked, ended."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from deadweight.core import errors
from deadweight.core.errors import Lacking
from deadweight.judging.serving import Spent

_THREADS = (
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "RAYON_NUM_THREADS",
    "DEADWEIGHT_THREADS",
)
_TAIL = 2000


@dataclass(slots=True)
class Runner:
    """One process: `words` start it, with so many `threads`. A context: it has ended when that is left."""

    words: Sequence[str]
    threads: int
    inputs: int = 0
    process: subprocess.Popen[bytes] | None = None
    trouble: IO[bytes] = field(default_factory=tempfile.TemporaryFile)

    def __enter__(self) -> Runner:
        pipe = subprocess.PIPE
        environment = {**os.environ, **threads_said(self.threads)}
        self.process = subprocess.Popen(self.words, stdin=pipe, stdout=pipe, stderr=self.trouble, env=environment)
        try:
            self.inputs = int(self._heard()["inputs"])
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.communicate()
        self.trouble.close()

    def ask(self, does: str, **given: int) -> Spent:
        """Have it do one thing; raises what it says went wrong, and Lacking where it ended."""
        assert self.process is not None
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps({"do": does, **given}).encode() + b"\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise self._ended() from None
        return Spent(**self._heard()["spent"])

    def _heard(self) -> Mapping[str, Any]:
        assert self.process is not None
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise self._ended()
        said: Mapping[str, Any] = json.loads(line)
        if "error" in said:
            kind, what, where, advice = said["error"]
            raise getattr(errors, kind)(what, where=where, advice=advice)
        return said

    def _ended(self) -> Lacking:
        assert self.process is not None
        status = self.process.wait()
        self.trouble.seek(0)
        said = self.trouble.read().decode("utf-8", "replace").strip()[-_TAIL:]
        how = f"was ended by signal {-status}" if status < 0 else f"ended with status {status}"
        return Lacking(f"the process that runs the model {how}: {said}", where=self.words[-1])


def threads_said(count: int) -> dict[str, str]:
    """The variables by which libraries are told how many threads to use."""
    return dict.fromkeys(_THREADS, str(count))
