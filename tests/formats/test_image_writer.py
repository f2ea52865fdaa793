import io
import json
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from builders.scenes import artifact_of, entry_of
from builders.stacks import Layer as Members
from builders.stacks import blob, documents, flattened, layout_of, read_blob, unpacked_layers
from deadweight.codecs.detection import detect
from deadweight.core.artifact import Artifact
from deadweight.core.changes import Addition, Changes, Link, Linking
from deadweight.core.entry import Entry, Kind
from deadweight.core.errors import Corrupt, UsageError
from deadweight.core.gap import Gap
from deadweight.core.seams import Opening, Packing
from deadweight.formats.docker_archive import FORMAT as DOCKER
from deadweight.formats.images.documents import OCI_LAYER, OCI_MANIFEST
from deadweight.formats.images.writer import pack_docker_archive, pack_oci_archive, pack_oci_layout
from deadweight.formats.oci_layout import FORMAT

STACK: tuple[Members, ...] = (
    (("etc", None), ("etc/passwd", b"root"), ("app", None), ("app/base", b"base"), ("app/old", b"old body")),
    (("app", None), ("app/old", b"new body"), ("app/second", b"second")),
    (("app", None), ("app/.wh.base", b""), ("app/top", b"top")),
)


def opened(root: Path) -> Artifact:
    return FORMAT.open(root, Opening())


def names(tar: bytes) -> list[str]:
    with tarfile.open(fileobj=io.BytesIO(tar)) as archive:
        return archive.getnames()


def packed(tmp_path: Path, stack: Sequence[Members], changes: Changes, **packing: object) -> Path:
    """The layout of these layers, packed again with the changes made."""
    artifact = opened(layout_of(tmp_path / "before", stack))
    pack_oci_layout(artifact, changes, tmp_path / "after", Packing(**packing))  # type: ignore[arg-type]
    return tmp_path / "after"


def removing(*paths: str) -> Changes:
    return Changes(removed=frozenset(paths))


def test_without_changes_every_blob_keeps_its_digest(tmp_path: Path) -> None:
    after = packed(tmp_path, STACK, Changes())
    assert documents(after)[1:] == documents(tmp_path / "before")[1:]
    assert documents(after)[0]["manifests"][0]["annotations"] == {"org.opencontainers.image.ref.name": "latest"}


def test_an_untouched_layer_keeps_its_blob_and_a_touched_one_does_not(tmp_path: Path) -> None:
    after = packed(tmp_path, STACK, removing("app/top"))
    before, now = (documents(root)[1]["layers"] for root in (tmp_path / "before", after))
    assert now[:2] == before[:2]
    assert now[2]["digest"] != before[2]["digest"]
    assert now[2]["mediaType"] == before[2]["mediaType"]
    assert names(unpacked_layers(after)[2]) == ["app", "app/.wh.base"]


def test_a_removed_file_does_not_come_back_from_a_lower_layer(tmp_path: Path) -> None:
    after = packed(tmp_path, STACK, removing("app/old"))
    assert "app/.wh.old" in names(unpacked_layers(after)[1])
    assert "app/old" not in flattened(unpacked_layers(after))
    assert documents(after)[1]["layers"][0] == documents(tmp_path / "before")[1]["layers"][0]


def test_what_is_dead_below_a_removed_folder_stays_in_an_untouched_layer_and_is_hidden(tmp_path: Path) -> None:
    after = packed(tmp_path, STACK, removing("app"))
    assert set(flattened(unpacked_layers(after))) == {"etc", "etc/passwd"}
    assert documents(after)[1]["layers"][0] == documents(tmp_path / "before")[1]["layers"][0]
    assert names(unpacked_layers(after)[-1]) == [".wh.app"]


def test_what_is_dead_below_a_removed_folder_goes_with_it_from_a_layer_that_is_written_anew(tmp_path: Path) -> None:
    after = packed(tmp_path, STACK, removing("app", "etc/passwd"))
    assert [names(tar) for tar in unpacked_layers(after)] == [["etc"]]


