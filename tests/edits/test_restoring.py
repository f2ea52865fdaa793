import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.elves import compiled
from builders.installed import environment, tree_scene, untrue
from deadweight.core.edit import Edit, Safety
from deadweight.core.entry import Kind
from deadweight.core.errors import Refused, UsageError
from deadweight.core.seams import Packing
from deadweight.edits.applying import apply_all, edit_kinds
from deadweight.edits.record import follow_ups
from deadweight.edits.restoring import restore_into
from deadweight.formats.companion_writing import write_companion
from deadweight.formats.directory import FORMAT


@dataclass(frozen=True)
class Slimmed:
    """An original tree, its slimmed copy, and the companion beside it."""

    original: Path
    out: Path
    companion: Path

    def restore(self, *wanted: str) -> tuple[str, ...]:
        return restore_into(self.out, self.companion, wanted).paths


def removing(*paths: str, rule: str = "tests", owner: str = "app 1.0") -> Edit:
    return Edit("remove", paths, Safety.SAFE, rule, "not needed", owner)


def sharing(target: str, *paths: str, linking: str = "hard link") -> Edit:
    arguments = {"target": target, "linking": linking}
    return Edit("share", paths, Safety.SAFE, "duplicates", "the same bytes", arguments=arguments)


def stripping(*paths: str) -> Edit:
    return Edit("strip", paths, Safety.SAFE, "native-symbols", "symbols", "native 2.0")


def slimmed(original: Path, edits: Iterable[Edit]) -> Slimmed:
    """The tree, slimmed by these edits and what follows from them."""
    scene = tree_scene(original)
    every = [*edits, *follow_ups(scene, tuple(edits))]
    staging, out = original.parent / "staging", original.parent / "out"
    staging.mkdir()
    changes = apply_all(every, scene, edit_kinds(), staging)
    assert FORMAT.pack is not None
    FORMAT.pack(scene.artifact, changes, out, Packing())
    reasons = {path: (edit.rule, edit.owner) for edit in every for path in edit.paths}
    companion = original.parent / "out.removed.tar.zst"
    write_companion(scene.artifact, changes, reasons, companion)
    shutil.rmtree(staging)
    return Slimmed(original, out, companion)


def tree(root: Path, files: Mapping[str, bytes]) -> Path:
    for path, body in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(body)
    return root


def app(folder: Path) -> Path:
    """A small application, with what every edit has to do with."""
    root = tree(
        folder / "original",
        {
            "app/main.py": b"main",
            "app/tests/data/deep.bin": b"deep",
            "app/tests/test_main.py": b"test",
            "app/empty.txt": b"",
            "lib/native.so": compiled(),
            "lib/one.bin": b"same" * 300,
            "share/two.bin": b"same" * 300,
            "share/three.bin": b"same" * 300,
        },
    )
    (root / "app/tests/link").symlink_to("../main.py")
    (root / "app/tests/data").chmod(0o750)
    (root / "app/tests/test_main.py").chmod(0o755)
    (root / "share/two.bin").chmod(0o600)
    (root / "lib/linked.bin").hardlink_to(root / "lib/one.bin")
    for path in sorted(root.rglob("*"), reverse=True):
        os.utime(path, ns=(0, 1_600_000_000_123_000_000), follow_symlinks=False)
    return root


def listing(root: Path) -> list[tuple[object, ...]]:
    """Everything that matters of a tree, as the operating system says it."""
    firsts: dict[int, str] = {}
    found: list[tuple[object, ...]] = []
    for path in sorted(root.rglob("*")):
        name, status = path.relative_to(root).as_posix(), path.lstat()
        body: object = path.read_bytes() if path.is_file() and not path.is_symlink() else None
        target = str(path.readlink()) if path.is_symlink() else ""
        twin = firsts.setdefault(status.st_ino, name)
        found.append((name, status.st_mode, status.st_uid, round(status.st_mtime, 5), target, twin, body))
    return found


