"""Images opened: what is seen, what it costs, what is refused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from builders.images import (
    OCI_CONFIG,
    OCI_INDEX,
    OCI_LAYER,
    OCI_MANIFEST,
    Made,
    descriptor,
    docker_files,
    encoded,
    image_of,
    layout_files,
    layout_with,
    manifest_of,
    platform,
    sha256,
    write_archive,
    write_folder,
)
from builders.tars import Item
from deadweight.core.artifact import Artifact
from deadweight.core.entry import Entry, Kind
from deadweight.core.errors import Corrupt, Hostile, Refused, Unknown, UsageError
from deadweight.core.inventory import Cause
from deadweight.core.seams import Opening
from deadweight.formats.recognition import recognise
from deadweight.formats.tars.members import MAX_SMALL

Contents = list[Item | tuple[str, bytes]]

LAYERS: list[Contents] = [
    [("etc/os-release", b"ID=test\n"), ("app/big", b"b" * 5000), Item("app/link", kind="hardlink", target="app/big")],
    [("app/.wh.big", b""), ("app/main.py", b"print()\n"), ("etc/os-release", b"ID=newer\n")],
]
LAYOUTS = ("docker", "layout", "archive")
CODECS = ("store", "gzip", "zstd")


def written(tmp_path: Path, image: Made, layout: str, outer: str = "store") -> Path:
    if layout == "docker":
        return write_archive(tmp_path / "image", docker_files(image), outer)
    files = layout_files((image, {}))
    if layout == "archive":
        return write_archive(tmp_path / "image", files, outer)
    return write_folder(tmp_path / "image", files)


def opened(path: Path, **options: object) -> Artifact:
    artifact = recognise(path).open(path, Opening(**options))  # type: ignore[arg-type]
    inventory = artifact.inventory
    every = [one for one in path.rglob("*") if one.is_file()] if path.is_dir() else [path]
    assert inventory.total == sum(one.stat().st_size for one in every)
    return artifact


def paths(artifact: Artifact) -> list[str]:
    return [entry.path for entry in artifact.inventory.visible]


def bodies(artifact: Artifact, entries: list[Entry]) -> dict[str, bytes]:
    return {f"{entry.layer}:{entry.path}": body.read() for entry, body in artifact.contents.stream(entries)}


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_is_seen_and_what_is_hidden_is_the_same_in_every_layout(layout: str, codec: str, tmp_path: Path) -> None:
    artifact = opened(written(tmp_path, image_of(LAYERS, codec), layout))
    assert paths(artifact) == ["app/link", "app/main.py", "etc/os-release"]
    hidden = {(one.entry.path, one.cause, one.by) for one in artifact.inventory.shadowed}
    assert hidden == {("app/big", Cause.REMOVED_FILE, 1), ("etc/os-release", Cause.OVERWRITTEN, 1)}


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_body_comes_back_in_storage_order_hidden_ones_too(layout: str, codec: str, tmp_path: Path) -> None:
    artifact = opened(written(tmp_path, image_of(LAYERS, codec), layout))
    every = [*artifact.inventory.visible, *(one.entry for one in artifact.inventory.shadowed)]
    assert bodies(artifact, every[::-1]) == {
        "0:etc/os-release": b"ID=test\n",
        "0:app/big": b"b" * 5000,
        "0:app/link": b"b" * 5000,
        "1:app/main.py": b"print()\n",
        "1:etc/os-release": b"ID=newer\n",
    }


@pytest.mark.parametrize("outer", ["gzip", "zstd", "xz", "bzip2"])
@pytest.mark.parametrize("layout", ["docker", "archive"])
def test_an_archive_that_is_packed_as_a_whole_is_read_too(layout: str, outer: str, tmp_path: Path) -> None:
    artifact = opened(written(tmp_path, image_of(LAYERS, "gzip"), layout, outer), keep=("etc/*",))
    assert paths(artifact) == ["app/link", "app/main.py", "etc/os-release"]
    assert artifact.small == {"etc/os-release": b"ID=newer\n"}
    every = [*artifact.inventory.visible, *(one.entry for one in artifact.inventory.shadowed)]
    assert bodies(artifact, every)["0:app/link"] == b"b" * 5000


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_image_says_what_its_configuration_says(layout: str, tmp_path: Path) -> None:
    artifact = opened(written(tmp_path, image_of(LAYERS), layout))
    image = artifact.image
    assert image is not None
    assert (image.os, image.architecture, image.user) == ("linux", "amd64", "1000")
    assert (image.entrypoint, image.command, image.environment) == (("/init",), ("python",), ("A=1",))
    assert image.working_directory == "/app"
    assert image.config["rootfs"]


def test_layers_carry_their_digests_sizes_and_instructions(tmp_path: Path) -> None:
    image = image_of(LAYERS, "gzip")
    layers = opened(written(tmp_path, image, "layout")).layers
    assert [layer.digest for layer in layers] == [sha256(blob) for blob in image.blobs]
    assert [layer.diff_id for layer in layers] == [sha256(tar) for tar in image.tars]
    assert [layer.size for layer in layers] == [len(blob) for blob in image.blobs]
    assert [layer.unpacked for layer in layers] == [len(tar) for tar in image.tars]
    assert [layer.created_by for layer in layers] == ["RUN step 0", "RUN step 1"]


def test_steps_that_made_no_layer_are_passed_over(tmp_path: Path) -> None:
    history = [
        {"created_by": "ENV a", "empty_layer": True},
        {"created_by": "RUN one"},
        {"created_by": "CMD", "empty_layer": True},
        {"created_by": "RUN two", "empty_layer": False},
    ]
    layers = opened(written(tmp_path, image_of(LAYERS, history=history), "docker")).layers
    assert [layer.created_by for layer in layers] == ["RUN one", "RUN two"]


def test_the_digest_is_of_the_manifest_or_of_the_configuration_where_there_is_none(tmp_path: Path) -> None:
    image = image_of(LAYERS)
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert opened(written(tmp_path / "a", image, "docker")).digest == sha256(image.config_body)
    assert opened(written(tmp_path / "b", image, "layout")).digest == sha256(encoded(manifest_of(image)))


def test_the_stored_parts_are_given_back_byte_for_byte(tmp_path: Path) -> None:
    image = image_of(LAYERS, "gzip")
    artifact = opened(written(tmp_path, image, "archive", "zstd"))
    assert artifact.blobs is not None
    assert artifact.blobs.config() == image.config_body
    assert artifact.blobs.manifest() == encoded(manifest_of(image))
    assert artifact.blobs.descriptor()["digest"] == artifact.digest
    for layer, blob in zip(artifact.layers, image.blobs, strict=True):
        with artifact.blobs.layer(layer) as stream:
            assert stream.read() == blob
    marks = [entry.kind for entry in artifact.blobs.entries(artifact.layers[1])]
    assert marks == [Kind.WHITEOUT, Kind.FILE, Kind.FILE]


def test_metadata_that_is_a_hard_link_is_read_by_the_name_that_has_the_body(tmp_path: Path) -> None:
    layer: Contents = [
        ("store/x", b"Name: x"),
        Item("site/METADATA", kind="hardlink", target="store/x"),
    ]
    artifact = opened(written(tmp_path, image_of([layer]), "docker"), keep=("**/METADATA",))
    assert artifact.small == {"site/METADATA": b"Name: x"}


def test_a_hard_link_into_a_lower_layer_shares_its_body(tmp_path: Path) -> None:
    layers: list[Contents] = [
        [("a", b"lower")],
        [Item("b", kind="hardlink", target="a"), Item("c", kind="hardlink", target="b")],
    ]
    artifact = opened(written(tmp_path, image_of(layers), "docker"))
    assert bodies(artifact, list(artifact.inventory.visible)) == {"0:a": b"lower", "1:b": b"lower", "1:c": b"lower"}


def test_a_hard_link_to_nothing_is_a_gap(tmp_path: Path) -> None:
    artifact = opened(written(tmp_path, image_of([[Item("a", kind="hardlink", target="b")]]), "docker"))
    assert "'b'" in artifact.gaps[0].reason
    assert bodies(artifact, list(artifact.inventory.visible)) == {}


def test_a_layer_that_stands_twice_is_paid_once(tmp_path: Path) -> None:
    layer = [("a", b"x" * 3000)]
    artifact = opened(written(tmp_path, image_of([layer, layer]), "layout"))
    assert artifact.inventory.visible[0].stored == 0
    assert artifact.inventory.shadowed[0].entry.stored == 3000


def test_a_loop_of_symbolic_links_is_listed(tmp_path: Path) -> None:
    layer = [Item("a", kind="symlink", target="b"), Item("b", kind="symlink", target="a")]
    assert paths(opened(written(tmp_path, image_of([layer]), "docker"))) == ["a", "b"]


def test_an_image_without_layers_is_an_image(tmp_path: Path) -> None:
    assert paths(opened(written(tmp_path, image_of([]), "layout"))) == []


# docker archives


def test_layers_of_an_old_archive_may_be_links_to_each_other(tmp_path: Path) -> None:
    image = image_of([LAYERS[0], LAYERS[0]])
    files: dict[str, bytes | Item] = dict(docker_files(image))
    (name,) = [name for name in files if name.endswith("layer.tar")]
    files["two/layer.tar"] = Item("two/layer.tar", kind="symlink", target="../" + name)
    files["manifest.json"] = manifest_json(files, [name, "two/layer.tar"])
    assert len(opened(write_archive(tmp_path / "image", files)).layers) == 2


def manifest_json(files: Mapping[str, object], layers: list[str], **more: object) -> bytes:
    (config,) = [name for name in files if name.endswith(".json") and len(name) == 69]
    return encoded([{"Config": config, "RepoTags": ["app:1"], "Layers": layers, **more}])


def test_keys_in_lower_case_are_read_as_jib_writes_them(tmp_path: Path) -> None:
    files = docker_files(image_of(LAYERS))
    listed = json.loads(files["manifest.json"])
    small = {"config": listed[0]["Config"], "layers": listed[0]["Layers"], "repoTags": ["jib:1"]}
    files["manifest.json"] = encoded([small])
    artifact = opened(write_archive(tmp_path / "image", files))
    assert len(artifact.layers) == 2
    assert artifact.image is not None
    assert artifact.image.references == ("jib:1",)


def test_an_archive_of_kaniko_has_packed_layers_and_a_digest_for_a_name(tmp_path: Path) -> None:
    image = image_of(LAYERS, "gzip")
    names = [f"{hashlib.sha256(blob).hexdigest()}.tar.gz" for blob in image.blobs]
    config = sha256(image.config_body)
    files = {config: image.config_body, **dict(zip(names, image.blobs, strict=True))}
    files["manifest.json"] = encoded([{"Config": config, "RepoTags": None, "Layers": names}])
    assert paths(opened(write_archive(tmp_path / "image", files))) == ["app/link", "app/main.py", "etc/os-release"]


def docker25(image: Made) -> dict[str, bytes]:
    files = layout_files((image, {"annotations": {"io.containerd.image.name": "docker.io/library/app:1"}}))
    layers = ["blobs/" + sha256(blob).replace(":", "/") for blob in image.blobs]
    config = "blobs/" + sha256(image.config_body).replace(":", "/")
    files["manifest.json"] = encoded([{"Config": config, "RepoTags": ["app:1"], "Layers": layers}])
    return files


def test_an_archive_of_docker_25_is_one_by_its_manifest_json(tmp_path: Path) -> None:
    path = write_archive(tmp_path / "image", docker25(image_of(LAYERS)))
    assert recognise(path).name == "docker-archive"
    artifact = opened(path)
    assert "unreferenced blobs" not in artifact.inventory.overhead
    assert artifact.image is not None
    assert artifact.image.references == ("app:1",)


def test_a_layer_of_docker_25_under_another_digest_is_refused(tmp_path: Path) -> None:
    image = image_of(LAYERS)
    files = docker25(image)
    name = "blobs/" + sha256(image.blobs[0]).replace(":", "/")
    files[name] = files[name] + bytes(512)
    with pytest.raises(Corrupt, match=sha256(image.blobs[0])):
        opened(write_archive(tmp_path / "image", files))


def test_several_images_in_one_archive_are_listed_for_a_choice(tmp_path: Path) -> None:
    one, other = image_of(LAYERS), image_of(LAYERS[:1], architecture="arm64")
    files, more = docker_files(one), docker_files(other, ("app:arm",))
    both = json.loads(files["manifest.json"]) + json.loads(more["manifest.json"])
    path = write_archive(tmp_path / "image", {**files, **more, "manifest.json": encoded(both)})
    with pytest.raises(UsageError, match=r"linux/amd64, linux/arm64"):
        opened(path)
    artifact = opened(path, platform="linux/arm64")
    assert len(artifact.layers) == 1
    assert artifact.inventory.overhead["other platforms"] > 1000


# OCI layouts


def test_the_platform_that_is_asked_for_is_opened(tmp_path: Path) -> None:
    one, other = image_of(LAYERS), image_of(LAYERS[:1], architecture="arm64", variant="v8")
    files = layout_files((one, platform("linux/amd64")), (other, platform("linux/arm64/v8")))
    path = write_folder(tmp_path / "image", files)
    assert len(opened(path, platform="linux/amd64").layers) == 2
    assert len(opened(path, platform="linux/arm64").layers) == 1
    assert len(opened(path, platform="linux/arm64/v8").layers) == 1
    for asked, listed in (("", "linux/arm64/v8"), ("linux/arm64/v7", "linux/amd64"), ("windows/amd64", "linux/amd64")):
        with pytest.raises(UsageError, match=listed):
            opened(path, platform=asked)


@pytest.mark.parametrize("asked", ["linux", "linux/", "a/b/c/d", "/"])
def test_what_is_no_platform_is_answered_with_how_to_write_one(asked: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="os/architecture"):
        opened(written(tmp_path, image_of(LAYERS), "layout"), platform=asked)


def test_a_layer_of_both_platforms_is_that_of_the_one_that_is_opened(tmp_path: Path) -> None:
    one, other = image_of(LAYERS[:1]), image_of(LAYERS, architecture="arm64")
    files = layout_files((one, platform("linux/amd64")), (other, platform("linux/arm64")))
    artifact = opened(write_folder(tmp_path / "image", files), platform="linux/amd64")
    others = len(other.blobs[1]) + len(other.config_body) + len(encoded(manifest_of(other)))
    assert artifact.inventory.overhead["other platforms"] == others


def test_attestations_are_no_images_and_counted_apart(tmp_path: Path) -> None:
    image, statement = image_of(LAYERS), b'{"predicate": 1}'
    manifest = {
        "schemaVersion": 2,
        "config": descriptor(b"{}", OCI_CONFIG),
        "layers": [descriptor(statement, "application/vnd.in-toto+json")],
    }
    listed = descriptor(
        encoded(manifest), OCI_MANIFEST, **platform("unknown/unknown"), annotations={"vnd.docker.reference.type": "x"}
    )
    own = encoded(manifest_of(image))
    bodies = [*image.blobs, image.config_body, own, encoded(manifest), statement, b"{}"]
    index = [descriptor(own, OCI_MANIFEST, **platform("linux/amd64")), listed]
    artifact = opened(write_folder(tmp_path / "image", layout_with(bodies, index)))
    assert artifact.inventory.overhead["attestations"] == len(encoded(manifest)) + len(statement) + 2


def nested(image: Made, depth: int) -> dict[str, bytes]:
    manifest = encoded(manifest_of(image))
    bodies = [*image.blobs, image.config_body, manifest]
    listed = descriptor(manifest, OCI_MANIFEST)
    for _ in range(depth):
        index = encoded({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [listed]})
        bodies.append(index)
        listed = descriptor(index, OCI_INDEX)
    return layout_with(bodies, [listed])


def test_an_index_in_an_index_is_followed(tmp_path: Path) -> None:
    artifact = opened(write_folder(tmp_path / "image", nested(image_of(LAYERS), 3)))
    assert len(artifact.layers) == 2
    assert "unreferenced blobs" not in artifact.inventory.overhead


def test_indexes_without_end_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Hostile, match="nested"):
        opened(write_folder(tmp_path / "image", nested(image_of(LAYERS), 12)))


def test_two_tags_of_one_image_are_one_image(tmp_path: Path) -> None:
    image = image_of(LAYERS)
    name = "org.opencontainers.image.ref.name"
    files = layout_files((image, {"annotations": {name: "a"}}), (image, {"annotations": {name: "b"}}))
    assert len(opened(write_folder(tmp_path / "image", files)).layers) == 2


def test_blobs_that_nothing_names_are_counted(tmp_path: Path) -> None:
    files = layout_files((image_of(LAYERS), {}))
    files["blobs/sha256/" + "0" * 64] = b"left over" * 100
    assert opened(write_folder(tmp_path / "image", files)).inventory.overhead["unreferenced blobs"] == 900


def with_manifest(image: Made, manifest: dict[str, Any], *more: bytes) -> dict[str, bytes]:
    body = encoded(manifest)
    return layout_with([*image.blobs, image.config_body, body, *more], [descriptor(body, OCI_MANIFEST)])


def test_a_layer_of_another_kind_is_kept_and_told(tmp_path: Path) -> None:
    image, squashed = image_of(LAYERS), b"hsqs" + bytes(600)
    manifest = manifest_of(image)
    manifest["layers"].append(descriptor(squashed, "application/vnd.sylabs.sif.layer.v1.squashfs"))
    image.config["rootfs"]["diff_ids"].append(sha256(squashed))
    image.config["history"].append({"created_by": "squash"})
    manifest["config"] = descriptor(image.config_body, OCI_CONFIG)
    artifact = opened(write_folder(tmp_path / "image", with_manifest(image, manifest, squashed)))
    assert artifact.inventory.overhead["unread layers"] == 604
    assert "squashfs" in artifact.gaps[0].reason
    assert artifact.blobs is not None
    with artifact.blobs.layer(artifact.layers[2]) as stream:
        assert stream.read() == squashed


def test_a_foreign_layer_that_lies_elsewhere_is_a_gap(tmp_path: Path) -> None:
    image = image_of(LAYERS)
    manifest = manifest_of(image)
    manifest["layers"][0] |= {"urls": ["a place"], "mediaType": OCI_LAYER.replace("layer", "layer.nondistributable")}
    blobs = replace(image, blobs=image.blobs[1:])
    artifact = opened(write_folder(tmp_path / "image", with_manifest(blobs, manifest)))
    assert "elsewhere" in artifact.gaps[0].reason
    assert paths(artifact) == ["app/main.py", "etc/os-release"]


def test_a_configuration_may_be_embedded_in_its_descriptor(tmp_path: Path) -> None:
    import base64

    image = image_of(LAYERS)
    manifest = manifest_of(image)
    manifest["config"]["data"] = base64.b64encode(image.config_body).decode()
    files = with_manifest(image, manifest)
    del files["blobs/" + sha256(image.config_body).replace(":", "/")]
    assert len(opened(write_folder(tmp_path / "image", files)).layers) == 2


@pytest.mark.parametrize("algorithm", ["sha512"])
def test_digests_of_other_algorithms_are_checked_too(algorithm: str, tmp_path: Path) -> None:
    image = image_of(LAYERS)
    manifest = manifest_of(image)
    digest = hashlib.new(algorithm, image.blobs[0]).hexdigest()
    manifest["layers"][0]["digest"] = f"{algorithm}:{digest}"
    files = with_manifest(image, manifest)
    files[f"blobs/{algorithm}/{digest}"] = image.blobs[0]
    path = write_folder(tmp_path / "image", files)
    assert len(opened(path).layers) == 2
    (path / f"blobs/{algorithm}/{digest}").write_bytes(b"\0" + image.blobs[0][1:])
    with pytest.raises(Refused):
        opened(path)


# what is refused


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("codec", CODECS)
def test_a_flipped_bit_in_any_blob_is_refused(layout: str, codec: str, tmp_path: Path) -> None:
    path = written(tmp_path, image_of(LAYERS, codec), layout)
    files = [one for one in path.rglob("*/*") if one.is_file()] if layout == "layout" else [path]
    for target in files:
        whole = target.read_bytes()
        for place in range(7, len(whole), max(1, len(whole) // 16)):
            target.write_bytes(whole[:place] + bytes([whole[place] ^ 0x20]) + whole[place + 1 :])
            try:
                opened(path)
            except (Refused, UsageError):
                continue
            assert layout != "layout", (target, place)
        target.write_bytes(whole)


@pytest.mark.parametrize("layout", ["docker", "archive"])
@pytest.mark.parametrize("outer", ["store", "gzip"])
def test_a_truncated_archive_is_refused(layout: str, outer: str, tmp_path: Path) -> None:
    path = written(tmp_path, image_of(LAYERS), layout, outer)
    whole = path.read_bytes()
    step = 997 if outer == "store" else 61
    for size in range(1, len(whole) - (10240 if outer == "store" else 0), step):
        path.write_bytes(whole[:size])
        with pytest.raises(Refused):
            opened(path)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layer_too_many_or_too_few_is_refused_with_both_counts(layout: str, tmp_path: Path) -> None:
    image = image_of(LAYERS)
    image.config["rootfs"]["diff_ids"].pop()
    with pytest.raises(Corrupt, match=r"2 layers and the configuration 1"):
        opened(written(tmp_path, image, layout))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_history_of_another_length_is_refused_with_both_counts(layout: str, tmp_path: Path) -> None:
    image = image_of(LAYERS, history=[{"created_by": "one"}])
    with pytest.raises(Corrupt, match=r"2 layers and the history 1"):
        opened(written(tmp_path, image, layout))


def test_no_history_at_all_is_fine(tmp_path: Path) -> None:
    image = image_of(LAYERS)
    del image.config["history"]
    assert opened(written(tmp_path, image, "docker")).layers[0].created_by == ""


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_wrong_diff_id_is_refused_with_both_digests(layout: str, tmp_path: Path) -> None:
    image = image_of(LAYERS)
    image.config["rootfs"]["diff_ids"][1] = "sha256:" + "1" * 64
    with pytest.raises(Corrupt, match=f"{sha256(image.tars[1])}.*{'1' * 64}"):
        opened(written(tmp_path, image, layout))


def test_a_wrong_size_in_a_descriptor_is_refused_with_both_sizes(tmp_path: Path) -> None:
    image = image_of(LAYERS)
    manifest = manifest_of(image)
    manifest["layers"][0]["size"] += 1
    with pytest.raises(Corrupt, match=str(len(image.blobs[0]))):
        opened(write_folder(tmp_path / "image", with_manifest(image, manifest)))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("part", ["layer", "config"])
def test_a_missing_blob_is_refused_by_its_name(layout: str, part: str, tmp_path: Path) -> None:
    image = image_of(LAYERS)
    files = docker_files(image) if layout == "docker" else layout_files((image, {}))
    lost = image.blobs[1] if part == "layer" else image.config_body
    (name,) = [name for name, body in files.items() if body == lost]
    del files[name]
    path = tmp_path / "image"
    write = write_folder if layout == "layout" else write_archive
    with pytest.raises(Corrupt, match=f"{name}|missing"):
        opened(write(path, files))


@pytest.mark.parametrize(
    "digest", ["sha256:../../../../etc/passwd", "../x", "sha256:" + "A" * 64, "sha256:" + "1" * 63, "md5:" + "1" * 32]
)
@pytest.mark.parametrize("place", ["layer", "config", "index", "diff_id"])
def test_a_digest_that_is_a_path_is_refused(digest: str, place: str, tmp_path: Path) -> None:
    image = image_of(LAYERS)
    if place == "diff_id":
        image.config["rootfs"]["diff_ids"][0] = digest
    manifest = manifest_of(image)
    if place == "layer":
        manifest["layers"][0]["digest"] = digest
    if place == "config":
        manifest["config"]["digest"] = digest
    files = with_manifest(image, manifest)
    if place == "index":
        files["index.json"] = encoded({"manifests": [{"mediaType": OCI_MANIFEST, "digest": digest, "size": 1}]})
    with pytest.raises(Hostile, match="not a digest"):
        opened(write_folder(tmp_path / "image", files))


@pytest.mark.parametrize("name", ["../layer.tar", "/../x", "a/../../b"])
@pytest.mark.parametrize("part", ["Layers", "Config"])
def test_a_manifest_that_points_out_of_the_archive_is_refused(name: str, part: str, tmp_path: Path) -> None:
    files = docker_files(image_of(LAYERS))
    listed = json.loads(files["manifest.json"])
    listed[0][part] = [name] * 2 if part == "Layers" else name
    with pytest.raises(Hostile, match="climbs"):
        opened(write_archive(tmp_path / "image", {**files, "manifest.json": encoded(listed)}))


def test_layers_that_are_links_in_a_circle_are_missing(tmp_path: Path) -> None:
    files: dict[str, bytes | Item] = dict(docker_files(image_of(LAYERS[:1])))
    (name,) = [name for name in files if name.endswith("layer.tar")]
    files[name] = Item(name, kind="symlink", target="../x/layer.tar")
    files["x/layer.tar"] = Item("x/layer.tar", kind="symlink", target="../" + name)
    with pytest.raises(Corrupt, match="missing"):
        opened(write_archive(tmp_path / "image", files))


def test_a_document_that_is_index_and_manifest_at_once_is_refused(tmp_path: Path) -> None:
    image = image_of(LAYERS)
    manifest = {**manifest_of(image), "manifests": []}
    with pytest.raises(Refused):
        opened(write_folder(tmp_path / "image", with_manifest(image, manifest)))


def test_a_media_type_that_is_not_the_one_of_the_descriptor_is_refused(tmp_path: Path) -> None:
    image = image_of(LAYERS)
    manifest = {**manifest_of(image), "mediaType": OCI_INDEX}
    with pytest.raises(Corrupt, match="calls itself"):
        opened(write_folder(tmp_path / "image", with_manifest(image, manifest)))


def test_two_files_of_one_name_in_an_archive_are_refused(tmp_path: Path) -> None:
    files: dict[str, bytes | Item] = dict(docker_files(image_of(LAYERS)))
    files["again"] = Item("./manifest.json", b"[]")
    with pytest.raises(Hostile, match="two files"):
        opened(write_archive(tmp_path / "image", files))


@pytest.mark.parametrize("body", [b"", b"[", b"{}", b"[1]", b'[{"Config": 3}]', b"[" * 5000, b'[{"Layers": "x"}]'])
def test_a_manifest_json_that_says_something_else_is_refused(body: bytes, tmp_path: Path) -> None:
    files = {**docker_files(image_of(LAYERS)), "manifest.json": body}
    with pytest.raises(Refused):
        opened(write_archive(tmp_path / "image", files))


def test_an_archive_without_an_image_is_unknown(tmp_path: Path) -> None:
    with pytest.raises(Unknown):
        opened(write_archive(tmp_path / "image", {"manifest.json": b"[]"}))
    with pytest.raises(Unknown):
        opened(write_folder(tmp_path / "layout", layout_with([], [])))


def test_an_image_that_changed_since_it_was_opened_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, image_of(LAYERS), "docker")
    artifact = opened(path)
    path.write_bytes(path.read_bytes() + bytes(512))
    with pytest.raises(Corrupt, match="changed"):
        bodies(artifact, list(artifact.inventory.visible))


def test_a_metadata_file_that_a_higher_layer_makes_too_big_is_a_gap_and_no_other_body(tmp_path: Path) -> None:
    layers: list[Contents] = [[("x/METADATA", b"Name: x\n")], [("x/METADATA", bytes(MAX_SMALL + 1))]]
    artifact = opened(written(tmp_path, image_of(layers, "gzip"), "layout"), keep=("**/METADATA",))
    assert artifact.small == {}
    assert [gap.where for gap in artifact.gaps] == ["x/METADATA"]
