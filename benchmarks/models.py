"""The ladder of model files that packages carry: how much smaller each rung makes them, and what a gate says of it.

`python benchmarks/models.py [RUNG…] [--model NAME] [--lacking] [--markdown] [--write PAGE]`; see docs/models.md.
What a run measured is kept in build/models/ladder.json, so that rungs may be measured one at a time.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path

from model_ladder import RUNGS, Ladder, markdown, put
from model_lossless import CODED, lossless
from model_packages import DATA, fetch
from model_run_time import RUNS, run_time
from model_rungs import RUNNERS

Climb = Callable[[Ladder, str], None]
LADDER: dict[str, tuple[Climb, tuple[str, ...]]] = {
    "lossless": (lossless, CODED),
    **RUNNERS,
    "run time": (run_time, RUNS),
}


def asked() -> argparse.Namespace:
    """What is wanted."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("rungs", nargs="*", metavar="RUNG", help=f"of {', '.join(RUNGS)}; all of them without one")
    parser.add_argument("--model", action="append", default=[], help="only this one; may be repeated")
    parser.add_argument(
        "--lacking", action="store_true", help="only what was not measured yet: go on where it was cut off"
    )
    parser.add_argument("--markdown", action="store_true", help="print what was measured before, and measure nothing")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="put the table between the marks of a page")
    given = parser.parse_args()
    unknown = sorted({*given.rungs} - {*LADDER})
    if unknown:
        parser.error(f"there is no rung {', '.join(unknown)}")
    return given


def main() -> None:
    given, ladder = asked(), Ladder(DATA / "ladder.json")
    if not given.markdown:
        known = {(line.rung, line.model) for line in ladder.lines()} if given.lacking else set()
        rungs = given.rungs or [rung for rung in RUNGS if rung in LADDER]
        wanted = [
            (rung, model) for rung in rungs for model in LADDER[rung][1] if not given.model or model in given.model
        ]
        climb(ladder, [one for one in wanted if one not in known])
    table = markdown(ladder.lines())
    if given.markdown:
        print(table, end="")
    if given.write:
        put(given.write, table)


def climb(ladder: Ladder, wanted: list[tuple[str, str]]) -> None:
    """Measure one model after the other, each with one thread, so that seconds of CPU mean the same anywhere."""
    os.environ.update({"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MODEL_DATA": str(DATA)})
    fetch()
    for rung, model in wanted:
        print(rung, flush=True)
        LADDER[rung][0](ladder, model)


if __name__ == "__main__":
    main()