def test_a_layer_of_which_nothing_is_left_goes_and_its_instruction_stays(tmp_path: Path) -> None:
    after = packed(tmp_path, STACK, removing("app"))
    _, manifest, config = documents(after)
    assert len(manifest["layers"]) == 2
    assert [one.get("empty_layer", False) for one in config["history"]] == [False, True, False, True]
    assert [one["created_by"] for one in config["history"]] == ["COPY 0", "COPY 1", "COPY 2", "CMD true"]


def test_what_is_not_about_layers_stays_as_it_was(tmp_path: Path) -> None:
    after = packed(tmp_path, STACK, removing("app/top"))
    _, manifest, config = documents(after)
    assert config["config"]["x-unknown"] == {"b": 1, "a": [2.5]}
    assert manifest["annotations"]["org.example.kept"] == "yes"
    original = documents(tmp_path / "before")[0]["manifests"][0]["digest"]
    assert manifest["annotations"]["org.opencontainers.image.base.digest"] == original


def test_hidden_entries_that_are_dropped_leave_their_layer_only(tmp_path: Path) -> None:
    after = packed(tmp_path, STACK, Changes(dropped=frozenset({(0, "app/old"), (0, "app/base")})))
    assert names(unpacked_layers(after)[0]) == ["etc", "etc/passwd", "app"]
    assert flattened(unpacked_layers(after)) == flattened(unpacked_layers(tmp_path / "before"))


def test_new_content_is_written_into_the_layer_of_the_old(tmp_path: Path) -> None:
    staged = tmp_path / "staged"
    staged.write_bytes(b"rewritten")
    after = packed(tmp_path, STACK, Changes(replaced={"etc/passwd": staged}))
    assert flattened(unpacked_layers(after))["etc/passwd"] == ("file", b"rewritten")
    assert names(unpacked_layers(after)[0]) == names(unpacked_layers(tmp_path / "before")[0])


def test_additions_go_into_one_new_layer_on_top(tmp_path: Path) -> None:
    staged = tmp_path / "staged"
    staged.write_bytes(b"restored")
    added = {"app/lib": Addition(Entry("app/lib", Kind.DIRECTORY, mode=0o755))}
    added["app/lib/x"] = Addition(entry_of("app/lib/x", b"restored"), staged)
    after = packed(tmp_path, STACK, Changes(added=added), epoch=1_700_000_000)
    _, manifest, config = documents(after)
    assert manifest["layers"][:3] == documents(tmp_path / "before")[1]["layers"]
    assert names(unpacked_layers(after)[3]) == ["app", "app/lib", "app/lib/x"]
    assert config["history"][-1]["created_by"].startswith("deadweight")
    assert config["history"][-1]["created"] == "2023-11-14T22:13:20Z"


LINKED: tuple[Members, ...] = (
    (("a", None), ("a/first", b"shared"), ("a/second", "=a/first"), ("a/third", "=a/second"), ("a/other", b"o")),
    (("a", None), ("a/fourth", "=a/first"), ("a/fifth", "=a/fourth")),
)


@pytest.mark.parametrize("gone", [("a/first",), ("a/second",), ("a/first", "a/second"), ("a/first", "a/fourth")])
def test_hard_links_keep_their_body_when_a_name_of_it_goes(tmp_path: Path, gone: tuple[str, ...]) -> None:
    after = packed(tmp_path, LINKED, removing(*gone))
    wanted = {
        path: thing for path, thing in flattened(unpacked_layers(tmp_path / "before")).items() if path not in gone
    }
    assert flattened(unpacked_layers(after)) == wanted


def test_a_hard_link_to_a_replaced_file_keeps_the_old_body(tmp_path: Path) -> None:
    staged = tmp_path / "staged"
    staged.write_bytes(b"new")
    seen = flattened(unpacked_layers(packed(tmp_path, LINKED, Changes(replaced={"a/first": staged}))))
    assert seen["a/first"] == ("file", b"new")
    assert all(seen[f"a/{name}"] == ("file", b"shared") for name in ("second", "third", "fourth", "fifth"))