ALL = [
    removing("app/tests", "app/empty.txt"),
    stripping("lib/native.so"),
    sharing("lib/one.bin", "share/two.bin"),
    sharing("lib/one.bin", "share/three.bin", linking="symbolic link"),
]


def test_restoring_everything_gives_the_original_tree(tmp_path: Path) -> None:
    made = slimmed(app(tmp_path), ALL)
    assert listing(made.out) != listing(made.original)
    paths = made.restore("**")
    assert listing(made.out) == listing(made.original)
    assert set(paths) == {
        "app/empty.txt",
        "app/tests",
        "app/tests/data",
        "app/tests/data/deep.bin",
        "app/tests/link",
        "app/tests/test_main.py",
        "lib/native.so",
        "share/three.bin",
        "share/two.bin",
    }


def test_restoring_piece_by_piece_gives_the_original_tree_too(tmp_path: Path) -> None:
    made = slimmed(app(tmp_path), ALL)
    for wanted in ("share/two.bin", "app/tests/data/deep.bin", "rule:native-symbols", "rule:tests", "share/*"):
        made.restore(wanted)
    assert listing(made.out) == listing(made.original)


def test_restoring_what_is_back_already_changes_nothing(tmp_path: Path) -> None:
    made = slimmed(app(tmp_path), ALL)
    made.restore("**")
    before = listing(made.out)
    assert set(made.restore("**")) <= {"share/three.bin", "share/two.bin"}
    assert listing(made.out) == before


def test_what_was_changed_and_then_lost_comes_back_as_it_was_before(tmp_path: Path) -> None:
    made = slimmed(app(tmp_path), ALL)
    for path in ("lib/native.so", "share/two.bin", "share/three.bin"):
        (made.out / path).unlink()
    made.restore("**")
    assert [row for row in listing(made.out) if row[0] not in ("lib", "share")] == [
        row for row in listing(made.original) if row[0] not in ("lib", "share")
    ]


def test_one_path_comes_back_with_the_directories_above_it_and_nothing_else(tmp_path: Path) -> None:
    made = slimmed(app(tmp_path), ALL)
    assert made.restore("app/tests/data/deep.bin") == ("app/tests", "app/tests/data", "app/tests/data/deep.bin")
    assert (made.out / "app/tests/data").stat().st_mode & 0o777 == 0o750
    assert not (made.out / "app/tests/test_main.py").exists()
    assert (made.out / "share/three.bin").is_symlink()


def test_a_directory_means_all_that_lies_in_it(tmp_path: Path) -> None:
    made = slimmed(app(tmp_path), ALL)
    assert len(made.restore("app/tests/")) == 5


def test_a_rule_brings_back_all_that_it_cut_and_only_that(tmp_path: Path) -> None:
    made = slimmed(app(tmp_path), ALL)
    assert made.restore("rule:duplicates") == ("share/three.bin", "share/two.bin")
    assert (made.out / "share/two.bin").stat().st_nlink == 1
    assert (made.out / "share/two.bin").stat().st_mode & 0o777 == 0o600
    assert not (made.out / "share/three.bin").is_symlink()
    assert not (made.out / "app/tests").exists()


def test_a_distribution_brings_back_what_was_its_own(tmp_path: Path) -> None:
    made = slimmed(app(tmp_path), ALL)
    assert made.restore("distribution:Native") == ("lib/native.so",)
    assert (made.out / "lib/native.so").read_bytes() == compiled()


def test_a_removed_name_of_a_body_that_stayed_shares_it_again(tmp_path: Path) -> None:
    made = slimmed(app(tmp_path), [removing("lib/linked.bin")])
    made.restore("lib/linked.bin")
    assert (made.out / "lib/linked.bin").samefile(made.out / "lib/one.bin")
    assert listing(made.out) == listing(made.original)


