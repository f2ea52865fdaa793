from __future__ import annotations

from builders.reach import reached_scene
from deadweight.core.level import Level
from deadweight.core.planning import Choice
from deadweight.pipeline.finding import chosen_rules
from deadweight.rules.unreached_application import RULE

FILES = {"app.py": b"import flask\n", "migrate.py": b"import click\n", "data.json": b"{}"}


def test_finds_sources_that_nothing_reaches_and_never_data() -> None:
    (found,) = RULE.find(reached_scene(FILES, ["app.py"]))
    assert found.paths == ("migrate.py",)


def test_leaves_all_where_every_source_is_reached() -> None:
    assert list(RULE.find(reached_scene(FILES, ["app.py", "migrate.py"]))) == []


def test_looks_only_where_it_is_selected_by_its_name() -> None:
    assert RULE not in chosen_rules(Choice(level=Level.TIGHT))
    assert RULE in chosen_rules(Choice(level=Level.TIGHT, select=frozenset({RULE.name})))