def test_paths_are_linked_within_a_layer_whatever_their_order(tmp_path: Path) -> None:
    changes = Changes(linked={"a/first": Link("a/other", Linking.HARD)})
    seen = flattened(unpacked_layers(packed(tmp_path, LINKED, changes)))
    assert seen["a/first"] == ("file", b"o")
    assert seen["a/second"] == seen["a/fourth"] == ("file", b"shared")


def test_hard_links_across_layers_are_refused_and_symbolic_ones_made(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="different layers"):
        packed(tmp_path, STACK, Changes(linked={"app/top": Link("etc/passwd", Linking.HARD)}))
    shutil.rmtree(tmp_path / "before")
    link = Link("etc/passwd", Linking.SYMBOLIC, "../etc/passwd")
    after = packed(tmp_path, STACK, Changes(linked={"app/top": link}))
    assert flattened(unpacked_layers(after))["app/top"] == ("symlink", "../etc/passwd")


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    artifact = opened(layout_of(tmp_path / "before", STACK))
    for write in (pack_oci_archive, pack_docker_archive):
        for name in ("one", "two"):
            write(artifact, removing("app/old"), tmp_path / name, Packing())
        assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
        (tmp_path / "one").unlink()
        (tmp_path / "two").unlink()


@pytest.mark.parametrize("codec", ["store", "gzip", "zstd"])
def test_a_rewritten_layer_is_packed_as_asked(tmp_path: Path, codec: str) -> None:
    after = packed(tmp_path, STACK, removing("app/top"), codec=codec)
    layers = documents(after)[1]["layers"]
    assert layers[2]["mediaType"].endswith({"store": ".tar", "gzip": "+gzip", "zstd": "+zstd"}[codec])
    assert detect(read_blob(after, layers[2])).name == codec
    assert layers[0]["mediaType"].endswith("+gzip")


def test_a_codec_that_layers_do_not_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not packed with xz"):
        packed(tmp_path, STACK, removing("app/top"), codec="xz")


def test_a_tree_becomes_an_image_of_one_layer_owned_by_root(tmp_path: Path) -> None:
    artifact = artifact_of({"app/main.py": b"y", "bin/x": b"x", "a": Entry("a", Kind.FIFO, uid=1000)})
    pack_oci_layout(artifact, Changes(), tmp_path / "out", Packing())
    _, manifest, config = documents(tmp_path / "out")
    with tarfile.open(fileobj=io.BytesIO(unpacked_layers(tmp_path / "out")[0])) as archive:
        assert [(one.name, one.uid, one.gid) for one in archive] == [
            (name, 0, 0) for name in ("a", "app", "app/main.py", "bin", "bin/x")
        ]
    assert config["os"] == "linux"
    assert len(manifest["layers"]) == len(config["history"]) == 1


