from __future__ import annotations

from pathlib import PurePosixPath

from hypothesis import given, settings
from hypothesis import strategies as st

from builders.scenes import scene_of
from deadweight.core.entry import Entry, Kind
from deadweight.facts.endings import ENDINGS, named

NAMES = st.text("ab.Z", min_size=1, max_size=6).filter(lambda name: name not in (".", ".."))


def test_files_are_under_their_last_ending_in_lower_case() -> None:
    endings = scene_of({"a/x.PY": b"", "a/y.tar.gz": b"", "b/Makefile": b""}).ask(ENDINGS)
    assert {ending: [entry.path for entry in group] for ending, group in endings.items()} == {
        ".py": ["a/x.PY"],
        ".gz": ["a/y.tar.gz"],
        "": ["b/Makefile"],
    }


def test_links_are_there_and_directories_are_not() -> None:
    link = Entry("a.d/x.py", Kind.SYMLINK, target="y.py")
    endings = scene_of({"a.d/x.py": link}).ask(ENDINGS)
    assert set(endings) == {".py"}


def test_a_dot_in_a_directory_is_no_ending() -> None:
    endings = scene_of({"a.b/c": b""}).ask(ENDINGS)
    assert set(endings) == {""}


def test_names_are_found_wherever_they_lie_and_only_as_a_whole() -> None:
    paths = ("a/.env", ".env", "a/x.env", "a/.ENV", "Makefile", "b/Makefile", "b/aMakefile")
    scene = scene_of(dict.fromkeys(paths, b""))
    assert [entry.path for entry in named(scene, ".env")] == [".env", "a/.env"]
    assert [entry.path for entry in named(scene, "Makefile", ".ENV")] == ["Makefile", "a/.ENV", "b/Makefile"]


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.sets(NAMES, max_size=8))
def test_every_file_is_under_exactly_one_ending_which_ends_its_name(names: set[str]) -> None:
    endings = scene_of({f"d/{name}": b"" for name in names}).ask(ENDINGS)
    assert sorted(entry.name for group in endings.values() for entry in group) == sorted(names)
    for ending, group in endings.items():
        assert all(entry.name.lower().endswith(ending) for entry in group)
        assert ending or all(not PurePosixPath(entry.path).name.count(".") for entry in group)