def test_all_names_of_a_body_come_back_as_one_body(tmp_path: Path) -> None:
    made = slimmed(app(tmp_path), [removing("lib/linked.bin", "lib/one.bin")])
    made.restore("**")
    assert listing(made.out) == listing(made.original)


def test_a_name_whose_body_was_stripped_meanwhile_gets_its_own(tmp_path: Path) -> None:
    root = tree(tmp_path / "original", {"a.so": compiled()})
    (root / "b.so").hardlink_to(root / "a.so")
    made = slimmed(root, [stripping("a.so"), removing("b.so")])
    made.restore("b.so")
    assert (made.out / "b.so").read_bytes() == compiled()
    assert (made.out / "a.so").stat().st_size < len(compiled())
    made.restore("a.so")
    assert (made.out / "a.so").read_bytes() == compiled()


@pytest.mark.parametrize("wanted", ["nowhere", "rule:nobody", "distribution:nobody", "", "app/main.py"])
def test_what_was_never_cut_cannot_be_restored_and_the_rules_are_named(wanted: str, tmp_path: Path) -> None:
    made = slimmed(app(tmp_path), ALL)
    before = listing(made.out)
    with pytest.raises(UsageError) as caught:
        made.restore(wanted)
    assert "rule:native-symbols" in caught.value.advice
    assert listing(made.out) == before


def test_a_damaged_companion_leaves_the_result_as_it_is(tmp_path: Path) -> None:
    made = slimmed(app(tmp_path), ALL)
    before = listing(made.out)
    made.companion.write_bytes(made.companion.read_bytes()[:-20])
    with pytest.raises(Refused):
        made.restore("**")
    assert listing(made.out) == before


def test_a_disk_that_is_full_leaves_the_result_as_it_is_and_nothing_beside_it(tmp_path: Path) -> None:
    made = slimmed(app(tmp_path), ALL)
    before = listing(made.out)
    code = (
        "import resource, sys; from pathlib import Path; from deadweight.core.errors import Lacking\n"
        "from deadweight.edits.restoring import restore_into\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))\n"
        "try: restore_into(Path(sys.argv[1]), Path(sys.argv[2]), ['**'])\n"
        "except Lacking as error: sys.exit(error.exit_code)"
    )
    ran = subprocess.run([sys.executable, "-c", code, made.out, made.companion], capture_output=True, check=False)
    assert ran.returncode == 5, ran.stderr
    assert listing(made.out) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["original", "out", "out.removed.tar.zst"]


def test_nothing_but_result_and_companion_is_left_behind(tmp_path: Path) -> None:
    made = slimmed(app(tmp_path), ALL)
    made.restore("**")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["original", "out", "out.removed.tar.zst"]


def test_records_are_true_after_every_step_and_as_they_were_at_the_end(tmp_path: Path) -> None:
    site = environment(tmp_path / "original", "msgspec", "click", "packaging").relative_to(tmp_path / "original")
    scene = tree_scene(tmp_path / "original")
    paths = [entry.path for entry in scene.listing.entries if entry.kind is Kind.FILE]
    tests = removing(*(path for path in paths if "/click/" in path and "t" in path.rpartition("/")[2]))
    gone = [one.path for one in scene.listing.entries if one.path.startswith(f"{site}/packaging")]
    whole = removing(*(path for path in gone if path.count("/") == str(site).count("/") + 1), rule="unused")
    libraries = tuple(path for path in paths if path.endswith(".so"))
    made = slimmed(tmp_path / "original", [tests, whole, stripping(*libraries)])
    assert untrue(made.out / site) == []
    for wanted in (f"{site}/click/testing.py", "rule:native-symbols", "rule:unused", "rule:tests"):
        made.restore(wanted)
        assert untrue(made.out / site) == []
    assert listing(made.out) == listing(made.original)


