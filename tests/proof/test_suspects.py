"""A difference that names what is missing names the edit that took it away."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from builders.scenes import scene_of
from deadweight.core.edit import Edit, Safety
from deadweight.core.proof import Comparison, Verdict
from deadweight.proof.bisect import Blame, find_culprits
from deadweight.proof.suspects import of_its_kind, suspects

FILES = ("site/web/core.py", "site/web/data/list.json", "site/json5.py", "usr/lib/libfoo.so.1", "site/spaces/a/b.py")
MODULES = {"web.core": ("site/web/core.py",), "json5": ("site/json5.py",), "spaces.a.b": ("site/spaces/a/b.py",)}
LISTING = scene_of(dict.fromkeys(FILES, b"x")).listing


def removal(path: str, owner: str = "", rule: str = "a-rule") -> Edit:
    return Edit("remove", (path,), Safety.PROVEN, rule, "nothing reaches it", owner)


EDITS = [
    removal("site/web", "web 1.0"),
    removal("site/json5.py", "json5 2.0"),
    removal("usr/lib/libfoo.so.1", "libfoo1 1"),
    removal("site/spaces", "spaces 1"),
    removal("etc/other", "other 1"),
]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ModuleNotFoundError: No module named 'web.core'", ["site/web"]),
        ("No module named 'json5'", ["site/json5.py"]),
        ("No module named 'spaces.a'", ["site/spaces"]),
        ("ImportError: cannot import name 'core' from 'web' (unknown location)", ["site/web"]),
        ("AttributeError: module 'web' has no attribute 'core'", ["site/web"]),
        ("OSError: libfoo.so.1: cannot open shared object file: No such file", ["usr/lib/libfoo.so.1"]),
        ("FileNotFoundError: [Errno 2] No such file or directory: '/srv/app/site/web/data/list.json'", ["site/web"]),
        ("RuntimeError: please install other", ["etc/other"]),
        ("No module named 'json5'\nNo module named 'web.core'", ["site/json5.py", "site/web"]),
        ("exit status 0 became 1", []),
        ("No module named 'never_there'", []),
    ],
)
def test_what_is_missing_leads_to_the_edit_that_took_it(text: str, found: list[str]) -> None:
    assert [edit.paths[0] for edit in suspects(text, EDITS, LISTING, MODULES)] == found


def test_all_of_a_rule_on_an_owner_are_of_one_kind() -> None:
    edits = [removal("a", "web 1"), removal("b", "web 1"), removal("c", "web 1", "else"), removal("d", "json5 2")]
    assert [edit.paths[0] for edit in of_its_kind(edits[0], edits, False, "json5 is missing")] == ["a", "b"]
    assert [edit.paths[0] for edit in of_its_kind(edits[0], edits, True, "json5 is missing")] == ["a", "b", "d"]


def test_edits_without_an_owner_are_no_kind() -> None:
    edits = [removal("a"), removal("b")]
    assert of_its_kind(edits[1], edits, True, "") == [edits[1]]


def named(found: Comparison, edits: Sequence[Edit]) -> Sequence[Edit]:
    return suspects(found.difference, edits, LISTING, MODULES)


def test_named_culprits_cost_a_trial_each_and_take_their_kin_along() -> None:
    trials = []

    def broken(edits: Sequence[Edit]) -> Comparison | None:
        trials.append(edits)
        paths = {edit.paths[0] for edit in edits}
        if "site/json5.py" in paths:
            return Comparison("GET /", Verdict.DIFFERENT, "No module named 'json5'")
        if "site/web" in paths:
            return Comparison("GET /", Verdict.DIFFERENT, "No module named 'web.core'")
        return None

    many = [removal(f"other/{number}", f"owner{number} 1") for number in range(100)]
    kin = removal("more/of/json5", "json5 2.0")
    kept, undone = find_culprits([*many, *EDITS, kin], broken, blame=Blame(named, of_its_kind))
    assert [one.edit.paths[0] for one in undone] == ["site/json5.py", "more/of/json5", "site/web"]
    assert len(kept) == 103
    assert len(trials) == 3


def test_a_name_that_is_not_to_blame_costs_one_trial_and_is_kept() -> None:
    def broken(edits: Sequence[Edit]) -> Comparison | None:
        there = any(edit.paths[0] == "etc/other" for edit in edits)
        return Comparison("GET /", Verdict.DIFFERENT, "No module named 'json5'") if there else None

    kept, undone = find_culprits(EDITS, broken, blame=Blame(named, of_its_kind))
    assert [one.edit.paths[0] for one in undone] == ["etc/other"]
    assert len(kept) == 4
