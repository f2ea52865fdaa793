"""Sources are read in one pass, and what else is asked for with what lies beside it."""

from __future__ import annotations

from builders.scenes import MemoryContents, artifact_of, scene_from, scene_of
from deadweight.core.entry import Entry, Kind
from deadweight.facts.bodies import BODIES, MAX_SOURCE

LIBRARY = {
    "site-packages/one-1.dist-info/METADATA": b"Metadata-Version: 2.1\nName: one\nVersion: 1\n",
    "site-packages/one-1.dist-info/RECORD": b"one/a.py,,\none/b.py,,\none/tests/test_a.py,,\n",
    "site-packages/one/a.py": b"a = 1\n",
    "site-packages/one/b.py": b"b = 1\n",
    "site-packages/one/tests/test_a.py": b"c = 1\n",
    "app.py": b"import one\n",
    "settings.txt": b"x\n",
}


def test_all_sources_outside_of_tests_are_read_with_the_first() -> None:
    artifact = artifact_of(LIBRARY)
    assert isinstance(artifact.contents, MemoryContents)
    bodies = scene_from(artifact).ask(BODIES)
    assert bodies.read("app.py") == LIBRARY["app.py"]
    before = artifact.contents.read_bytes
    assert bodies.read("site-packages/one/b.py") == LIBRARY["site-packages/one/b.py"]
    assert artifact.contents.read_bytes == before


def test_files_that_were_fetched_before_do_not_keep_sources_from_being_read_at_once() -> None:
    artifact = artifact_of(LIBRARY)
    assert isinstance(artifact.contents, MemoryContents)
    bodies = scene_from(artifact).ask(BODIES)
    bodies.fetch(["settings.txt"])
    bodies.read("app.py")
    before = artifact.contents.read_bytes
    assert bodies.read("site-packages/one/a.py") == b"a = 1\n"
    assert bodies.read("settings.txt") == b"x\n"
    assert artifact.contents.read_bytes == before


def test_tests_are_read_when_they_are_asked_for() -> None:
    bodies = scene_of(LIBRARY).ask(BODIES)
    bodies.read("app.py")
    assert bodies.read("site-packages/one/tests/test_a.py") == b"c = 1\n"


def test_what_is_not_there_or_no_file_has_no_body() -> None:
    bodies = scene_of(LIBRARY).ask(BODIES)
    assert bodies.read("none.py") is None
    assert bodies.read("site-packages/one") is None


def test_a_source_that_is_too_large_is_a_gap() -> None:
    scene = scene_of({"big.py": Entry("big.py", Kind.FILE, MAX_SOURCE + 1)})
    assert scene.ask(BODIES).read("big.py") is None
    assert [gap.where for gap in scene.gaps if gap.stage == "bodies"] == ["big.py"]
