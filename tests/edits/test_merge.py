from pathlib import Path

import pytest

from builders.scenes import scene_of
from deadweight.core.changes import Changes
from deadweight.core.edit import Edit, Safety, Storage
from deadweight.core.errors import UsageError
from deadweight.edits.merge import EDIT


def test_hidden_entries_of_a_layer_are_dropped(tmp_path: Path) -> None:
    edit = Edit("merge", ("a", "b"), Safety.SAFE, "dead-bytes", "hidden", layer=2)
    assert EDIT.apply(edit, scene_of({}), Changes(), tmp_path) == Changes(dropped=frozenset({(2, "a"), (2, "b")}))


def test_an_edit_that_names_no_layer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="names no layer"):
        EDIT.apply(Edit("merge", ("a",), Safety.SAFE, "dead-bytes", "hidden"), scene_of({}), Changes(), tmp_path)


def test_only_a_format_with_layers_can_do_it() -> None:
    assert EDIT.needs == {Storage.LAYERS}
