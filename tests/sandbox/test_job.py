from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from deadweight.core.probe import Observation, Probe, ProbeKind, RunRecord
from deadweight.sandbox.job import Job, Told, from_line, to_line
from deadweight.sandbox.stand import RunLimits

TEXT = some.text(some.characters(exclude_categories=()), max_size=20)
PROBES = some.builds(
    Probe,
    name=TEXT,
    kind=some.sampled_from(ProbeKind),
    headers=some.dictionaries(TEXT, TEXT, max_size=2),
    body=TEXT,
    ignore=some.lists(TEXT, max_size=2).map(tuple),
    tolerance=some.floats(0, 1),
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(some.lists(PROBES, max_size=3), some.lists(TEXT, max_size=3), some.dictionaries(TEXT, TEXT, max_size=2))
def test_a_job_comes_out_as_it_went_in(probes: list[Probe], words: list[str], environment: dict[str, str]) -> None:
    job = Job(tuple(words), tuple(words), 80, tuple(probes), RunLimits(), ("sh",), "", environment, "/", "held")
    line = to_line(job)
    assert line.count(b"\n") == 1
    assert from_line(line, Job) == job


@settings(max_examples=60, deadline=None, derandomize=True)
@given(TEXT, some.integers(-1, 599), some.floats(0, 1e6))
def test_a_record_comes_out_as_it_went_in(text: str, status: int, seconds: float) -> None:
    seen = Observation(text, status, text, "sha256:0", text, seconds, text)
    told = Told(record=RunRecord((seen,), True, seconds, 5, text, text, text))
    assert from_line(to_line(told), Told) == told


def test_a_line_of_another_shape_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        from_line(b'{"probe": 7}\n', Told)
