"""A twin is a tree of links that holds what a written copy would, and leaves the first tree as it is."""

from __future__ import annotations

import os
from pathlib import Path

from deadweight.core.changes import Changes, Link, Linking
from deadweight.formats.trees.twin import link_tree, placed


def base(folder: Path) -> Path:
    root = folder / "base"
    (root / "a/b").mkdir(parents=True)
    (root / "a/b/kept.txt").write_text("kept")
    (root / "a/gone.txt").write_text("gone")
    (root / "away").mkdir()
    (root / "away/too.txt").write_text("gone")
    (root / "old.txt").write_text("old")
    (root / "old.txt").chmod(0o640)
    (root / "link").symlink_to("a/b")
    (root / "a").chmod(0o750)
    return root


def listed(root: Path) -> dict[str, str]:
    found = {}
    for path in sorted(root.rglob("*")):
        name = str(path.relative_to(root))
        found[name] = f"-> {path.readlink()}" if path.is_symlink() else path.read_text() if path.is_file() else ""
    return found


def test_without_changes_it_is_the_same_and_shares_every_body(tmp_path: Path) -> None:
    root, out = base(tmp_path), tmp_path / "out"
    link_tree(root, Changes(), out)
    assert listed(out) == listed(root)
    assert (out / "old.txt").samefile(root / "old.txt")
    assert (out / "a").stat().st_mode == (root / "a").stat().st_mode
    assert (out / "a").stat().st_mtime_ns == (root / "a").stat().st_mtime_ns


def test_what_is_removed_replaced_and_linked_is_so_in_the_twin_alone(tmp_path: Path) -> None:
    root, out, staged = base(tmp_path), tmp_path / "out", tmp_path / "staged"
    staged.write_text("new")
    before = listed(root)
    links = {
        "a/b/kept.txt": Link("old.txt", Linking.HARD),
        "a/gone.txt": Link("old.txt", Linking.SYMBOLIC, "../old.txt"),
    }
    link_tree(root, Changes(frozenset({"away", "link"}), {"old.txt": staged}, links), out)
    assert listed(out) == {
        "a": "",
        "a/b": "",
        "a/b/kept.txt": "new",
        "a/gone.txt": "-> ../old.txt",
        "old.txt": "new",
    }
    assert (out / "old.txt").stat().st_mode & 0o777 == 0o640
    assert (out / "a/b/kept.txt").samefile(out / "old.txt")
    assert listed(root) == before


def test_what_is_changed_below_a_removed_directory_is_gone(tmp_path: Path) -> None:
    root, out, staged = base(tmp_path), tmp_path / "out", tmp_path / "staged"
    staged.write_text("new")
    link = {"away/link": Link("old.txt", Linking.HARD)}
    link_tree(root, Changes(frozenset({"away"}), {"away/too.txt": staged}, link), out)
    assert not os.path.lexists(out / "away")


def test_paths_that_lead_through_links_are_changed_where_they_lie(tmp_path: Path) -> None:
    changes = Changes(frozenset({"link/kept.txt"}), {}, {"x": Link("link/y", Linking.HARD)})
    moved = placed(changes, {"link/kept.txt": "a/b/kept.txt", "link/y": "a/b/y"})
    assert moved.removed == {"a/b/kept.txt"}
    assert moved.linked["x"].target == "a/b/y"
