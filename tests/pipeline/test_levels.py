"""Which rules look at which level."""

from __future__ import annotations

from deadweight.core.level import Level
from deadweight.core.planning import Choice
from deadweight.pipeline.finding import chosen_rules, rules


def _names(level: Level) -> set[str]:
    return {rule.name for rule in chosen_rules(Choice(level=level))}


def test_each_level_holds_all_rules_of_the_one_below() -> None:
    assert _names(Level.SAFE) < _names(Level.BALANCED) < _names(Level.TIGHT)


def test_the_safe_level_cuts_by_no_reachability() -> None:
    assert not any(name.startswith("unreached") for name in _names(Level.SAFE))


def test_a_rule_that_is_selected_looks_at_any_level() -> None:
    chosen = chosen_rules(Choice(select=frozenset({"unreached-modules"})))
    assert [rule.name for rule in chosen] == ["unreached-modules"]


def test_every_rule_that_cuts_beyond_the_safe_level_needs_a_proof() -> None:
    beyond = [plugin.value for plugin in rules() if plugin.value.level is not Level.SAFE]
    assert beyond
    assert all(str(rule.safety) == "proven" for rule in beyond)


def test_every_level_states_its_promise() -> None:
    assert len({level.promise for level in Level}) == len(Level)
