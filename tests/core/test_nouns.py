from __future__ import annotations

import pytest

from deadweight.core.edit import Edit, Safety
from deadweight.core.errors import (
    Corrupt,
    DeadweightError,
    Hostile,
    Lacking,
    ProofFailed,
    Refused,
    Unknown,
    UsageError,
)
from deadweight.core.finding import Confidence, Evidence, Finding
from deadweight.core.plan import Plan
from deadweight.core.proof import NO_PROOF, Comparison, Proof, Verdict

SEEN = (Evidence("seen", "here"),)


def edit(*paths: str, safety: Safety = Safety.SAFE, layer: int | None = None) -> Edit:
    return Edit("remove", paths, safety, "rule", "because", layer=layer)


def finding(*edits: Edit, owner: str = "torch 2.13.0", size: int = 1) -> Finding:
    return Finding("rule", owner, "says", ("a",), size, 1, SEEN, Confidence.LIKELY, edits)


def test_every_error_says_what_where_and_what_to_do() -> None:
    assert Corrupt("it broke", where="a.tar", advice="Fetch it again.").message == "a.tar: it broke\n  Fetch it again."
    assert str(UsageError("no such rule")) == "no such rule"


@pytest.mark.parametrize(
    ("kind", "status"),
    [(UsageError, 2), (ProofFailed, 3), (Refused, 4), (Corrupt, 4), (Hostile, 4), (Unknown, 4), (Lacking, 5)],
)
def test_every_error_has_its_exit_status(kind: type[DeadweightError], status: int) -> None:
    assert kind("x").exit_code == status


def test_an_edit_names_each_path_once_and_at_least_one() -> None:
    for paths in ((), ("a", "a")):
        with pytest.raises(ValueError, match="each once"):
            edit(*paths)


def test_a_finding_is_as_safe_as_its_weakest_edit() -> None:
    assert finding(edit("a"), edit("b", safety=Safety.PROVEN)).safety is Safety.PROVEN
    assert finding().safety is Safety.SUGGESTED


def test_a_finding_without_evidence_can_not_exist() -> None:
    with pytest.raises(ValueError, match="without evidence"):
        Finding("rule", "app", "says", ("a",), 1, 1, (), Confidence.CERTAIN)


def test_the_fingerprint_outlives_versions_and_sizes() -> None:
    assert finding(size=1).fingerprint == finding(owner="torch 2.14.0", size=2).fingerprint
    assert finding().fingerprint != finding(owner="numpy 2.4.0").fingerprint


def test_no_plan_edits_a_path_twice() -> None:
    with pytest.raises(UsageError, match="twice"):
        Plan("sha256:x", "tar", (edit("a"), edit("b", "a")))


def test_a_path_and_its_hidden_copies_are_different_things_to_edit() -> None:
    assert len(Plan("sha256:x", "tar", (edit("a"), edit("a", layer=0), edit("a", layer=1))).edits) == 3


def test_a_plan_is_refused_for_another_artifact() -> None:
    plan = Plan("sha256:x", "tar", ())
    assert plan.bound_to("sha256:x") is plan
    with pytest.raises(UsageError, match="made for sha256:x"):
        plan.bound_to("sha256:y")


@pytest.mark.parametrize(
    ("verdicts", "whole"),
    [
        ([], Verdict.NOT_RUN),
        ([Verdict.SAME, Verdict.SAME], Verdict.SAME),
        ([Verdict.SAME, Verdict.UNSTABLE], Verdict.SAME),
        ([Verdict.UNSTABLE], Verdict.UNSTABLE),
        ([Verdict.SAME, Verdict.DIFFERENT, Verdict.NOT_RUN], Verdict.DIFFERENT),
        ([Verdict.SAME, Verdict.NOT_RUN], Verdict.NOT_RUN),
    ],
)
def test_a_proof_is_as_good_as_its_worst_probe(verdicts: list[Verdict], whole: Verdict) -> None:
    assert Proof(tuple(Comparison(str(place), one) for place, one in enumerate(verdicts))).verdict is whole


def test_no_proof_never_reads_as_same() -> None:
    assert NO_PROOF.verdict is Verdict.NOT_RUN
    assert NO_PROOF.first_difference is None
