import csv
import io
import tempfile
import zipfile
from base64 import urlsafe_b64encode
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.installed import environment, tree_scene, unrecorded, untrue
from builders.scenes import distribution_files, scene_of
from deadweight.core.changes import Changes, Link, Linking
from deadweight.core.edit import Edit, Safety
from deadweight.core.entry import Entry, Kind
from deadweight.core.scene import Scene
from deadweight.core.seams import Packing
from deadweight.edits.applying import apply_all, edit_kinds
from deadweight.edits.record import EDIT, follow_ups
from deadweight.formats.directory import FORMAT

SITE = "lib/site"
RECORD = f"{SITE}/foo-1.0.dist-info/RECORD"


def removing(*paths: str) -> Edit:
    return Edit("remove", paths, Safety.SAFE, "tests", "not needed")


def foo(files: dict[str, bytes] | None = None) -> dict[str, bytes | Entry]:
    return dict(distribution_files(SITE, "foo", files=files or {"foo/a.py": b"a", "foo/t/x.py": b"x"}))


def rows_after(scene: Scene, so_far: Changes, staging: Path, record: str = RECORD) -> list[list[str]] | None:
    """The rows of the rewritten RECORD, None where it stays."""
    edit = Edit("record", (record,), Safety.SAFE, "", "follows")
    changes = EDIT.apply(edit, scene, so_far, staging)
    if record not in changes.replaced:
        return None
    return list(csv.reader(io.StringIO(changes.replaced[record].read_text())))


def test_rows_of_what_went_go_with_it_and_the_others_stay_in_their_order(tmp_path: Path) -> None:
    rows = rows_after(scene_of(foo()), Changes(removed=frozenset({f"{SITE}/foo/t"})), tmp_path)
    assert rows is not None
    assert [row[0] for row in rows][:2] == ["foo/a.py", "foo-1.0.dist-info/METADATA"]
    assert rows[-1] == ["foo-1.0.dist-info/RECORD", "", ""]


def test_new_content_gets_its_hash_and_size(tmp_path: Path) -> None:
    staged = tmp_path / "new"
    staged.write_bytes(b"new content")
    rows = rows_after(scene_of(foo()), Changes(replaced={f"{SITE}/foo/a.py": staged}), tmp_path)
    digest = urlsafe_b64encode(sha256(b"new content").digest()).decode().rstrip("=")
    assert rows is not None
    assert rows[0] == ["foo/a.py", f"sha256={digest}", "11"]


def test_a_link_counts_as_the_content_that_it_leads_to(tmp_path: Path) -> None:
    staged = tmp_path / "new"
    staged.write_bytes(b"new content")
    link = Link(f"{SITE}/foo/t/x.py", Linking.SYMBOLIC, "t/x.py")
    so_far = Changes(replaced={f"{SITE}/foo/t/x.py": staged}, linked={f"{SITE}/foo/a.py": link})
    rows = rows_after(scene_of(foo()), so_far, tmp_path)
    assert rows is not None
    assert rows[0][1:] == rows[1][1:] != ["sha256=x", "1"]


def test_a_hard_link_follows_its_first_name(tmp_path: Path) -> None:
    files = foo({"foo/a.py": b"a", "foo/b.py": b"a"})
    files[f"{SITE}/foo/b.py"] = Entry(f"{SITE}/foo/b.py", Kind.HARDLINK, target=f"{SITE}/foo/a.py")
    staged = tmp_path / "new"
    staged.write_bytes(b"new content")
    rows = rows_after(scene_of(files), Changes(replaced={f"{SITE}/foo/a.py": staged}), tmp_path)
    assert rows is not None
    assert rows[0][1:] == rows[1][1:]


def test_an_unlinked_row_without_a_hash_stays_without_one(tmp_path: Path) -> None:
    files = foo()
    body = files[RECORD]
    assert isinstance(body, bytes)
    files[RECORD] = body.replace(b"foo/a.py,sha256=x,1\n", b"foo/a.py,,\n")
    staged = tmp_path / "new"
    staged.write_bytes(b"new")
    assert rows_after(scene_of(files), Changes(replaced={f"{SITE}/foo/a.py": staged}), tmp_path) is None


def test_a_record_that_is_true_already_is_left_byte_for_byte(tmp_path: Path) -> None:
    assert rows_after(scene_of(foo()), Changes(removed=frozenset({"elsewhere"})), tmp_path) is None


def test_rows_of_scripts_and_of_quoted_names_are_understood(tmp_path: Path) -> None:
    files = foo({"foo/a, b.py": b"a"}) | {"bin/tool": b"#!"}
    body = files[RECORD]
    assert isinstance(body, bytes)
    files[RECORD] = body.replace(b"foo/a, b.py", b'"foo/a, b.py"') + b"../../bin/tool,sha256=x,2\n"
    rows = rows_after(scene_of(files), Changes(removed=frozenset({"bin/tool"})), tmp_path)
    assert rows is not None
    assert [row[0] for row in rows if "tool" in row[0]] == []
    assert rows[0] == ["foo/a, b.py", "sha256=x", "1"]


def test_a_record_below_a_linked_site_directory_is_understood(tmp_path: Path) -> None:
    files = foo() | {"lib64": Entry("lib64", Kind.SYMLINK, target="lib")}
    body = files[RECORD]
    assert isinstance(body, bytes)
    files[RECORD] = body + b"../../lib64/site/foo/t/x.py,sha256=x,1\n"
    rows = rows_after(scene_of(files), Changes(removed=frozenset({f"{SITE}/foo/t"})), tmp_path)
    assert rows is not None
    assert not [row for row in rows if row[0].endswith("x.py")]


