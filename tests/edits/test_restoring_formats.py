"""Whatever format a result has, restoring everything gives back what is seen of the original."""

import io
import tarfile
from collections.abc import Iterable
from pathlib import Path

import pytest

from builders.elves import compiled
from builders.stacks import Layer, flattened, layout_of, unpacked_layers
from builders.zips import wheel_files, zip_of
from deadweight.core.artifact import Artifact
from deadweight.core.changes import Changes, Linking
from deadweight.core.edit import Edit, Safety, Storage
from deadweight.core.entry import Kind
from deadweight.core.listing import Listing
from deadweight.core.scene import Scene
from deadweight.core.seams import Format, Opening, Packing
from deadweight.edits.applying import apply_all, edit_kinds
from deadweight.edits.record import follow_ups
from deadweight.edits.restoring import restore_into
from deadweight.formats.companion_writing import write_companion
from deadweight.formats.recognition import format_named, formats, recognise
from deadweight.owners.attribution import attribute, catalogers, metadata_globs

FILES = {
    "app/main.py": b"main",
    "app/tests/data/deep.bin": b"deep",
    "app/tests/test_main.py": b"test",
    "app/native.so": compiled(),
    "app/one.bin": b"same" * 300,
    "app/sub/two.bin": b"same" * 300,
    "app/sub/three.bin": b"same" * 300,
    "foo/__init__.py": b"x = 1\n",
    "foo/tests.py": b"test",
}
THEMSELVES = [one.name for one in formats() if one.name in one.packs]


def opened(path: Path) -> Scene:
    artifact = recognise(path).open(path, Opening(keep=metadata_globs(catalogers())))
    return Scene(artifact, attribute(Listing(artifact.inventory.visible, artifact.small), catalogers()))


def seen(artifact: Artifact) -> dict[str, tuple[object, ...]]:
    """What is seen: files by their bodies, hard links as the files that they are."""
    files = [entry for entry in artifact.inventory.visible if entry.kind in (Kind.FILE, Kind.HARDLINK)]
    bodies = {entry.path: stream.read() for entry, stream in artifact.contents.stream(files)}
    return {
        entry.path: (entry.mode, bodies.get(entry.path, (entry.kind, entry.target)))
        for entry in artifact.inventory.visible
        if entry.kind is not Kind.DIRECTORY
    }


def packed(source: Artifact, changes: Changes, form: Format, out: Path) -> Path:
    assert form.pack is not None
    form.pack(source, changes, out, Packing())
    return out


def original(name: str, folder: Path) -> Path:
    files = wheel_files(FILES, "foo")
    if name == "wheel":
        return zip_of(folder / "foo-1.0-py3-none-any.whl", files)
    if name == "sdist":
        files = {f"foo-1.0/{path}": body for path, body in files.items()} | {"foo-1.0/PKG-INFO": b"Name: foo\n"}
    if name == "zip":
        files = {f"python/{path}": body for path, body in files.items()}
    if name == "virtual-environment":
        files = {f"lib/python3.11/site-packages/{path}": body for path, body in files.items()}
        files["pyvenv.cfg"] = b"home = /usr/bin\n"
    if name == "project":
        files["pyproject.toml"] = b"[project]\n"
    for path, body in files.items():
        (folder / "tree" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "tree" / path).write_bytes(body)
    if name == "sdist":
        with tarfile.open(folder / "foo-1.0.tar.gz", "w:gz") as archive:
            archive.add(folder / "tree/foo-1.0", "foo-1.0")
        return folder / "foo-1.0.tar.gz"
    source = format_named("directory").open(folder / "tree", Opening())
    return packed(source, Changes(), format_named(name), folder / "original")


