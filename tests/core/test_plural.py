"""Counts in sentences agree with their nouns and verbs."""

from __future__ import annotations

import pytest

from deadweight.core.plural import agreeing, plural


@pytest.mark.parametrize(
    ("count", "noun", "said"),
    [(1, "file", "1 file"), (2, "file", "2 files"), (0, "copy", "0 copies"), (1_200, "entry", "1,200 entries")],
)
def test_a_noun_agrees_with_its_count(count: int, noun: str, said: str) -> None:
    assert plural(count, noun) == said


@pytest.mark.parametrize(("verb", "many"), [("is", "are"), ("has", "have"), ("stands", "stand"), ("leads", "lead")])
def test_a_verb_agrees_with_its_count(verb: str, many: str) -> None:
    assert [agreeing(count, verb) for count in (0, 1, 2)] == [many, verb, many]
