"""Rules look at a scene: chosen by name, most bytes first, and one that fails is a gap and stops no other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from builders.scenes import scene_of
from deadweight.core.edit import Safety
from deadweight.core.errors import Corrupt, UsageError
from deadweight.core.finding import Confidence, Evidence, Finding
from deadweight.core.level import Level
from deadweight.core.planning import Choice
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.pipeline.finding import chosen_rules, find, no_rule, rules


def finding(rule: str, path: str, size: int) -> Finding:
    return Finding(rule, "", "it weighs", (path,), size, size, (Evidence("seen", path),), Confidence.CERTAIN)


def rule_of(name: str, *sizes: int) -> Rule:
    def look(scene: Scene) -> Iterable[Finding]:
        return [finding(name, f"{name}/{size}", size) for size in sizes]

    return Rule(name, "a rule of the test", Safety.SAFE, look)


def failing(fault: Exception) -> Rule:
    def look(scene: Scene) -> Iterable[Finding]:
        yield finding("failing", "half", 10)
        raise fault

    return Rule("failing", "a rule that fails half way", Safety.SAFE, look)


def test_findings_of_all_rules_come_most_bytes_first() -> None:
    found = find(scene_of({}), [rule_of("a", 1, 30), rule_of("b", 20)])
    assert [one.size for one in found] == [30, 20, 1]


def test_findings_of_one_size_have_one_order_whatever_the_order_of_the_rules() -> None:
    some = [rule_of("b", 5), rule_of("a", 5)]
    assert find(scene_of({}), some) == find(scene_of({}), some[::-1])


def test_what_only_stores_less_comes_most_stored_bytes_first() -> None:
    """Blanked GPU code takes no unpacked byte away."""

    def look(scene: Scene) -> Iterable[Finding]:
        return [replace(finding("a", f"{stored}", 0), stored=stored) for stored in (5, 70, 6)]

    found = find(scene_of({}), [Rule("a", "a rule", Safety.SAFE, look), rule_of("b", 1)])
    assert [(one.size, one.stored) for one in found] == [(1, 1), (0, 70), (0, 6), (0, 5)]


@pytest.mark.parametrize("fault", [ValueError("odd"), KeyError("x"), RecursionError("deep"), ZeroDivisionError()])
def test_a_rule_that_fails_is_a_gap_and_the_others_still_look(fault: Exception) -> None:
    scene = scene_of({"a": b"x"})
    found = find(scene, [failing(fault), rule_of("b", 20)])
    assert [one.rule for one in found] == ["b"]
    (gap,) = [gap for gap in scene.gaps if gap.stage == "find"]
    assert gap.where == "failing"
    assert type(fault).__name__ in gap.reason


def test_an_artifact_that_is_corrupt_is_no_fault_of_the_rule() -> None:
    with pytest.raises(Corrupt):
        find(scene_of({}), [failing(Corrupt("it changed"))])


def test_without_a_choice_every_rule_of_the_safe_level_looks() -> None:
    assert chosen_rules(Choice()) == tuple(plugin.value for plugin in rules() if plugin.value.level is Level.SAFE)


def test_ignoring_goes_before_selecting() -> None:
    both = frozenset({"logs", "bytecode"})
    assert [rule.name for rule in chosen_rules(Choice(select=both))] == ["bytecode", "logs"]
    assert [rule.name for rule in chosen_rules(Choice(select=both, ignore=frozenset({"logs"})))] == ["bytecode"]
    assert chosen_rules(Choice(select=both, ignore=both)) == ()


@pytest.mark.parametrize("where", ["select", "ignore"])
def test_an_unknown_rule_is_refused_wherever_it_is_named(where: str) -> None:
    with pytest.raises(UsageError, match="there is no rule 'nonsense'"):
        chosen_rules(Choice(**{where: frozenset({"nonsense"})}))  # type: ignore[arg-type]  # the two that take names


def test_a_name_that_is_near_none_leads_to_the_list() -> None:
    assert no_rule("zzz", ["logs"]).advice == "All rules: deadweight rule"
    assert no_rule("log", ["logs", "bytecode"]).advice == "Did you mean logs?"


def test_every_rule_tells_progress_and_the_stretch_is_finished() -> None:
    class Tally:
        def __init__(self) -> None:
            self.said: list[str] = []

        def start(self, what: str, total: int, unit: str = "B") -> None:
            self.said.append(f"start {what}")

        def advance(self, amount: int) -> None:
            self.said.append("advance")

        def finish(self) -> None:
            self.said.append("finish")

    tally = Tally()
    bare = scene_of({})
    scene = Scene(bare.artifact, bare.ownership, {}, tally)
    find(scene, [rule_of("a", 1), failing(ValueError("odd"))])
    assert tally.said == ["start looking", "advance", "advance", "finish"]
