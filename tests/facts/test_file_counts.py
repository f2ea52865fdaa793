from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from builders.scenes import scene_of
from deadweight.core.entry import Kind
from deadweight.facts.file_counts import FILE_COUNTS

_PATHS = st.lists(st.sampled_from(["d", "e", "g"]), max_size=3).map(lambda parts: "/".join([*parts, "x.f"]))


@settings(max_examples=40, derandomize=True, deadline=None)
@given(st.sets(_PATHS))
def test_each_directory_counts_the_files_under_it(paths: set[str]) -> None:
    scene = scene_of(dict.fromkeys(paths, b""))
    counts = scene.ask(FILE_COUNTS)
    for directory, count in counts.items():
        assert count == sum(entry.kind is not Kind.DIRECTORY for entry in scene.listing.under(directory))
    assert counts.get("", 0) == len(paths)
