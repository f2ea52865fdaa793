"""Images whose documents lie: digests as paths, missing blobs, wrong counts, confusions; refused with what is wrong."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from builders.command import names, state
from builders.corpus import content
from builders.images import (
    OCI_MANIFEST,
    Made,
    descriptor,
    docker_files,
    encoded,
    image_of,
    layout_with,
    manifest_of,
    sha256,
    write_archive,
    write_folder,
)
from builders.tars import Item
from deadweight.cli.program import run
from deadweight.core.errors import Refused

BODY = b"print(1)\n"
Spoil = Callable[[dict[str, Any]], None]


def image() -> Made:
    return image_of([[("app/main.py", b"old\n")], [("app/main.py", BODY), ("app/x", b"x")]], "gzip")


def layout(folder: Path, made: Made, spoil: Spoil = lambda manifest: None) -> Path:
    manifest = copy.deepcopy(manifest_of(made))
    spoil(manifest)
    body = encoded(manifest)
    files = layout_with([*made.blobs, made.config_body, body], [descriptor(body, OCI_MANIFEST)])
    return write_folder(folder / "layout", files)


def refused(path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    before, around = state(path), names(path.parent)
    for words in (["weigh", str(path)], ["slim", str(path), "-o", str(path.parent / "out")]):
        assert run([*words, "--no-cache", "--quiet"]) == 4
    told = capsys.readouterr().err
    assert str(path) in told
    assert state(path) == before
    assert names(path.parent) == around
    return told


NO_DIGESTS = [
    "sha256:../../../../etc/passwd",
    "sha256:",
    "",
    "../x",
    "sha256:" + "A" * 64,
    "sha256:" + "a" * 63,
    "md5:" + "a" * 32,
    "sha256:" + "a" * 64 + "/..",
    "/etc/passwd",
    "sha256:" + "a" * 32 + "\0" + "a" * 31,
]


@pytest.mark.parametrize("digest", NO_DIGESTS)
def test_a_digest_that_is_a_path_is_never_looked_up(
    digest: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def layer(manifest: dict[str, Any]) -> None:
        manifest["layers"][0]["digest"] = digest

    def config(manifest: dict[str, Any]) -> None:
        manifest["config"]["digest"] = digest

    for number, spoil in enumerate((layer, config)):
        (tmp_path / str(number)).mkdir()
        refused(layout(tmp_path / str(number), image(), spoil), capsys)


SPOILED: dict[str, Spoil] = {
    "a layer too few": lambda one: one["layers"].pop(),
    "a layer twice": lambda one: one["layers"].append(one["layers"][0]),
    "layers in another order": lambda one: one["layers"].reverse(),
    "a wrong size": lambda one: one["layers"][0].update(size=3),
    "a negative size": lambda one: one["layers"][0].update(size=-5),
    "a size of text": lambda one: one["layers"][0].update(size="9"),
    "a huge size": lambda one: one["layers"][0].update(size=1 << 62),
    "a missing blob": lambda one: one["layers"][0].update(digest="sha256:" + "a" * 64),
    "no configuration": lambda one: one.pop("config"),
    "an index and a manifest": lambda one: one.update(manifests=[]),
    "layers that are a text": lambda one: one.update(layers="evil"),
    "layers of numbers": lambda one: one.update(layers=[1, 2]),
    "another media type": lambda one: one.update(mediaType="text/evil"),
    "a configuration that is a layer": lambda one: one.update(config=one["layers"][0]),
}


@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED)
def test_a_manifest_that_lies_is_refused(spoil: Spoil, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    refused(layout(tmp_path, image(), spoil), capsys)


CONFIGS: dict[str, Spoil] = {
    "a diff ID too few": lambda one: one["rootfs"]["diff_ids"].pop(),
    "a wrong diff ID": lambda one: one["rootfs"]["diff_ids"].reverse(),
    "a diff ID that is a path": lambda one: one["rootfs"].update(diff_ids=["../../x", "y"]),
    "no diff IDs": lambda one: one.pop("rootfs"),
    "a history of one step": lambda one: one["history"].pop(),
    "a history that is a number": lambda one: one.update(history=7),
    "an environment that is an object": lambda one: one["config"].update(Env={"A": 1}),
    "an entrypoint of numbers": lambda one: one["config"].update(Entrypoint=[1]),
    "an architecture that is a list": lambda one: one.update(architecture=["x"]),
}


@pytest.mark.parametrize("spoil", CONFIGS.values(), ids=CONFIGS)
def test_a_configuration_that_lies_is_refused(spoil: Spoil, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = image()
    spoil(made.config)
    refused(layout(tmp_path, made), capsys)
    refused(write_archive(tmp_path / "docker.tar", docker_files(made)), capsys)


def test_every_blob_that_is_missing_or_another_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = layout(tmp_path, image())
    for blob in sorted((path / "blobs/sha256").iterdir()):
        whole = blob.read_bytes()
        for body in (b"", whole[:-1], bytes(len(whole)), whole + b"x"):
            blob.write_bytes(body)
            refused(path, capsys)
        blob.unlink()
        refused(path, capsys)
        blob.symlink_to("/etc/hostname")
        refused(path, capsys)
        blob.unlink()
        blob.mkdir()
        refused(path, capsys)
        blob.rmdir()
        blob.write_bytes(whole)


BODIES = [
    b"",
    b"[]",
    b"{}",
    b"null",
    b"[" * 100_000,
    b'{"a":' * 50_000,
    b"\xff\xfe",
    b'"x"',
    b"7",
    b"nan",
    b'{"manifests": [{}]}',
    b'{"manifests": 3}',
    b'[{"Layers": [], "Config": ""}]',
    b'[{"Layers": ["../x"], "Config": "../y"}]',
    random.Random(2).randbytes(999),
]


@pytest.mark.parametrize("body", BODIES, ids=lambda body: f"{body[:12]!r} and {len(body)}")
def test_a_document_that_is_none_is_refused(body: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = layout(tmp_path, image())
    (path / "index.json").write_bytes(body)
    refused(path, capsys)
    files = docker_files(image())
    refused(write_archive(tmp_path / "docker.tar", {**files, "manifest.json": body}), capsys)


def test_an_index_that_lists_itself_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = layout(tmp_path, image())
    (path / "index.json").write_bytes(encoded({"schemaVersion": 2, "manifests": [{"digest": sha256(b""), "size": 0}]}))
    refused(path, capsys)


WHITEOUTS = ["app/.wh...", "app/.wh..", "app/.wh.", ".wh..", ".wh...", "../.wh.x", "app/.wh.../x"]


@pytest.mark.parametrize("name", WHITEOUTS)
def test_a_whiteout_hides_a_name_beside_it_or_is_refused(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = image_of([[("app/main.py", BODY), ("keep", BODY)], [(name, b"")]])
    path = write_archive(tmp_path / "docker.tar", docker_files(made))
    try:
        seen = content(path)
    except Refused:
        refused(path, capsys)
        return
    assert {"app/main.py", "keep"} <= seen.keys()


def test_whiteouts_of_what_is_not_there_hide_nothing(tmp_path: Path) -> None:
    made = image_of(
        [[("a", BODY)], [("b/.wh.x", b""), (".wh.b2", b""), ("c/.wh..wh..opq", b""), Item(".wh.d", kind="directory")]]
    )
    assert "a" in content(write_archive(tmp_path / "docker.tar", docker_files(made)))


@pytest.mark.parametrize("link", ["layer.tar", "../x/layer.tar", "/etc/passwd", "../../../../etc/passwd", "loop"])
def test_a_layer_that_is_a_link_out_or_in_a_ring_is_refused(
    link: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = image()
    files: dict[str, bytes | Item] = dict(docker_files(made))
    layer = next(name for name in files if name.endswith("layer.tar"))
    files[layer] = Item(layer, kind="symlink", target=link)
    refused(write_archive(tmp_path / "docker.tar", files), capsys)


def test_a_layer_of_an_unknown_type_is_a_gap_and_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def spoil(manifest: dict[str, Any]) -> None:
        manifest["layers"][0]["mediaType"] = "application/vnd.example.layer.v9.erofs"

    path = layout(tmp_path, image(), spoil)
    assert run(["weigh", str(path), "--no-cache", "--json"]) == 0
    assert "vnd.example.layer.v9.erofs" in capsys.readouterr().out
    blobs = set(names(path / "blobs/sha256"))
    assert run(["slim", str(path), "-o", str(tmp_path / "out"), "--no-cache", "--quiet"]) == 0
    assert manifest_of(image())["layers"][0]["digest"].partition(":")[2] in blobs & set(
        names(tmp_path / "out/blobs/sha256")
    )


def test_two_files_of_one_name_in_an_image_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = docker_files(image())
    again: dict[str, bytes | Item] = {**files, "./manifest.json": Item("./manifest.json", b"[]")}
    refused(write_archive(tmp_path / "docker.tar", again), capsys)