def test_pip_finds_nothing_wrong_before_and_after(tmp_path: Path) -> None:
    site = environment(tmp_path / "original", "msgspec", "click").relative_to(tmp_path / "original")
    scene = tree_scene(tmp_path / "original")
    libraries = tuple(entry.path for entry in scene.listing.entries if entry.suffix == ".so")
    made = slimmed(tmp_path / "original", [stripping(*libraries), removing(f"{site}/click/testing.py")])
    assert check(made.out / site) == "No broken requirements found.\n"
    made.restore("**")
    assert check(made.out / site) == "No broken requirements found.\n"


def check(site: Path) -> str:
    """What `pip check` says of what is installed in the site directory."""
    if find_spec("pip") is None:
        pytest.skip("needs pip")
    code = f"import sys; sys.path[:0] = [{str(site)!r}]; from pip._internal.cli.main import main; sys.exit(main())"
    command = [sys.executable, "-c", code, "--disable-pip-version-check", "check"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def test_a_record_that_was_never_readable_comes_back_as_it_was(tmp_path: Path) -> None:
    record = "site/foo-1.0.dist-info/RECORD"
    root = tree(tmp_path / "original", {record: b'"foo.py' + b"x" * 200_000, "site/foo.py": b"x"})
    made = slimmed(root, [removing("site/foo-1.0.dist-info", "site/foo.py")])
    made.restore("**")
    assert listing(made.out) == listing(made.original)


def test_rows_that_were_added_since_stay(tmp_path: Path) -> None:
    site = environment(tmp_path / "original", "click").relative_to(tmp_path / "original")
    made = slimmed(tmp_path / "original", [removing(f"{site}/click/testing.py", f"{site}/click/types.py")])
    record = next((made.out / site).glob("click-*.dist-info/RECORD"))
    (made.out / site / "click/later.py").write_bytes(b"")
    record.write_text(record.read_text() + "click/later.py,,0\n")
    made.restore(f"{site}/click/types.py")
    text = next((made.out / site).glob("click-*.dist-info/RECORD")).read_text()
    assert "click/types.py,sha256=" in text
    assert "click/testing.py" not in text
    assert text.endswith("click/later.py,,0\n")


MEMORY = "/dev/shm"  # every result is synced, which takes a disk its time
PATHS = ["a/one", "a/two", "a/b/three", "a/b/four", "c/five", "c/six"]


@settings(max_examples=15, derandomize=True, deadline=None)
@given(st.sets(st.sampled_from([*PATHS, "a/b", "c"]), min_size=1), st.sets(st.sampled_from(PATHS)), st.data())
def test_whatever_is_cut_and_in_whatever_order_it_returns_the_tree_is_whole(
    cut: set[str], linked: set[str], data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory(dir=MEMORY if Path(MEMORY).is_dir() else None) as folder:
        root = tree(Path(folder, "original"), dict.fromkeys(PATHS, b"same body"))
        names = sorted(linked)
        for path in names[1:]:
            (root / path).unlink()
            (root / path).hardlink_to(root / names[0])
        made = slimmed(root, [removing(*sorted(cut))])
        items = sorted(path for path in [*PATHS, "a/b", "c"] if not (made.out / path).exists())
        for wanted in data.draw(st.permutations(items)):
            made.restore(wanted)
        ours, theirs = listing(made.out), listing(made.original)
        assert [(row[0], row[1], row[3:]) for row in ours] == [(row[0], row[1], row[3:]) for row in theirs]


def test_the_listing_sees_modes_times_bodies_and_links(tmp_path: Path) -> None:
    root = app(tmp_path)
    before = listing(root)
    for change in (
        lambda: (root / "app/main.py").chmod(0o600),
        lambda: os.utime(root / "app/main.py", (1, 1)),
        lambda: (root / "app/main.py").write_bytes(b"MAIN"),
        lambda: (root / "lib/linked.bin").unlink(),
    ):
        change()
        after = listing(root)
        assert after != before
        before = after
