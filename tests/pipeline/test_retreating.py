"""Where no cut is to blame alone, a level of cutting is given up whole, the furthest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from builders.scenes import scene_of
from deadweight.core.changes import Changes
from deadweight.core.edit import Edit, Safety
from deadweight.core.errors import ProofFailed
from deadweight.core.probe import RunRecord
from deadweight.core.proof import Comparison, Proof, Verdict
from deadweight.formats.recognition import format_named
from deadweight.pipeline.making.ground import ground_of
from deadweight.pipeline.making.mending import _retreated
from deadweight.pipeline.making.output import Output
from deadweight.pipeline.making.workshop import Packed, Workshop
from deadweight.pipeline.opening import Sight
from deadweight.pipeline.proving import Baseline, Proving
from deadweight.sandbox.isolation import isolation
from deadweight.sandbox.launch import RunSettings
from deadweight.sandbox.stand import RunLimits

SAFE, BALANCED, TIGHT = (
    Edit("remove", (rule,), Safety.PROVEN, rule, "unused", rule)
    for rule in ("type-stubs", "unreached-distributions", "unreached-modules")
)


@dataclass(frozen=True, slots=True)
class Tale(Workshop):
    """A workshop whose results answer as the original does once the edits of one rule are gone."""

    breaking: str = ""

    def make_again(self, kept: Sequence[Edit], before: Packed, name: str) -> Packed:
        """The edits alone, nothing packed."""
        return Packed(tuple(kept), self.room / name, Changes())

    def prove(self, packed: Packed, known: Baseline, proving: Proving) -> Proof:
        """Different as long as an edit of the breaking rule is there."""
        return proof(same=self.breaking not in {edit.rule for edit in packed.edits})


def proof(*, same: bool) -> Proof:
    return Proof((Comparison("GET /", Verdict.SAME) if same else Comparison("GET /", Verdict.DIFFERENT, "500 != 200"),))


def retreated(room: Path, breaking: str) -> tuple[Packed, Proof]:
    shop = Tale(ground_of(scene_of({})), Sight(), Output(room / "out"), room, format_named("directory"), breaking)
    broken = Packed((SAFE, BALANCED, TIGHT), room / "mended-1", Changes())
    ran = RunRecord((), True, 0.1, 1, "")
    known = Baseline((), ran, ran)
    proving = Proving((), RunSettings(isolation(sandbox=False), RunLimits()))
    return _retreated(shop, broken, (known, proving, proof(same=False)), ())


@pytest.mark.parametrize(
    ("breaking", "kept"), [("unreached-modules", (SAFE, BALANCED)), ("unreached-distributions", (SAFE,))]
)
def test_only_the_levels_that_break_it_are_given_up(tmp_path: Path, breaking: str, kept: tuple[Edit, ...]) -> None:
    packed, found = retreated(tmp_path, breaking)
    assert packed.edits == kept
    assert found.verdict is Verdict.SAME


def test_what_was_given_up_is_told_with_the_probe_and_what_it_saw(tmp_path: Path) -> None:
    _, found = retreated(tmp_path, "unreached-distributions")
    assert [one.edit for one in found.undone] == [TIGHT, BALANCED]
    assert found.undone[0].probe == "GET /"
    assert found.undone[0].difference == "all cuts of the level tight were given up: 500 != 200"


def test_what_the_safe_level_breaks_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ProofFailed, match="500 != 200"):
        retreated(tmp_path, "type-stubs")
