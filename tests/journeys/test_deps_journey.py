"""A service over 172 distributions is judged without a mistake, in less than three seconds of one processor."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.journey

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "benchmarks"))


def test_a_service_with_more_than_it_needs_is_judged_as_a_person_would() -> None:
    from deps import BUILD, DOUBTFUL, NEEDED, UNDECLARED, UNNEEDED, of_deadweight, prepare

    service = prepare()
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "deadweight",
        "deps",
        "check",
        service,
        "--env",
        BUILD / "env",
        "--json",
    ]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = of_deadweight(done.stdout)
    assert done.returncode == 1
    assert UNNEEDED - DOUBTFUL <= told.unneeded <= UNNEEDED
    assert told.undeclared == UNDECLARED
    assert not NEEDED & {one["name"] for one in json.loads(done.stdout)["verdicts"]}
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 3
