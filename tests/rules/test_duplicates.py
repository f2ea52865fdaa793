from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.findings import found_by, paths_of
from builders.scenes import distribution_files, entry_of, scene_of
from deadweight.core.changes import Changes, Linking, writes
from deadweight.core.edit import Safety
from deadweight.core.entry import Entry, Kind
from deadweight.core.finding import Confidence
from deadweight.edits.share import EDIT
from deadweight.facts.same_bytes import SAME_BYTES
from deadweight.rules.duplicates import RULE

BIG = b"0123456789abcdef" * 512
SITE = "usr/lib/python3/site-packages"


def test_finds_all_copies_but_the_first() -> None:
    (finding,) = found_by(RULE, {"app/a.bin": BIG, "app/b.bin": BIG, "app/c.bin": BIG})
    assert finding.paths == ("app/b.bin", "app/c.bin")
    assert finding.size == 2 * len(BIG)
    assert finding.confidence is Confidence.CERTAIN
    (edit,) = finding.edits
    assert edit.kind == "share"
    assert edit.arguments == {"target": "app/a.bin", "linking": Linking.HARD.value}


def test_finds_copies_of_installed_data_as_safe_and_all_others_with_a_proof() -> None:
    assert found_by(RULE, {f"{SITE}/a/x.dat": BIG, f"{SITE}/b/x.dat": BIG})[0].safety is Safety.SAFE
    assert found_by(RULE, {"app/x.dat": BIG, "app/y.dat": BIG})[0].safety is Safety.PROVEN


def test_finds_copies_of_native_libraries_only_with_a_proof() -> None:
    library = b"\x7fELF" + BIG
    assert found_by(RULE, {f"{SITE}/a/x.so": library, f"{SITE}/b/x.so": library})[0].safety is Safety.PROVEN


def test_finds_copies_in_another_layer_as_symbolic_links_of_one_owner() -> None:
    wheel = distribution_files(SITE, "big", files={"big/a.dat": BIG, "big/b.dat": BIG})
    later = entry_of(f"{SITE}/big/b.dat", BIG, layer=1)
    (finding,) = found_by(RULE, {**wheel, f"{SITE}/big/b.dat": later})
    (edit,) = finding.edits
    assert edit.arguments == {"target": f"{SITE}/big/a.dat", "linking": Linking.SYMBOLIC.value}
    assert edit.safety is Safety.PROVEN


def test_the_copy_of_a_package_is_kept_before_one_that_nobody_recorded() -> None:
    wheel = distribution_files(SITE, "big", files={"big/weights.bin": BIG})
    assert paths_of(found_by(RULE, {"app/weights.bin": BIG, **wheel})) == {"app/weights.bin"}


def test_no_copy_is_linked_to_what_becomes_a_link_itself() -> None:
    wheel = distribution_files(SITE, "big", files={f"big/{name}.dat": BIG for name in "abc"})
    later = {f"{SITE}/big/{name}.dat": entry_of(f"{SITE}/big/{name}.dat", BIG, layer=1) for name in "bc"}
    (finding,) = found_by(RULE, {**wheel, **later})
    assert {edit.arguments["target"] for edit in finding.edits} == {f"{SITE}/big/a.dat"}
    assert len(finding.paths) == 2


def test_leaves_copies_of_two_owners_in_two_layers() -> None:
    wheel = distribution_files(SITE, "big", files={"big/a.dat": BIG})
    assert found_by(RULE, {**wheel, "srv/a.dat": entry_of("srv/a.dat", BIG, layer=1)}) == ()


@pytest.mark.parametrize("field", [{"mode": 0o600}, {"uid": 7}, {"gid": 7}, {"xattrs": (("user.a", b"1"),)}])
def test_leaves_copies_whose_inode_could_not_be_one(field: dict[str, object]) -> None:
    other = entry_of("srv/b.bin", BIG, **field)
    assert found_by(RULE, {"opt/a.bin": BIG, "srv/b.bin": other}) == ()


def test_leaves_sources_that_changed_at_different_times() -> None:
    later = entry_of("srv/b.py", BIG, mtime=100.0)
    assert found_by(RULE, {"opt/a.py": BIG, "srv/b.py": later}) == ()


