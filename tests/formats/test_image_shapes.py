import os
import shutil
import tempfile
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from builders.random_stacks import stacks
from builders.scenes import entry_of
from builders.stacks import Layer, documents, flattened, layout_of, read_blob, stored_paths, unpacked_layers
from deadweight.core.artifact import Artifact
from deadweight.core.changes import Addition, Changes, Link, Linking, is_removed
from deadweight.core.entry import Entry, Kind
from deadweight.core.errors import Lacking
from deadweight.core.seams import Opening, Packing
from deadweight.core.shape import Shape
from deadweight.formats.images.writer import pack_docker_archive, pack_oci_layout
from deadweight.formats.oci_layout import FORMAT

T = TypeVar("T")
EXAMPLES = int(os.environ.get("DEADWEIGHT_EXAMPLES", "60"))
IN_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None


def _some_of(things: list[T]) -> st.SearchStrategy[set[T]]:
    return st.sets(st.sampled_from(things)) if things else st.builds(set)


def opened(root: Path) -> Artifact:
    return FORMAT.open(root, Opening())


def whiteouts(root: Path) -> list[Entry]:
    artifact = opened(root)
    assert artifact.blobs is not None
    entries = [entry for layer in artifact.layers for entry in artifact.blobs.entries(layer)]
    return [entry for entry in entries if entry.kind in (Kind.WHITEOUT, Kind.OPAQUE)]


@given(stack=stacks(), choice=st.data())
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
def test_every_shape_shows_what_was_seen_less_what_was_removed(stack: list[Layer], choice: st.DataObject) -> None:
    with tempfile.TemporaryDirectory(dir=IN_MEMORY) as folder:
        artifact = opened(layout_of(Path(folder) / "before", stack))
        seen = sorted(entry.path for entry in artifact.inventory.visible)
        removed = frozenset(choice.draw(_some_of(seen)))
        files = [one.path for one in artifact.inventory.visible if one.kind is Kind.FILE]
        replaced = {path for path in choice.draw(_some_of(files)) if not is_removed(path, removed)}
        staged = Path(folder) / "staged"
        staged.write_bytes(b"new content")
        changes = Changes(removed=removed, replaced=dict.fromkeys(replaced, staged))
        base = choice.draw(st.integers(0, len(stack)))
        known = frozenset(layer.digest for layer in artifact.layers[:base])
        before = stored_paths(flattened(unpacked_layers(Path(folder) / "before")))
        assume(sorted(before) == seen)  # tools disagree about marks below what is a file
        wanted = {path: thing for path, thing in before.items() if not is_removed(path, removed)}
        wanted |= dict.fromkeys(replaced, ("file", b"new content"))
        for shape in Shape:
            out = Path(folder) / shape.value
            pack_oci_layout(artifact, changes, out, Packing(shape=shape, base=known))
            after = flattened(unpacked_layers(out))
            assert stored_paths(after) == wanted, shape
            assert not [path for path in after if is_removed(path, removed)]
            _check_counts(out)
        assert len(unpacked_layers(Path(folder) / "flat")) == bool(wanted)
        assert not whiteouts(Path(folder) / "flat")
        layered, source = (documents(Path(folder) / name)[1]["layers"] for name in ("layered", "before"))
        assert layered[:base] == source[:base]
        assert len(layered) <= len(source) + 1


def _check_counts(root: Path) -> None:
    """The rules of docker load: as many diff IDs as layers, as many instructions that made one."""
    _, manifest, config = documents(root)
    made = [one for one in config["history"] if not one.get("empty_layer")]
    assert len(manifest["layers"]) == len(config["rootfs"]["diff_ids"]) == len(made)
    opened(root)


STACK: tuple[Layer, ...] = (
    (("etc", None), ("etc/passwd", b"root"), ("app", None), ("app/base", b"base"), ("app/old", b"old body")),
    (("app", None), ("app/old", b"new body"), ("app/second", b"second")),
    (("app", None), ("app/.wh.base", b""), ("app/top", b"top")),
)


def packed(tmp_path: Path, stack: tuple[Layer, ...], changes: Changes, packing: Packing) -> Path:
    """The layout of these layers, packed again in another shape."""
    artifact = opened(layout_of(tmp_path / "before", stack))
    pack_oci_layout(artifact, changes, tmp_path / "after", packing)
    return tmp_path / "after"


def removing(*paths: str) -> Changes:
    return Changes(removed=frozenset(paths))


