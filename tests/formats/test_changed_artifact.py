"""An artifact as it is once changes are made is judged as if it had been packed and opened again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from builders.scenes import artifact_of
from deadweight.core.artifact import Artifact
from deadweight.core.changes import Addition, Changes
from deadweight.core.entry import Entry, Kind
from deadweight.core.seams import Opening, Packing
from deadweight.formats.composed.changed import changed
from deadweight.formats.recognition import format_named

FILES: Mapping[str, bytes | Entry] = {
    "old/gone.txt": b"gone",
    "old/kept.txt": b"kept",
    "other.txt": b"before",
    "same.txt": Entry("same.txt", Kind.HARDLINK, target="old/gone.txt"),
}


@pytest.fixture
def changes(tmp_path: Path) -> Changes:
    staged, added = tmp_path / "staged", tmp_path / "added"
    staged.write_bytes(b"after")
    added.write_bytes(b"\x7fELF, a library of some bytes")
    new = {
        "new": Addition(Entry("new", Kind.DIRECTORY, mode=0o755)),
        "new/lib.so": Addition(Entry("new/lib.so", Kind.FILE, 29, 29), added),
    }
    return Changes(
        removed=frozenset({"old/gone.txt"}),
        replaced={"other.txt": staged},
        added=new,
    )


def bodies(artifact: Artifact) -> dict[str, bytes]:
    wanted = [entry for entry in artifact.inventory.visible if entry.kind is not Kind.DIRECTORY]
    return {entry.path: body.read() for entry, body in artifact.contents.stream(wanted)}


def test_bodies_are_those_of_the_artifact_and_of_staged_files(changes: Changes) -> None:
    assert bodies(changed(artifact_of(FILES), changes, ())) == {
        "new/lib.so": b"\x7fELF, a library of some bytes",
        "old/kept.txt": b"kept",
        "other.txt": b"after",
        "same.txt": b"gone",
    }


def test_what_comes_in_has_its_head_and_digest_and_lies_above_all_layers(changes: Changes) -> None:
    seen = {entry.path: entry for entry in changed(artifact_of(FILES), changes, ()).inventory.visible}
    fresh = {entry.path: entry for entry in artifact_of({"other.txt": b"after"}).inventory.visible}
    assert seen["new/lib.so"].head == b"\x7fELF, a library "
    assert seen["other.txt"].digest == fresh["other.txt"].digest
    assert list(seen) == sorted(seen)


def test_its_parts_add_up_and_its_digest_is_that_of_the_artifact(changes: Changes) -> None:
    before = artifact_of(FILES)
    after = changed(before, changes, ())
    assert after.digest == before.digest
    assert after.inventory.unpacked_bytes == 5 + 29 + 4 + 4


def test_metadata_files_that_come_in_are_kept_and_those_that_go_are_not(changes: Changes) -> None:
    before = artifact_of({**FILES, "old/a.dist-info/METADATA": b"Name: a\n", "b.dist-info/METADATA": b"Name: b\n"})
    gone = Changes(changes.removed | {"old/a.dist-info"}, changes.replaced, {}, frozenset(), changes.added)
    assert dict(changed(before, gone, ("other.txt",)).small) == {
        "b.dist-info/METADATA": b"Name: b\n",
        "other.txt": b"after",
    }


def test_it_is_what_the_changes_packed_and_opened_again_are(changes: Changes, tmp_path: Path) -> None:
    """The oracle is the tree that is written of the same changes."""
    root, out, form = tmp_path / "root", tmp_path / "out", format_named("directory")
    for path, body in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(body) if isinstance(body, bytes) else (root / path).hardlink_to(root / body.target)
    opened = form.open(root, Opening())
    assert form.pack is not None
    form.pack(opened, changes, out, Packing())
    assert bodies(changed(opened, changes, ())) == bodies(form.open(out, Opening()))