@settings(max_examples=60, derandomize=True, deadline=None)
@given(
    st.sets(st.sampled_from([f"foo/{name}.py" for name in "abcdefgh"]), min_size=1),
    st.sets(st.sampled_from("abcdefgh")),
)
def test_whatever_goes_the_rows_are_those_of_what_stays(names: set[str], gone: set[str]) -> None:
    scene = scene_of(foo(dict.fromkeys(sorted(names), b"x")))
    removed = frozenset(f"{SITE}/foo/{name}.py" for name in gone)
    with tempfile.TemporaryDirectory() as folder:
        rows = rows_after(scene, Changes(removed=removed), Path(folder))
    if rows is None:
        assert not {f"{SITE}/{name}" for name in names} & removed
    else:
        listed = [row[0] for row in rows if row[0].startswith("foo/")]
        assert listed == sorted(name for name in names if f"{SITE}/{name}" not in removed)


def test_each_distribution_that_loses_a_file_is_followed_up_and_no_other() -> None:
    files = foo() | distribution_files(SITE, "bar")
    (edit,) = follow_ups(scene_of(files), (removing(f"{SITE}/foo/t"),))
    assert (edit.kind, edit.paths, edit.rule, edit.owner) == ("record", (RECORD,), "", "foo 1.0")
    assert "foo 1.0" in edit.reason


def test_a_distribution_that_goes_as_a_whole_is_not_followed_up() -> None:
    edits = (removing(f"{SITE}/foo", f"{SITE}/foo-1.0.dist-info"),)
    assert follow_ups(scene_of(foo()), edits) == ()


@pytest.mark.parametrize("kind", ["strip", "share"])
def test_a_distribution_whose_files_change_is_followed_up(kind: str) -> None:
    edit = Edit(kind, (f"{SITE}/foo/a.py",), Safety.SAFE, "rule", "reason")
    assert [one.paths for one in follow_ups(scene_of(foo()), (edit,))] == [(RECORD,)]


def test_hidden_entries_and_records_themselves_need_no_follow_up() -> None:
    merge = Edit("merge", (f"{SITE}/foo/a.py",), Safety.SAFE, "dead-bytes", "hidden", layer=0)
    record = Edit("record", (RECORD,), Safety.SAFE, "", "follows")
    assert follow_ups(scene_of(foo()), (merge, record)) == ()


def test_a_record_that_cannot_be_read_is_a_gap() -> None:
    files = foo()
    files[RECORD] = b'"foo/a.py' + b"x" * 200_000
    scene = scene_of(files)
    assert follow_ups(scene, (removing(f"{SITE}/foo/t"),)) == ()
    assert (RECORD, "edit") in [(gap.where, gap.stage) for gap in scene.gaps]


def test_a_wheel_is_recorded_from_its_root(tmp_path: Path) -> None:
    files = distribution_files("", "foo", files={"foo/a.py": b"a", "foo/t/x.py": b"x"})
    wheel = {path.lstrip("/"): body for path, body in files.items()}
    with zipfile.ZipFile(tmp_path / "foo-1.0-py3-none-any.whl", "w") as archive:
        for path, body in wheel.items():
            archive.writestr(path, body)
    with zipfile.ZipFile(tmp_path / "foo-1.0-py3-none-any.whl") as archive:
        scene = scene_of({name: archive.read(name) for name in archive.namelist()})
    record = "foo-1.0.dist-info/RECORD"
    (edit,) = follow_ups(scene, (removing("foo/t"),))
    assert edit.paths == (record,)
    rows = rows_after(scene, Changes(removed=frozenset({"foo/t"})), tmp_path, record)
    assert rows is not None
    assert [row[0] for row in rows][0:2] == ["foo/a.py", "foo-1.0.dist-info/METADATA"]


def test_a_real_environment_stays_true_to_importlib_metadata(tmp_path: Path) -> None:
    site = environment(tmp_path / "before", "msgspec", "click", "packaging")
    assert untrue(site) == []
    scene = tree_scene(tmp_path / "before")
    paths = [entry.path for entry in scene.listing.entries if entry.kind is Kind.FILE]
    modules = tuple(path for path in paths if "/click/" in path and path.endswith(("t.py", ".pyc")))
    libraries = tuple(path for path in paths if path.endswith(".so"))
    edits = (removing(*modules), Edit("strip", libraries, Safety.SAFE, "native-symbols", "symbols"))
    followed = follow_ups(scene, edits)
    assert {edit.owner.split()[0] for edit in followed} == {"click", "msgspec"}
    (tmp_path / "staging").mkdir()
    changes = apply_all((*edits, *followed), scene, edit_kinds(), tmp_path / "staging")
    assert FORMAT.pack is not None
    FORMAT.pack(scene.artifact, changes, tmp_path / "after", Packing())
    after = tmp_path / "after" / site.relative_to(tmp_path / "before")
    assert untrue(after) == []
    assert unrecorded(after) == []
    without = replace(changes, replaced={})
    FORMAT.pack(scene.artifact, without, tmp_path / "untrue", Packing())
    assert len(untrue(tmp_path / "untrue" / site.relative_to(tmp_path / "before"))) == len(modules)
