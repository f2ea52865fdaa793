"""What a change comes to."""

from __future__ import annotations

import pytest

from builders.installations import MARKERS, ask, graph, part
from deadweight.core.errors import UsageError
from deadweight.dependencies.what_if import Change, Supposed, changed_asks, dropped, supposed

PARTS = [
    part("jupyter", "babel", "numpy", size=100),
    part("sphinx", "babel", size=20),
    part("babel", size=30),
    part("web", "numpy", 'loop; extra == "fast"', size=5),
    part("loop", size=7),
    part("numpy", size=60),
]
ASKS = [ask("web[fast]"), ask("jupyter", "dev"), ask("sphinx", "docs")]


def after(change: Change) -> Supposed:
    before = graph(PARTS, *ASKS)
    return supposed(before, dropped(before, change, MARKERS), change)


def test_two_that_go_together_take_along_what_they_share() -> None:
    apart = [after(Change((name,))).freed.installed for name in ("jupyter", "sphinx")]
    together = after(Change(("jupyter", "sphinx")))
    assert apart == [100, 20]
    assert together.freed.installed == 150
    assert [one.name for one in together.goes] == ["jupyter", "babel", "sphinx"]
    assert together.before.installed - together.freed.installed == together.after.installed


def test_an_extra_goes_and_its_distribution_stays() -> None:
    found = after(Change(("web[fast]",)))
    assert [one.name for one in found.goes] == ["loop"]


def test_a_group_goes() -> None:
    assert [one.name for one in after(Change(groups=("docs",))).goes] == ["sphinx"]


def test_what_others_ask_for_stays_and_the_chain_of_who_asks_is_told() -> None:
    found = after(Change(("numpy",)))
    assert found.goes == ()
    assert [(one.name, one.chain[-1]) for one in found.stays] == [("numpy", "numpy")]
    assert found.stays[0].chain[0] in ("web", "jupyter")


def test_names_that_are_not_there_are_told_all_at_once() -> None:
    with pytest.raises(UsageError, match=r"(?s)jupiter is not asked for; did you mean jupyter.*called dco"):
        after(Change(("jupiter",), ("dco",)))
    with pytest.raises(UsageError, match="no requirement"):
        after(Change(("!",)))


def test_what_is_added_stands_last_among_what_is_asked_for() -> None:
    found = changed_asks(graph(PARTS, *ASKS), Change(("sphinx",), adds=("New_One[x]>1",)))
    assert [(one.name, one.requirement) for one in found][-1] == ("new-one", "New_One[x]>1")
    assert [one.name for one in found] == ["web", "jupyter", "new-one"]
