"""Projects that a look at import statements alone gets wrong: each is judged just as it is."""

from __future__ import annotations

import pytest

from builders.hard_cases import Case, cases, told, verdicts


@pytest.mark.parametrize("case", [*cases()], ids=lambda case: str(case.name))
def test_a_hard_case_is_judged_by_its_truth(case: Case) -> None:
    assert told(verdicts(case)) == case.truth