def tool(name: str, *arguments: object) -> str:
    path = shutil.which(name) or pytest.skip(f"no {name} here")
    run = subprocess.run([path, *map(str, arguments)], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return run.stdout


SKOPEO: dict[str, Callable[[Artifact, Changes, Path, Packing], None]] = {
    "oci": pack_oci_layout,
    "oci-archive": pack_oci_archive,
    "docker-archive": pack_docker_archive,
}


@pytest.mark.parametrize("transport", SKOPEO)
def test_skopeo_reads_and_copies_what_was_written(tmp_path: Path, transport: str) -> None:
    artifact = opened(layout_of(tmp_path / "before", STACK))
    SKOPEO[transport](artifact, removing("app/old", "app/second", "app/top"), tmp_path / "after", Packing())
    seen = json.loads(tool("skopeo", "inspect", f"{transport}:{tmp_path}/after"))
    assert seen["Architecture"] == "amd64"
    tool("skopeo", "copy", f"{transport}:{tmp_path}/after", f"oci:{tmp_path}/copied:x")
    assert set(flattened(unpacked_layers(tmp_path / "copied"))) == {"etc", "etc/passwd", "app"}


def test_umoci_unpacks_what_was_written(tmp_path: Path) -> None:
    after = packed(tmp_path, STACK, removing("app/old"))
    tool("umoci", "unpack", "--rootless", "--image", f"{after}:latest", tmp_path / "bundle")
    rootfs = tmp_path / "bundle" / "rootfs"
    there = {str(one.relative_to(rootfs)) for one in rootfs.rglob("*")}
    assert there == {"etc", "etc/passwd", "app", "app/second", "app/top"}


def test_a_docker_archive_is_written_again_under_all_its_names(tmp_path: Path) -> None:
    artifact = opened(layout_of(tmp_path / "before", STACK))
    assert artifact.image is not None
    named = replace(artifact, image=replace(artifact.image, references=("x/y:1", "x/y:2")))
    pack_docker_archive(named, Changes(), tmp_path / "one.tar", Packing())
    loaded = DOCKER.open(tmp_path / "one.tar", Opening())
    pack_docker_archive(loaded, removing("app/old"), tmp_path / "two.tar", Packing())
    pack_oci_layout(loaded, removing("app/old"), tmp_path / "three", Packing())
    again, layout = DOCKER.open(tmp_path / "two.tar", Opening()), FORMAT.open(tmp_path / "three", Opening())
    for result in (again, layout):
        assert "app/old" not in {entry.path for entry in result.inventory.visible}
        assert result.layers[0].digest == artifact.layers[0].digest
    assert again.image is not None
    assert again.image.references == ("x/y:1", "x/y:2")


def test_attestations_of_the_source_are_left_out_and_noted(tmp_path: Path) -> None:
    root = layout_of(tmp_path / "before", STACK)
    index = json.loads((root / "index.json").read_bytes())
    platform = {"os": "unknown", "architecture": "unknown"}
    statement = {"schemaVersion": 2, "config": blob(root, b"{}"), "layers": [blob(root, b'{"predicate":1}')]}
    descriptor = {"mediaType": OCI_MANIFEST, **blob(root, json.dumps(statement).encode()), "platform": platform}
    notes = {"vnd.docker.reference.type": "attestation-manifest"}
    notes["vnd.docker.reference.digest"] = index["manifests"][0]["digest"]
    index["manifests"].append({**descriptor, "annotations": notes})
    (root / "index.json").write_text(json.dumps(index))
    heard: list[Gap] = []
    pack_oci_layout(opened(root), removing("app/top"), tmp_path / "after", Packing(note=heard.append))
    assert ["attestations" in one.reason for one in heard] == [True]
    assert len(documents(tmp_path / "after")[0]["manifests"]) == 1


def test_a_layer_that_lies_elsewhere_stays_there(tmp_path: Path) -> None:
    root = layout_of(tmp_path / "before", STACK)
    _, manifest, config = documents(root)
    elsewhere = {
        "mediaType": OCI_LAYER.replace("layer", "layer.nondistributable"),
        "size": 9,
        "urls": ["https://x.test"],
    }
    elsewhere["digest"] = "sha256:" + "e" * 64
    config["rootfs"]["diff_ids"].insert(0, "sha256:" + "f" * 64)
    config["history"].insert(0, {"created_by": "elsewhere"})
    layers = [elsewhere, *manifest["layers"]]
    shutil.rmtree(root)
    layout_of(root, STACK, config, {"layers": layers})
    pack_oci_layout(opened(root), removing("app/top"), tmp_path / "after", Packing())
    _, after, said = documents(tmp_path / "after")
    assert after["layers"][0] == elsewhere
    assert said["rootfs"]["diff_ids"][:3] == config["rootfs"]["diff_ids"][:3]


def test_an_image_that_changed_meanwhile_is_refused_and_nothing_is_left(tmp_path: Path) -> None:
    root = layout_of(tmp_path / "before", STACK)
    artifact = opened(root)
    victim = root / "blobs" / artifact.layers[0].digest.replace(":", "/")
    victim.write_bytes(victim.read_bytes()[:-9] + b"otherwise")
    for write in (pack_oci_layout, pack_oci_archive, pack_docker_archive):
        with pytest.raises(Corrupt):
            write(artifact, removing("app/top"), tmp_path / "after", Packing())
    assert [one.name for one in tmp_path.iterdir()] == ["before"]