def edits_for(scene: Scene, stores: Iterable[Storage]) -> list[Edit]:
    """One edit of every kind that the format can store."""
    by_name = {entry.name: entry.path for entry in scene.listing.entries}

    def sharing(name: str, linking: Linking) -> Edit:
        arguments = {"target": by_name["one.bin"], "linking": linking.value}
        return Edit("share", (by_name[name],), Safety.SAFE, "duplicates", "same", arguments=arguments)

    edits = [
        Edit("remove", (by_name["data"] if "data" in by_name else by_name["deep.bin"],), Safety.SAFE, "tests", "no"),
        Edit("remove", (by_name["test_main.py"], by_name["tests.py"]), Safety.SAFE, "tests", "not needed"),
        Edit("strip", (by_name["native.so"],), Safety.SAFE, "native-symbols", "symbols"),
    ]
    edits += [sharing("two.bin", Linking.HARD)] if Storage.HARDLINKS in stores else []
    return edits + ([sharing("three.bin", Linking.SYMBOLIC)] if Storage.SYMLINKS in stores else [])


def slimmed(scene: Scene, edits: list[Edit], folder: Path) -> tuple[Path, Path]:
    """The result and its companion."""
    every = [*edits, *follow_ups(scene, edits)]
    (folder / "staging").mkdir()
    changes = apply_all(every, scene, edit_kinds(), folder / "staging")
    out = packed(scene.artifact, changes, format_named(scene.artifact.format), folder / "out")
    reasons = {path: (edit.rule, edit.owner) for edit in every for path in edit.paths}
    write_companion(scene.artifact, changes, reasons, folder / "companion")
    return out, folder / "companion"


@pytest.mark.parametrize("name", THEMSELVES)
def test_restoring_everything_gives_back_what_was_seen(name: str, tmp_path: Path) -> None:
    before = opened(original(name, tmp_path))
    out, companion = slimmed(before, edits_for(before, format_named(name).stores), tmp_path)
    assert seen(opened(out).artifact) != seen(before.artifact)
    restore_into(out, companion, ["**"])
    assert seen(opened(out).artifact) == seen(before.artifact)
    assert recognise(out).name == name


@pytest.mark.parametrize("name", THEMSELVES)
def test_restoring_one_rule_leaves_the_rest_cut(name: str, tmp_path: Path) -> None:
    before = opened(original(name, tmp_path))
    out, companion = slimmed(before, edits_for(before, format_named(name).stores), tmp_path)
    cut = seen(opened(out).artifact)
    (path,) = restore_into(out, companion, ["rule:native-symbols"]).paths
    now = seen(opened(out).artifact)
    assert now[path][1] == compiled()
    record = next((one for one in now if one.endswith("/RECORD")), "")
    assert {key: value for key, value in now.items() if key not in (path, record)} == {
        key: value for key, value in cut.items() if key not in (path, record)
    }


def test_a_file_of_a_lower_layer_comes_back_into_an_image(tmp_path: Path) -> None:
    layers: list[Layer] = [
        [("usr/", None), ("usr/a", b"a"), ("usr/b", b"b"), ("usr/c", "=usr/b")],
        [("opt/", None), ("opt/x", b"x"), ("usr/a", b"newer")],
    ]
    before = opened(layout_of(tmp_path / "original", layers))
    edits = [Edit("remove", ("usr/a", "usr/c", "opt"), Safety.SAFE, "rule", "reason")]
    out, companion = slimmed(before, edits, tmp_path)
    assert set(flattened(unpacked_layers(out))) & {"usr/a", "usr/c", "opt/x"} == set()
    restore_into(out, companion, ["**"])
    assert seen(opened(out).artifact) == seen(before.artifact)
    whole = flattened(unpacked_layers(out))
    assert {path: whole[path][1] for path in ("usr/a", "usr/b", "usr/c", "opt/x")} == {
        "usr/a": b"newer",
        "usr/b": b"b",
        "usr/c": b"b",
        "opt/x": b"x",
    }
    with tarfile.open(fileobj=io.BytesIO(unpacked_layers(out)[-1])) as layer:
        assert layer.getmember("usr/c").isreg()