@pytest.mark.parametrize(
    "paths",
    [
        ("app/a.sqlite3", "app/b.sqlite3"),
        ("var/lib/a", "var/lib/b"),
        ("etc/passwd", "etc/passwd-"),
        (f"{SITE}/a-1.dist-info/LICENSE", f"{SITE}/b-1.dist-info/LICENSE"),
        ("app/.git/objects/a", "app/.git/objects/b"),
        ("app/__pycache__/a.cpython-311.pyc", "app/__pycache__/b.cpython-311.pyc"),
        ("app/a.log", "app/b.log"),
    ],
)
def test_leaves_what_programs_write_to(paths: tuple[str, str]) -> None:
    assert found_by(RULE, dict.fromkeys(paths, BIG)) == ()


def test_leaves_small_files_and_existing_hard_links() -> None:
    link = Entry("app/d.bin", Kind.HARDLINK, target="app/c.bin")
    assert found_by(RULE, {"app/a": b"small", "app/b": b"small", "app/c.bin": BIG, "app/d.bin": link}) == ()


def test_a_copy_with_hard_links_stays_because_its_bytes_would() -> None:
    link = Entry("app/z.bin", Kind.HARDLINK, target="app/b.bin")
    assert paths_of(found_by(RULE, {"app/a.bin": BIG, "app/b.bin": BIG, "app/z.bin": link})) == {"app/a.bin"}


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.dictionaries(st.sampled_from([f"app/{name}" for name in "abcdefghij"]), st.binary(max_size=2), max_size=10))
def test_the_groups_are_what_comparing_each_pair_of_bodies_gives(bodies: dict[str, bytes]) -> None:
    groups = scene_of(dict(bodies)).ask(SAME_BYTES)
    pairs = {(a.path, b.path) for group in groups for a in group for b in group if a.path < b.path}
    assert pairs == {(a, b) for a in bodies for b in bodies if a < b and bodies[a] == bodies[b] and bodies[a]}


@settings(max_examples=40, derandomize=True, deadline=None)
@given(st.dictionaries(st.sampled_from([f"app/{name}" for name in "abcdefgh"]), st.sampled_from([BIG, BIG[:-1], b"x"])))
def test_what_is_left_holds_every_body_once(bodies: dict[str, bytes]) -> None:
    gone = paths_of(found_by(RULE, dict(bodies)))
    kept = [body for path, body in bodies.items() if path not in gone and len(body) >= 4096]
    assert sorted(kept) == sorted({body for body in bodies.values() if len(body) >= 4096})


NAMES = st.sampled_from([f"app/{name}" for name in "abcdefgh"])
FILES = st.tuples(st.sampled_from([BIG, BIG[:-1]]), st.sampled_from([0o644, 0o755]), st.integers(0, 1))


@settings(max_examples=80, derandomize=True, deadline=None)
@given(st.dictionaries(NAMES, FILES, max_size=8), st.dictionaries(NAMES, NAMES, max_size=3))
def test_after_sharing_every_name_has_its_bytes_and_the_copies_are_gone(
    files: dict[str, tuple[bytes, int, int]], links: dict[str, str]
) -> None:
    entries: dict[str, bytes | Entry] = {
        path: entry_of(path, body, mode=mode, layer=layer) for path, (body, mode, layer) in files.items()
    }
    for name, target in links.items():
        if name not in files and target in files:
            entries[name] = Entry(name, Kind.HARDLINK, target=target, mode=files[target][1], layer=files[target][2])
    scene = scene_of(entries)
    findings = tuple(RULE.find(scene))
    changes = Changes()
    for edit in (edit for finding in findings for edit in finding.edits):
        changes = changes.merged(EDIT.apply(edit, scene, changes, Path()))
    written = {one.entry.path: one.entry for one in writes(scene.listing.entries, changes)}
    assert written.keys() == scene.listing.by_path.keys()
    assert all(_digest(written, path) == _digest(scene.listing.by_path, path) for path in written)
    saved = scene.artifact.inventory.unpacked_bytes - sum(entry.size for entry in written.values())
    assert saved == sum(finding.size for finding in findings)


def _digest(entries: Mapping[str, Entry], path: str) -> str:
    entry = entries[path]
    if entry.kind is Kind.HARDLINK:
        return _digest(entries, entry.target)
    if entry.kind is Kind.SYMLINK:
        return _digest(entries, f"{entry.directory}/{entry.target}")
    return entry.digest