def names(root: Path) -> list[list[str]]:
    artifact = opened(root)
    assert artifact.blobs is not None
    marks = {Kind.WHITEOUT: "-", Kind.OPAQUE: "*"}
    layers = [artifact.blobs.entries(layer) for layer in artifact.layers]
    return [[marks.get(entry.kind, "") + entry.path for entry in entries] for entries in layers]


def test_flat_is_one_layer_of_what_is_seen_in_the_order_in_which_it_is_stored(tmp_path: Path) -> None:
    after = packed(tmp_path, STACK, removing("etc/passwd"), Packing(shape=Shape.FLAT))
    assert names(after) == [["etc", "app", "app/old", "app/second", "app/top"]]


def test_untouched_layers_below_the_first_change_keep_their_blobs(tmp_path: Path) -> None:
    after = packed(tmp_path, STACK, removing("app/second"), Packing(shape=Shape.LAYERED))
    layers, before = (documents(root)[1]["layers"] for root in (after, tmp_path / "before"))
    assert layers[0] == before[0]
    assert names(after)[1] == ["app", "-app/base", "app/old", "app/top"]


def test_a_base_that_the_puller_has_is_kept_whatever_is_cut_from_it(tmp_path: Path) -> None:
    artifact = opened(layout_of(tmp_path / "before", STACK))
    base = frozenset({artifact.layers[0].diff_id})
    pack_oci_layout(
        artifact, removing("etc", "app/second"), tmp_path / "after", Packing(shape=Shape.LAYERED, base=base)
    )
    assert documents(tmp_path / "after")[1]["layers"][0] == documents(tmp_path / "before")[1]["layers"][0]
    assert names(tmp_path / "after")[1] == ["app", "-app/base", "-etc", "app/old", "app/top"]


@pytest.mark.parametrize("shape", Shape)
def test_without_changes_a_layered_image_stays_as_it_is(tmp_path: Path, shape: Shape) -> None:
    after = packed(tmp_path, STACK, Changes(), Packing(shape=shape))
    same = documents(after)[1:] == documents(tmp_path / "before")[1:]
    assert same is (shape is not Shape.FLAT)


def test_the_history_keeps_its_instructions_and_says_what_the_one_layer_is(tmp_path: Path) -> None:
    packing = Packing(shape=Shape.LAYERED, epoch=1_700_000_000)
    history = documents(packed(tmp_path, STACK, removing("app/second"), packing))[2]["history"]
    assert [(one["created_by"], one.get("empty_layer", False)) for one in history] == [
        ("COPY 0", False),
        ("COPY 1", True),
        ("COPY 2", True),
        ("CMD true", True),
        ("deadweight: 2 layers in one", False),
    ]
    assert history[-1]["created"] == "2023-11-14T22:13:20Z"


def test_what_the_image_runs_is_the_same_in_every_shape(tmp_path: Path) -> None:
    after = packed(tmp_path, STACK, Changes(), Packing(shape=Shape.FLAT))
    before = documents(tmp_path / "before")[2]
    assert {**documents(after)[2], "rootfs": 0, "history": 0} == {**before, "rootfs": 0, "history": 0}


LINKED: tuple[Layer, ...] = (
    (("a", None), ("a/first", b"shared"), ("a/second", "=a/first"), ("a/third", "=a/second"), ("a/other", b"o")),
    (("a", None), ("a/fourth", "=a/first"), ("a/fifth", "=a/fourth"), ("a/first", b"upper")),
)


@pytest.mark.parametrize("shape", [Shape.LAYERED, Shape.FLAT])
@pytest.mark.parametrize("gone", [(), ("a/first",), ("a/second",), ("a/second", "a/fourth")])
def test_names_of_one_body_go_on_sharing_it(tmp_path: Path, gone: tuple[str, ...], shape: Shape) -> None:
    after = packed(tmp_path, LINKED, removing(*gone), Packing(shape=shape))
    seen = flattened(unpacked_layers(tmp_path / "before"))
    assert flattened(unpacked_layers(after)) == {path: thing for path, thing in seen.items() if path not in gone}
    if shape is Shape.FLAT:
        files = [entry for entry in opened(after).inventory.visible if entry.kind is Kind.FILE]
        assert sorted(entry.size for entry in files if entry.path != "a/other") == [5] * ("a/first" not in gone) + [6]


