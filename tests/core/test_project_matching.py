from __future__ import annotations

from fnmatch import fnmatchcase

from hypothesis import given, settings
from hypothesis import strategies as st

from builders.evidence import project_of

PATHS = ["a.py", "b/a.py", "b/c/Dockerfile", "Dockerfile.dev", "b/[x].txt", ".env"]


@settings(max_examples=100, derandomize=True, deadline=None)
@given(st.lists(st.text("abcpy.*?/[]!xDockerfile", max_size=8), max_size=4))
def test_a_glob_is_of_the_name_and_of_the_path_where_it_has_a_slash(patterns: list[str]) -> None:
    project = project_of(dict.fromkeys(PATHS, ""))
    wanted = [
        path
        for path in sorted(PATHS)
        if any(fnmatchcase(path if "/" in glob else path.rpartition("/")[2], glob) for glob in patterns)
    ]
    assert list(project.matching(*patterns)) == wanted
