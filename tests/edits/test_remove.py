from pathlib import Path

from builders.scenes import scene_of
from deadweight.core.changes import Changes
from deadweight.core.edit import Edit, Safety
from deadweight.edits.remove import EDIT


def test_paths_are_removed_and_a_directory_stands_for_all_that_lies_in_it(tmp_path: Path) -> None:
    scene = scene_of({"app/tests/a.py": b"a", "app/main.py": b"m"})
    edit = Edit("remove", ("app/tests",), Safety.SAFE, "tests", "not needed")
    assert EDIT.apply(edit, scene, Changes(), tmp_path) == Changes(removed=frozenset({"app/tests"}))
    assert list(tmp_path.iterdir()) == []
