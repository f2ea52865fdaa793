"""A tree and the files around it make one root file system."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders.scenes import artifact_of
from deadweight.core.artifact import Artifact, Image
from deadweight.core.changes import Changes
from deadweight.core.entry import Kind
from deadweight.core.errors import Corrupt
from deadweight.core.seams import Opening, Packing
from deadweight.formats.composed.artifact import Placed, composed
from deadweight.formats.composed.pieces import Piece, host_piece, made_directory, made_file
from deadweight.formats.directory import FORMAT as DIRECTORY
from deadweight.formats.images.writer import pack_oci_layout
from deadweight.formats.oci_layout import FORMAT

IMAGE = Image("arm64", "linux", {"architecture": "arm64", "config": {"Cmd": ["x"]}}, {}, ("app:latest",))


def piece(host: Path, path: str) -> Piece:
    found = host_piece(host, path)
    assert found is not None
    return found


@pytest.fixture
def tree(tmp_path: Path) -> Artifact:
    for path, body in {"a/first": b"1", "a/second": b"22", "z": b"333"}.items():
        (tmp_path / "tree" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "tree" / path).write_bytes(body)
    (tmp_path / "tree/also").hardlink_to(tmp_path / "tree/z")
    return DIRECTORY.open(tmp_path / "tree", Opening(keep=("a/first",)))


def whole(tree: Artifact, *pieces: Piece, opening: Opening | None = None) -> Artifact:
    return composed(Placed(tree, "srv/app"), pieces, IMAGE, opening or Opening())


def bodies(artifact: Artifact, *paths: str) -> dict[str, bytes]:
    wanted = [artifact.listing.by_path[path] for path in paths]
    return {entry.path: body.read() for entry, body in artifact.contents.stream(wanted)}


def test_bodies_come_in_the_order_of_paths_wherever_they_are_from(tree: Artifact, tmp_path: Path) -> None:
    (tmp_path / "host").write_bytes(b"host")
    made = whole(tree, made_file("srv/app.conf", b"made"), piece(tmp_path / "host", "srv/app/b"), made_file("a", b"a"))
    wanted = ["srv/app/z", "srv/app/b", "a", "srv/app/a/second", "srv/app.conf"]
    found = bodies(made, *wanted)
    assert list(found) == sorted(wanted)
    assert found["srv/app/b"] == b"host"
    assert found["srv/app.conf"] == b"made"
    assert found["srv/app/a/second"] == b"22"


def test_hard_links_of_the_tree_move_with_it(tree: Artifact) -> None:
    made = whole(tree)
    link = next(entry for entry in made.listing.entries if entry.kind is Kind.HARDLINK)
    assert link.target in made.listing
    assert bodies(made, link.path) == {link.path: b"333"}


def test_what_the_tree_has_is_never_replaced(tree: Artifact) -> None:
    assert bodies(whole(tree, made_file("srv/app/z", b"other")), "srv/app/z") == {"srv/app/z": b"333"}


def test_the_parts_add_up_and_directories_that_nothing_names_are_made(tree: Artifact) -> None:
    made = whole(tree, made_file("etc/x", b"12345"), made_directory("tmp", 0o1777))
    assert made.inventory.total == tree.inventory.total + 5
    assert {path for path, entry in made.listing.by_path.items() if entry.kind is Kind.DIRECTORY} == {
        *("etc", "srv", "srv/app", "srv/app/a", "tmp")
    }


def test_metadata_files_are_kept_wherever_they_are_from(tree: Artifact) -> None:
    made = whole(tree, made_file("etc/x", b"kept"), made_file("etc/y", b""), opening=Opening(keep=("etc/*",)))
    assert made.small == {"srv/app/a/first": b"1", "etc/x": b"kept", "etc/y": b""}


def test_a_file_of_the_host_that_changes_is_never_packed(tree: Artifact, tmp_path: Path) -> None:
    (tmp_path / "host").write_bytes(b"host")
    made = whole(tree, piece(tmp_path / "host", "etc/x"))
    (tmp_path / "host").write_bytes(b"another")
    with pytest.raises(Corrupt, match="changed"):
        bodies(made, "etc/x")
    (tmp_path / "host").unlink()
    with pytest.raises(Corrupt, match="cannot be read"):
        bodies(made, "etc/x")


def test_the_digest_is_of_all_of_it(tree: Artifact) -> None:
    digests = {whole(tree, made_file("x", body)).digest for body in (b"1", b"2", b"1")}
    assert len(digests) == 2


def test_it_is_packed_with_what_it_says_it_starts(tree: Artifact, tmp_path: Path) -> None:
    pack_oci_layout(whole(tree, made_file("etc/x", b"x")), Changes(), tmp_path / "out", Packing())
    result = FORMAT.open(tmp_path / "out", Opening())
    assert result.image is not None
    assert (result.image.architecture, result.image.command) == ("arm64", ("x",))
    assert result.image.references == ("app:latest",)
    assert bodies(result, "srv/app/a/second", "etc/x") == {"etc/x": b"x", "srv/app/a/second": b"22"}


def test_a_tree_without_an_image_is_packed_as_before(tmp_path: Path) -> None:
    pack_oci_layout(artifact_of({"a": b"a"}), Changes(), tmp_path / "out", Packing())
    image = FORMAT.open(tmp_path / "out", Opening()).image
    assert image is not None
    assert (image.os, image.config["config"]) == ("linux", {})
