import json
from typing import Any

import pytest

from deadweight.codecs.detection import codec_named
from deadweight.core.artifact import Image
from deadweight.formats.images.documents import (
    DOCKER_LAYER,
    OCI_LAYER,
    Added,
    as_json,
    changed_config,
    docker_documents,
    index_of,
    layer_descriptor,
    timestamp,
)
from deadweight.formats.images.sink import Stored

EMPTY: dict[str, Any] = {"created_by": "ENV", "empty_layer": True}
STORED = Stored("sha256:" + "a" * 64, 7)


def config_of(history: list[dict[str, Any]], **more: object) -> bytes:
    return json.dumps({"rootfs": {"type": "layers", "diff_ids": ["one", "two"]}, "history": history, **more}).encode()


def image_of(*references: str) -> Image:
    return Image("amd64", "linux", {}, {}, references)


def test_the_configuration_of_the_same_layers_is_the_same_bytes() -> None:
    body = b'{ "rootfs": {"diff_ids": ["one", "two"]},  "odd spacing": 1.50 }'
    assert changed_config(body, ["one", "two"], Added(), 0) == body


def test_the_history_of_a_layer_that_went_says_that_it_has_none() -> None:
    history = [{"created_by": "a"}, EMPTY, {"created_by": "b", "comment": "c"}]
    changed = json.loads(changed_config(config_of(history), ["new", None], Added(), 0))
    assert changed["rootfs"] == {"type": "layers", "diff_ids": ["new"]}
    assert changed["history"] == [*history[:2], {**history[2], "empty_layer": True}]


@pytest.mark.parametrize("history", [[], [{"created_by": "only one"}], [{}, {}, {}]])
def test_a_history_that_never_lined_up_stays_as_it_was(history: list[dict[str, Any]]) -> None:
    changed = json.loads(changed_config(config_of(history), ["new", None], Added("added"), 0))
    assert changed["history"] == history
    assert changed["rootfs"]["diff_ids"] == ["new", "added"]


def test_what_is_not_ascii_stays_as_it_is() -> None:
    body = config_of([{}, {}], author="Ä 🐍")
    assert "Ä 🐍".encode() in changed_config(body, ["new", "two"], Added(), 0)


@pytest.mark.parametrize(
    ("codec", "docker", "wanted"),
    [
        ("store", False, OCI_LAYER),
        ("gzip", False, OCI_LAYER + "+gzip"),
        ("zstd", False, OCI_LAYER + "+zstd"),
        ("store", True, DOCKER_LAYER),
        ("gzip", True, DOCKER_LAYER + ".gzip"),
    ],
)
def test_a_layer_has_the_media_type_of_its_manifest_and_codec(codec: str, docker: bool, wanted: str) -> None:
    described = layer_descriptor(STORED, codec_named(codec), docker)
    assert described == {"mediaType": wanted, "digest": STORED.digest, "size": 7}


def test_the_index_keeps_platform_and_annotations_of_the_source() -> None:
    source = {"digest": "old", "platform": {"os": "linux"}, "annotations": {"a": "b"}, "size": 1}
    (one,) = json.loads(index_of(b"{}", STORED, source, ("name:tag",)))["manifests"]
    assert (one["digest"], one["size"], one["platform"]) == (STORED.digest, 7, {"os": "linux"})
    assert one["annotations"] == {"a": "b"}


def test_the_index_names_an_image_of_a_docker_archive_by_each_of_its_references() -> None:
    manifests = json.loads(index_of(b"{}", STORED, {"RepoTags": ["x:1", "x:2"]}, ("x:1", "x:2")))["manifests"]
    assert [one["annotations"]["org.opencontainers.image.ref.name"] for one in manifests] == ["x:1", "x:2"]
    assert {one["digest"] for one in manifests} == {STORED.digest}


def test_docker_is_told_the_tags_that_it_can_read_and_no_others() -> None:
    found = docker_documents(STORED, [STORED], image_of("latest", "host:5000/x/y:1", "a@sha256:0", "host:5000/x"))
    (item,) = json.loads(found["manifest.json"])
    assert item["RepoTags"] == ["host:5000/x/y:1"]
    assert item["Config"] == item["Layers"][0] == "blobs/sha256/" + "a" * 64
    assert json.loads(found["repositories"]) == {"host:5000/x/y": {"1": "a" * 64}}


def test_an_image_without_a_name_is_told_to_docker_without_one() -> None:
    found = docker_documents(STORED, [], None)
    assert json.loads(found["manifest.json"])[0]["RepoTags"] is None
    assert "repositories" not in found


def test_documents_are_compact_and_in_order() -> None:
    assert as_json({"b": [1, 2], "a": "\udcff"}) == b'{"b":[1,2],"a":"\xff"}'


def test_times_are_utc() -> None:
    assert timestamp(0) == "1970-01-01T00:00:00Z"