def test_hard_links_are_made_within_the_one_layer_and_not_into_the_base(tmp_path: Path) -> None:
    link = Changes(linked={"app/top": Link("app/second", Linking.HARD)})
    flat = packed(tmp_path, STACK, link, Packing(shape=Shape.FLAT))
    assert flattened(unpacked_layers(flat))["app/top"] == ("file", b"second")
    artifact = opened(tmp_path / "before")
    base = frozenset({artifact.layers[0].digest, artifact.layers[1].digest})
    pack_oci_layout(artifact, Changes(), tmp_path / "same", Packing(shape=Shape.LAYERED, base=base))
    assert documents(tmp_path / "same")[1] == documents(tmp_path / "before")[1]


def test_an_addition_lies_in_the_one_layer(tmp_path: Path) -> None:
    staged = tmp_path / "staged"
    staged.write_bytes(b"restored")
    added = {"app/lib/x": Addition(entry_of("app/lib/x", b"restored"), staged)}
    after = packed(tmp_path, STACK, Changes(added=added), Packing(shape=Shape.FLAT))
    assert flattened(unpacked_layers(after))["app/lib/x"] == ("file", b"restored")
    assert len(unpacked_layers(after)) == 1


def test_what_lies_below_a_link_of_a_lower_layer_is_written_where_it_really_is(tmp_path: Path) -> None:
    merged: tuple[Layer, ...] = (
        (("bin", "usr/bin"), ("usr/bin/tool", b"tool"), ("usr/bin/late", b"early")),
        (("bin/late", b"late"),),
    )
    after = packed(tmp_path, merged, Changes(), Packing(shape=Shape.FLAT))
    seen = stored_paths(flattened(unpacked_layers(after)))
    assert seen == {
        "bin": ("symlink", "usr/bin"),
        "usr/bin/tool": ("file", b"tool"),
        "usr/bin/late": ("file", b"late"),
    }


def test_attributes_devices_and_empty_folders_are_kept(tmp_path: Path) -> None:
    artifact = opened(layout_of(tmp_path / "before", STACK))
    odd = {
        "empty": Entry("empty", Kind.DIRECTORY, mode=0o1777, uid=7, gid=8, mtime=1.5),
        "null": Entry("null", Kind.CHARACTER, mode=0o666, device=(1, 3)),
        "pipe": Entry("pipe", Kind.FIFO, mode=0o600, mtime=3.0),
        "ping": entry_of("ping", b"").but(xattrs=(("security.capability", b"\1\0"),)),
    }
    pack_oci_layout(artifact, Changes(added={p: Addition(e) for p, e in odd.items()}), tmp_path / "odd", Packing())
    source = opened(tmp_path / "odd")
    for shape in (Shape.FLAT, Shape.LAYERED):
        pack_oci_layout(source, removing("app/old"), tmp_path / shape.value, Packing(shape=shape))
        result = {entry.path: entry for entry in opened(tmp_path / shape.value).inventory.visible}
        for path, entry in odd.items():
            found = result[path]
            assert (found.kind, found.mode, found.mtime) == (entry.kind, entry.mode, entry.mtime)
            assert (found.uid, found.gid, found.device, found.xattrs) == (
                entry.uid,
                entry.gid,
                entry.device,
                entry.xattrs,
            )


def test_a_layer_that_was_not_read_is_never_taken_apart(tmp_path: Path) -> None:
    root = layout_of(tmp_path / "before", STACK)
    kind = "application/vnd.sylabs.sif.layer.v1.squashfs"
    manifest = documents(root)[1]
    layers = [{**manifest["layers"][0], "mediaType": kind}, *manifest["layers"][1:]]
    shutil.rmtree(root)
    layout_of(root, STACK, None, {"layers": layers})
    artifact = opened(root)
    with pytest.raises(Lacking, match="layer 1 was not read"):
        pack_oci_layout(artifact, removing("app/top"), tmp_path / "flat", Packing(shape=Shape.FLAT))
    pack_oci_layout(artifact, removing("app/top"), tmp_path / "layered", Packing(shape=Shape.LAYERED))
    assert documents(tmp_path / "layered")[1]["layers"][0] == layers[0]


def test_a_merged_layer_is_packed_as_asked_and_else_as_the_source(tmp_path: Path) -> None:
    after = packed(tmp_path, STACK, removing("app/top"), Packing(shape=Shape.FLAT, codec="zstd"))
    layer = documents(after)[1]["layers"][0]
    assert layer["mediaType"].endswith("+zstd")
    assert read_blob(after, layer)[:4] == b"\x28\xb5\x2f\xfd"
    artifact = opened(tmp_path / "before")
    pack_docker_archive(artifact, Changes(), tmp_path / "flat.tar", Packing(shape=Shape.FLAT))
    assert (tmp_path / "flat.tar").stat().st_size > 0
