"""The image of a layout that is meant: documents made wrong one field at a time."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from blake3 import blake3
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.images import (
    OCI_CONFIG,
    OCI_INDEX,
    OCI_MANIFEST,
    descriptor,
    encoded,
    image_of,
    layout_files,
    layout_with,
    manifest_of,
    platform,
    sha256,
    write_folder,
)
from deadweight.core.errors import Corrupt, DeadweightError, Hostile, Unknown, UsageError
from deadweight.formats.images.choice import Choice
from deadweight.formats.images.oci_choice import choose_oci, read_blob
from deadweight.formats.images.oci_choice import descriptor as read_descriptor
from deadweight.formats.images.store import folder_store

IMAGE = image_of([[("a", b"lower")], [("b", b"upper")]])
MANIFEST = manifest_of(IMAGE)


def chosen(folder: Path, files: dict[str, bytes], asked: str = "") -> Choice:
    return choose_oci(folder_store(write_folder(folder / "layout", files)), asked)


def layout_of(manifest: dict[str, Any], **more: object) -> dict[str, bytes]:
    """A layout whose one image has this manifest."""
    body = encoded(manifest)
    return layout_with([*IMAGE.blobs, IMAGE.config_body, body], [descriptor(body, OCI_MANIFEST, **more)])


def test_the_choice_names_what_the_manifest_names(tmp_path: Path) -> None:
    choice = chosen(tmp_path, layout_of(MANIFEST))
    assert choice.digest == sha256(choice.manifest_body)
    assert choice.manifest == MANIFEST
    assert choice.config == IMAGE.config
    assert [layer.digest for layer in choice.layers] == [sha256(blob) for blob in IMAGE.blobs]
    assert [layer.size for layer in choice.layers] == [len(blob) for blob in IMAGE.blobs]
    named = {"index.json", "oci-layout", *("blobs/" + one.replace(":", "/") for one in (choice.digest, config()))}
    assert choice.documents == named


def config() -> str:
    return sha256(IMAGE.config_body)


@pytest.mark.parametrize("key", ["org.opencontainers.image.ref.name", "io.containerd.image.name"])
def test_an_image_is_called_what_its_annotation_says(key: str, tmp_path: Path) -> None:
    assert chosen(tmp_path, layout_of(MANIFEST, annotations={key: "app:1"})).references == ("app:1",)


def test_the_whole_name_that_containerd_gives_wins_over_the_tag(tmp_path: Path) -> None:
    names = {"org.opencontainers.image.ref.name": "1", "io.containerd.image.name": "host/app:1"}
    assert chosen(tmp_path, layout_of(MANIFEST, annotations=names)).references == ("host/app:1",)


def test_the_platform_is_that_of_the_configuration_where_the_index_says_none(tmp_path: Path) -> None:
    arm = image_of([[("a", b"arm")]], architecture="arm64")
    files = layout_files((IMAGE, {}), (arm, {}))
    assert chosen(tmp_path, files, "linux/arm64").config["architecture"] == "arm64"
    assert chosen(tmp_path, files, "linux/amd64").config["architecture"] == "amd64"
    with pytest.raises(UsageError, match="linux/amd64, linux/arm64"):
        chosen(tmp_path, files)


def test_an_image_whose_blobs_are_not_there_is_passed_over_for_one_that_is(tmp_path: Path) -> None:
    absent = descriptor(b"not saved", OCI_MANIFEST, **platform("linux/arm64"))
    body = encoded(MANIFEST)
    listed = [absent, descriptor(body, OCI_MANIFEST, **platform("linux/amd64"))]
    choice = chosen(tmp_path, layout_with([*IMAGE.blobs, IMAGE.config_body, body], listed))
    assert choice.digest == sha256(body)


def test_an_image_that_is_not_there_and_the_only_one_is_missing_by_name(tmp_path: Path) -> None:
    absent = descriptor(b"not saved", OCI_MANIFEST, **platform("linux/arm64"))
    with pytest.raises(Corrupt, match=f"blobs/sha256/{sha256(b'not saved')[7:]} is missing"):
        chosen(tmp_path, layout_with([], [absent]))


def test_artifacts_of_other_kinds_are_no_images(tmp_path: Path) -> None:
    chart = {**MANIFEST, "config": {**MANIFEST["config"], "mediaType": "application/vnd.cncf.helm.config.v1+json"}}
    with pytest.raises(Unknown, match="no container image"):
        chosen(tmp_path, layout_of(chart))


def test_a_signature_beside_an_image_is_attached_to_it(tmp_path: Path) -> None:
    signed = {**MANIFEST, "config": {**MANIFEST["config"], "mediaType": "application/vnd.dev.cosign.v1+json"}}
    bodies = [*IMAGE.blobs, IMAGE.config_body, encoded(MANIFEST), encoded(signed)]
    listed = [descriptor(encoded(one), OCI_MANIFEST) for one in (MANIFEST, signed)]
    choice = chosen(tmp_path, layout_with(bodies, listed))
    assert choice.digest == sha256(encoded(MANIFEST))
    assert "blobs/" + sha256(encoded(signed)).replace(":", "/") in choice.attached


def test_a_docker_manifest_list_is_an_index(tmp_path: Path) -> None:
    body = encoded(MANIFEST)
    inner = encoded({"manifests": [descriptor(body, OCI_MANIFEST)]})
    kind = "application/vnd.docker.distribution.manifest.list.v2+json"
    files = layout_with([*IMAGE.blobs, IMAGE.config_body, body, inner], [descriptor(inner, kind)])
    assert chosen(tmp_path, files).digest == sha256(body)


def test_more_manifests_than_anyone_lists_are_refused(tmp_path: Path) -> None:
    listed = [descriptor(b"%d" % number, OCI_MANIFEST) for number in range(10_002)]
    with pytest.raises(Hostile, match="more than 10000 manifests"):
        chosen(tmp_path, layout_with([], listed))


@pytest.mark.parametrize("forbidden", ["manifests", "fsLayers"])
def test_a_manifest_that_could_be_read_as_something_else_is_refused(forbidden: str, tmp_path: Path) -> None:
    with pytest.raises(Hostile, match="readers disagree"):
        chosen(tmp_path, layout_of({**MANIFEST, forbidden: []}))


def test_blobs_named_by_blake3_are_checked_as_others_are(tmp_path: Path) -> None:
    hexdigest = blake3(IMAGE.config_body).hexdigest()
    named = {**MANIFEST, "config": {**MANIFEST["config"], "digest": f"blake3:{hexdigest}"}}
    files = layout_of(named)
    files[f"blobs/blake3/{hexdigest}"] = IMAGE.config_body
    assert chosen(tmp_path, files).config == IMAGE.config
    files[f"blobs/blake3/{hexdigest}"] = IMAGE.config_body[:-1] + b" "
    with pytest.raises(Corrupt, match="has the digest blake3:"):
        chosen(tmp_path, files)


def embedded(body: bytes, data: object) -> dict[str, bytes]:
    """A layout whose configuration is only there as data in its descriptor."""
    config_of = descriptor(body, OCI_CONFIG, data=data)
    files = layout_of({**MANIFEST, "config": config_of})
    del files["blobs/" + config().replace(":", "/")]
    return files


def test_embedded_data_is_taken_for_a_blob_that_is_not_there(tmp_path: Path) -> None:
    data = base64.b64encode(IMAGE.config_body).decode()
    assert chosen(tmp_path, embedded(IMAGE.config_body, data)).config == IMAGE.config


@pytest.mark.parametrize("data", ["!!!!", "YQ", "é===", "Y Q = ="])
def test_embedded_data_that_is_no_base64_is_corrupt(data: str, tmp_path: Path) -> None:
    with pytest.raises(Corrupt, match="no base64"):
        chosen(tmp_path, embedded(IMAGE.config_body, data))


def test_embedded_data_of_another_blob_is_corrupt(tmp_path: Path) -> None:
    other = base64.b64encode(b" " * len(IMAGE.config_body)).decode()
    with pytest.raises(Corrupt, match="has the digest"):
        chosen(tmp_path, embedded(IMAGE.config_body, other))


def test_a_blob_of_another_size_is_told_with_both_sizes(tmp_path: Path) -> None:
    store = folder_store(write_folder(tmp_path / "layout", layout_of(MANIFEST)))
    listed = {**MANIFEST["config"], "size": len(IMAGE.config_body) + 1}
    with pytest.raises(Corrupt, match=rf"has {len(IMAGE.config_body)} bytes and its descriptor says \d+"):
        read_blob(store, read_descriptor(listed, "made"))


def test_a_size_that_is_not_said_is_not_checked(tmp_path: Path) -> None:
    store = folder_store(write_folder(tmp_path / "layout", layout_of(MANIFEST)))
    assert read_blob(store, read_descriptor({"digest": config()}, "made")) == IMAGE.config_body


Change = Callable[[dict[str, Any]], object]
WRONG: dict[str, Change] = {
    "layers are text": lambda one: one.update(layers="all"),
    "a layer is a number": lambda one: one.update(layers=[1]),
    "a layer has no digest": lambda one: one["layers"][0].pop("digest"),
    "a digest is a number": lambda one: one["layers"][0].update(digest=7),
    "a size is text": lambda one: one["layers"][0].update(size="7"),
    "a size is true": lambda one: one["layers"][0].update(size=True),
    "annotations are a list": lambda one: one["layers"][0].update(annotations=["a"]),
    "no configuration": lambda one: one.pop("config"),
    "a configuration is a list": lambda one: one.update(config=[1]),
    "a platform is text": lambda one: one["config"].update(platform="linux/amd64"),
    "a layer is missing": lambda one: one["layers"][0].update(digest=sha256(b"nowhere")),
}


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG)
def test_a_manifest_that_is_wrong_in_one_field_is_refused(change: Change, tmp_path: Path) -> None:
    manifest = json.loads(encoded(MANIFEST))
    change(manifest)
    with pytest.raises(DeadweightError) as refused:
        chosen(tmp_path, layout_of(manifest))
    assert refused.value.exit_code == 4


JSON = st.one_of(st.none(), st.booleans(), st.integers(), st.just("é"), st.just([]), st.just([{}]), st.just({"a": 1}))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    place=st.sampled_from([(), ("config",), ("layers", 0)]),
    key=st.sampled_from(["digest", "size", "mediaType", "data", "urls", "platform", "annotations", "config", "layers"]),
    value=JSON,
)
def test_any_value_anywhere_is_taken_or_refused_and_never_another_error(
    place: tuple[str | int, ...], key: str, value: object, tmp_path_factory: pytest.TempPathFactory
) -> None:
    manifest = json.loads(encoded(MANIFEST))
    within = manifest
    for step in place:
        within = within[step]
    within[key] = value
    try:
        choice = chosen(tmp_path_factory.mktemp("made"), layout_of(manifest))
    except DeadweightError as refused:
        assert refused.exit_code == 4  # noqa: PT017  # either is right
    else:
        assert choice.digest == sha256(encoded(manifest))


def test_the_index_that_an_image_was_found_through_is_one_of_its_documents(tmp_path: Path) -> None:
    body = encoded(MANIFEST)
    inner = encoded({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [descriptor(body, OCI_MANIFEST)]})
    files = layout_with([*IMAGE.blobs, IMAGE.config_body, body, inner], [descriptor(inner, OCI_INDEX)])
    choice = chosen(tmp_path, files)
    assert "blobs/" + sha256(inner).replace(":", "/") in choice.documents
