"""What a distribution demands on a target, against the evaluation of every marker by packaging."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.requirements import Requirement

from builders.installations import MARKERS, part
from deadweight.dependencies.needs_of import Needs

CLAUSES = st.sampled_from(
    [
        'extra == "a"',
        "extra == 'b'",
        'python_version < "3.12"',
        'python_version >= "3"',
        'sys_platform == "win32"',
        '(extra == "a" or extra == "b")',
        '"a" == extra',
        '(python_version > "2" and extra == "b")',
        'extra != "a"',
    ]
)
MARKED = st.lists(CLAUSES, min_size=1, max_size=3).flatmap(
    lambda parts: st.sampled_from([" and ".join(parts), " or ".join(parts), f"({parts[0]}) and {parts[-1]}"])
)


def evaluated(line: str, extra: str) -> bool:
    marker = Requirement(line).marker
    return marker is None or marker.evaluate({**MARKERS, "extra": extra})


@settings(max_examples=300, derandomize=True)
@given(st.lists(MARKED, max_size=4))
def test_no_line_is_passed_over_whose_marker_holds(marked: list[str]) -> None:
    lines = [f"need{number} ; {marker}" for number, marker in enumerate(marked)]
    needs = Needs(MARKERS)
    base = {one.name for one in needs.of(part("one", *lines))}
    assert base == {Requirement(line).name for line in lines if evaluated(line, "")}
    for extra in ("a", "b"):
        more = {one.name for one in needs.of(part("one", *lines), extra)}
        assert more == {Requirement(line).name for line in lines if evaluated(line, extra)} - base


def test_extras_are_compared_as_they_are_normalised() -> None:
    one = part("one", 'two ; extra == "Big_Data"', 'three; extra == "big.data"')
    assert [need.name for need in Needs(MARKERS).of(one, "big-data")] == ["two", "three"]


def test_a_line_that_cannot_be_read_is_a_gap_and_the_others_count() -> None:
    needs = Needs(MARKERS)
    assert [one.name for one in needs.of(part("one", "two (=>1", "three"))] == ["three"]
    assert "'two (=>1'" in needs.gaps[0].reason


def test_a_marker_that_nothing_can_tell_does_not_hold() -> None:
    assert Needs({"python_version": "3.12"}).of(part("one", 'two; extra == "x"')) == ()
