"""What the rungs of the ladder came to: kept in one file, told as a table, put into a page."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

RUNGS = ("strip", "lossless", "article", "usual", "ours", "run time")
"""In the order of the table; each with what is wanted of it below."""
WANTED = {
    "strip": "Resemblyzer 3.0 times, silero-vad's set 2.5 times, what stays bit-equal",
    "lossless": "1.20 times on float32, 1.5 on bfloat16, 100 MB/s a core both ways, bit-exact",
    "article": "the usual recipe: the smallest 10 or 30 % at zero, 100 steps of distillation, int8 under zstd",
    "usual": "5 times at 95 % on four of five, without training, each in less than 5 minutes of CPU",
    "ours": "MiniLM 14, EasyOCR 15, CREPE full 26, LSTM 7 beyond strip, at 95 %; EfficientNet as it is",
    "run time": "decoding in 1.5 s of CPU; int8 twice as fast as fp32 with 60 % of the memory it adds",
}
_HEAD = "| model | bytes before | after | times | what it keeps | verdict | CPU |\n|---|--:|--:|--:|---|---|--:|"
_MARKS = re.compile(r"(<!-- ladder -->\n).*?(<!-- end of ladder -->)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Line:
    """One model on one rung: bytes before and after, seconds of CPU, and what became of it.

    `verdict` is passed, refused (by the gate; then `after` is what was refused) or failed. `said` is the worst task of
    the gate, what it keeps, and what it keeps at least, 95 % sure; or what else there is to say.
    """

    rung: str
    model: str
    before: int
    after: int
    cpu: float
    verdict: str
    said: str
    peak: int = 0

    @property
    def times(self) -> float:
        """How many times smaller."""
        return self.before / self.after if self.after else 0.0

    def told(self) -> str:
        """A line of the table in Markdown."""
        times = f"{self.times:.2f}" if self.after else "-"
        after = f"{self.after:,}" if self.after else "-"
        cells = (self.model, f"{self.before:,}", after, times, self.said, self.verdict, f"{self.cpu:,.1f} s")
        return f"| {' | '.join(cells)} |"


@dataclass(frozen=True, slots=True)
class Ladder:
    """The lines that were measured, in a file; a line takes the place of the one of its rung and model."""

    path: Path

    def lines(self) -> tuple[Line, ...]:
        """All that was measured."""
        return msgspec.json.decode(self.path.read_bytes(), type=tuple[Line, ...]) if self.path.is_file() else ()

    def keep(self, line: Line) -> None:
        """Write the line down, and print it; of two that write at once both lines stay."""
        with _alone_in(self.path.parent):
            places = {(one.rung, one.model): one for one in self.lines()}
            places[line.rung, line.model] = line
            beside = self.path.with_suffix(".part")
            beside.write_bytes(msgspec.json.format(msgspec.json.encode([*places.values()])))
            beside.rename(self.path)
        print(line.told(), flush=True)


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """One at a time, of all processes."""
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def markdown(lines: Sequence[Line]) -> str:
    """The table, a part for each rung that was measured."""
    parts = []
    for rung in RUNGS:
        own = [line.told() for line in lines if line.rung == rung]
        if own:
            parts.append("\n".join((f"**{rung}**, wanted: {WANTED[rung]}\n", _HEAD, *own)))
    return "\n\n".join(parts) + "\n"


def put(page: Path, table: str) -> None:
    """Write the table between the page's marks; raises ValueError where there are none."""
    text = page.read_text("utf-8")
    if not _MARKS.search(text):
        raise ValueError(f"{page} has no marks: <!-- ladder --> and <!-- end of ladder -->")
    page.write_text(_MARKS.sub(lambda found: f"{found[1]}{table}{found[2]}", text), "utf-8")
