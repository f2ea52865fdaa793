from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.scenes import scene_of
from deadweight.core.changes import Changes, Link, Linking
from deadweight.core.edit import Edit, Safety
from deadweight.core.errors import UsageError
from deadweight.core.paths import link_target
from deadweight.edits.share import EDIT, relative_target

FILES: dict[str, bytes] = {"a/one.so": b"same", "b/c/two.so": b"same", "b/three.so": b"same", "other": b"other"}
NAMES = st.lists(st.sampled_from(["a", "b", "..x", "c d", "é"]), min_size=1, max_size=5).map("/".join)


def sharing(*paths: str, target: str = "a/one.so", linking: str = "hard link") -> Edit:
    arguments = {"target": target, "linking": linking}
    return Edit("share", paths, Safety.SAFE, "duplicates", "the same bytes", arguments=arguments)


def applied(edit: Edit, so_far: Changes | None = None) -> Changes:
    return EDIT.apply(edit, scene_of(FILES), so_far or Changes(), Path("unused"))


def test_the_other_paths_become_hard_links_to_the_one_that_stays() -> None:
    link = Link("a/one.so", Linking.HARD)
    assert applied(sharing("b/c/two.so", "b/three.so")) == Changes(linked={"b/c/two.so": link, "b/three.so": link})


def test_a_symbolic_link_holds_the_way_from_its_own_directory() -> None:
    changes = applied(sharing("b/c/two.so", linking="symbolic link"))
    assert changes.linked["b/c/two.so"] == Link("a/one.so", Linking.SYMBOLIC, "../../a/one.so")


@settings(max_examples=100, derandomize=True, deadline=None)
@given(NAMES, NAMES)
def test_the_text_of_a_symbolic_link_leads_to_its_target(path: str, target: str) -> None:
    assert link_target(path, relative_target(path, target)) == target


def test_the_text_of_a_symbolic_link_leads_there_on_a_real_file_system_too(tmp_path: Path) -> None:
    for path, body in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(body)
    (tmp_path / "b/c/two.so").unlink()
    (tmp_path / "b/c/two.so").symlink_to(relative_target("b/c/two.so", "a/one.so"))
    assert (tmp_path / "b/c/two.so").samefile(tmp_path / "a/one.so")


def test_a_path_that_another_edit_removes_is_no_link() -> None:
    changes = applied(sharing("b/c/two.so", "b/three.so"), Changes(removed=frozenset({"b/c"})))
    assert changes.linked.keys() == {"b/three.so"}


def test_a_link_to_what_is_removed_is_refused() -> None:
    with pytest.raises(UsageError, match=r"removes 'a/one\.so'"):
        applied(sharing("b/three.so"), Changes(removed=frozenset({"a"})))


@pytest.mark.parametrize("target", ["nowhere", "b/three.so"])
def test_a_target_that_is_not_there_or_is_shared_itself_is_refused(target: str) -> None:
    with pytest.raises(UsageError, match="not there to be shared"):
        applied(sharing("b/three.so", target=target))


@pytest.mark.parametrize("arguments", [{}, {"target": "a/one.so"}, {"target": "a/one.so", "linking": "magic"}])
def test_an_edit_that_does_not_say_how_to_link_is_refused(arguments: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="no target or no way of linking"):
        applied(Edit("share", ("b/three.so",), Safety.SAFE, "duplicates", "same", arguments=arguments))
