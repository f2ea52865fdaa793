"""The image of a `docker save` archive that is meant."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.images import docker_files, encoded, image_of, sha256, write_archive
from builders.tars import Item
from deadweight.core.errors import Corrupt, DeadweightError, Hostile, Unknown, UsageError
from deadweight.core.limits import DEFAULT_LIMITS
from deadweight.core.seams import Opening
from deadweight.formats.images.choice import Choice
from deadweight.formats.images.docker_choice import choose_docker
from deadweight.formats.images.store import archive_store
from deadweight.formats.recognition import recognise

IMAGE = image_of([[("a", b"lower")], [("b", b"upper")]])
FILES = docker_files(IMAGE)
CONFIG = f"{hashlib.sha256(IMAGE.config_body).hexdigest()}.json"
LISTED: dict[str, Any] = json.loads(FILES["manifest.json"])[0]


def chosen(folder: Path, files: dict[str, bytes | Item], asked: str = "") -> Choice:
    return choose_docker(archive_store(write_archive(folder / "made.tar", files), DEFAULT_LIMITS), asked)


def saying(manifest: object, **more: bytes) -> dict[str, bytes | Item]:
    """The archive with another manifest.json."""
    return {**FILES, "manifest.json": encoded(manifest), **more}


def test_the_choice_is_named_by_its_configuration(tmp_path: Path) -> None:
    choice = chosen(tmp_path, dict(FILES))
    assert choice.digest == sha256(IMAGE.config_body)
    assert (choice.manifest_body, choice.config_body) == (b"", IMAGE.config_body)
    assert choice.references == ("app:1",)
    assert [layer.name for layer in choice.layers] == LISTED["Layers"]
    assert {layer.digest for layer in choice.layers} == {""}


def test_every_small_file_that_describes_it_is_one_of_its_documents(tmp_path: Path) -> None:
    files: dict[str, bytes | Item] = {**FILES, "blobs/sha256/x": b"{}", "blobs/sha256/y": b"\x1f\x8b", "readme": b"{}"}
    described = chosen(tmp_path, files).documents
    assert described == {*FILES, "blobs/sha256/x"} - set(LISTED["Layers"])


@pytest.mark.parametrize("spelled", [str.lower, str.upper, str.title])
def test_keys_may_be_in_any_case(spelled: Callable[[str], str], tmp_path: Path) -> None:
    listed = {spelled(key): value for key, value in LISTED.items()}
    assert chosen(tmp_path, saying([listed])).references == ("app:1",)


@pytest.mark.parametrize("name", ["config.json", "sub/config", "sha256:" + CONFIG[:64], "blobs/sha256/" + CONFIG[:64]])
def test_a_configuration_may_have_any_name_that_is_no_other_digest(name: str, tmp_path: Path) -> None:
    files = saying([{**LISTED, "Config": name}], **{name: IMAGE.config_body})
    assert chosen(tmp_path, files).digest == sha256(IMAGE.config_body)


@pytest.mark.parametrize("name", ["{}.json", "sha256:{}", "blobs/sha256/{}"])
def test_a_configuration_that_is_called_by_another_digest_is_corrupt(name: str, tmp_path: Path) -> None:
    other = name.format("0" * 64)
    with pytest.raises(Corrupt, match="has the digest " + sha256(IMAGE.config_body)):
        chosen(tmp_path, saying([{**LISTED, "Config": other}], **{other: IMAGE.config_body}))


def test_a_configuration_with_a_name_of_a_kilobyte_is_refused(tmp_path: Path) -> None:
    name = "/".join(["long" * 50] * 6)
    with pytest.raises(Hostile, match="more than 1024 bytes"):
        chosen(tmp_path, saying([{**LISTED, "Config": name}], **{name: IMAGE.config_body}))


@pytest.mark.parametrize("name", ["x", "y" * 242, "A" * 64, "a" * 63])
def test_a_layer_among_the_blobs_that_is_called_by_no_digest_is_refused(name: str, tmp_path: Path) -> None:
    layer = f"blobs/sha256/{name}"
    files = saying([{**LISTED, "Layers": [layer, LISTED["Layers"][1]]}], **{layer: IMAGE.blobs[0]})
    with pytest.raises(Hostile, match="is not a digest"):
        chosen(tmp_path, files)
    path = write_archive(tmp_path / "again.tar", files)
    with pytest.raises(Hostile, match="is not a digest"):
        recognise(path).open(path, Opening(cache=tmp_path / "cache"))


def test_layers_of_the_other_images_lie_elsewhere(tmp_path: Path) -> None:
    other = image_of([[("a", b"lower")], [("c", b"arm")]], architecture="arm64")
    theirs = docker_files(other, ["app:arm"])
    both = [*json.loads(FILES["manifest.json"]), *json.loads(theirs["manifest.json"])]
    choice = chosen(tmp_path, {**theirs, **saying(both)}, "linux/amd64")
    own = f"{hashlib.sha256(other.config_body).hexdigest()}.json"
    assert choice.elsewhere == {own, json.loads(theirs["manifest.json"])[0]["Layers"][1]}
    with pytest.raises(UsageError, match="linux/amd64, linux/arm64"):
        chosen(tmp_path, {**theirs, **saying(both)})


@pytest.mark.parametrize(
    ("manifest", "error"),
    [
        ([], Unknown),
        ({}, Corrupt),
        (None, Corrupt),
        ([1], Corrupt),
        ([{}], Corrupt),
        ([{**LISTED, "Config": ""}], Corrupt),
        ([{**LISTED, "Config": "/"}], Corrupt),
        ([{**LISTED, "Config": "nowhere.json"}], Corrupt),
        ([{**LISTED, "Config": "../" + CONFIG}], Hostile),
        ([{**LISTED, "Layers": ["nowhere"]}], Corrupt),
        ([{**LISTED, "Layers": ["a/../../b"]}], Hostile),
        ([{**LISTED, "Layers": "all"}], Corrupt),
        ([{**LISTED, "RepoTags": [1]}], Corrupt),
    ],
)
def test_a_manifest_that_is_wrong_is_refused(manifest: object, error: type[Exception], tmp_path: Path) -> None:
    with pytest.raises(error):
        chosen(tmp_path, saying(manifest))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    key=st.sampled_from(["Config", "Layers", "RepoTags"]),
    value=st.recursive(
        st.one_of(st.none(), st.integers(), st.text("./a\0é", max_size=6)),
        lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(st.just("a"), inner)),
        max_leaves=3,
    ),
)
def test_any_value_is_taken_or_refused_and_never_another_error(
    key: str, value: object, tmp_path_factory: pytest.TempPathFactory
) -> None:
    try:
        choice = chosen(tmp_path_factory.mktemp("made"), saying([{**LISTED, key: value}]))
    except DeadweightError as refused:
        assert refused.exit_code == 4  # noqa: PT017  # either is right
    else:
        assert choice.digest == sha256(IMAGE.config_body)
