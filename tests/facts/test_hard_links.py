from __future__ import annotations

from builders.scenes import scene_of
from deadweight.core.entry import Entry, Kind
from deadweight.facts.hard_links import HARD_LINKS


def test_a_body_has_the_further_names_that_link_to_it() -> None:
    links = {path: Entry(path, Kind.HARDLINK, target="a") for path in ("c", "b")}
    assert scene_of({"a": b"1", **links}).ask(HARD_LINKS) == {"a": ("b", "c")}


def test_symbolic_links_and_copies_are_no_further_names() -> None:
    link = Entry("b", Kind.SYMLINK, target="a")
    assert scene_of({"a": b"1", "b": link, "c": b"1"}).ask(HARD_LINKS) == {}
