"""What a configuration says, and whether the layers agree with it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from builders.images import docker_files, image_of, layout_files, write_archive, write_folder
from deadweight.core.errors import Corrupt, Hostile, Refused
from deadweight.core.seams import Opening
from deadweight.formats.images.choice import Choice, LayerBlob
from deadweight.formats.images.config import check_counts, diff_ids, instructions
from deadweight.formats.images.config import image_of as told
from deadweight.formats.recognition import recognise

LAYERS = [[("a", b"lower")], [("b", b"upper")]]


def choice_of(layers: int = 2, **config: object) -> Choice:
    image = image_of(LAYERS)
    image.config.update(config)
    blobs = tuple(LayerBlob(f"{number}", "", -1, "") for number in range(layers))
    return Choice("sha256:0", b"", image.config_body, {}, blobs, ("app:1",))


def test_an_image_is_what_its_configuration_says() -> None:
    image = told(choice_of(variant="v8", unknown={"kept": True}), "made")
    assert (image.os, image.architecture) == ("linux", "amd64")
    assert (image.environment, image.entrypoint, image.command) == (("A=1",), ("/init",), ("python",))
    assert (image.working_directory, image.user, image.references) == ("/app", "1000", ("app:1",))
    assert image.config["unknown"] == {"kept": True}


def test_what_a_configuration_does_not_say_is_empty() -> None:
    image = told(choice_of(config=None, architecture=None), "made")
    assert (image.environment, image.entrypoint, image.command, image.user) == ((), (), (), "")
    assert (image.working_directory, image.architecture) == ("", "")


@pytest.mark.parametrize(
    "config", [{"Env": "A=1"}, {"Env": [1]}, {"Cmd": "python"}, {"Entrypoint": {"a": 1}}, {"User": 7}, ["Env"]]
)
def test_a_configuration_of_another_shape_is_corrupt(config: object) -> None:
    with pytest.raises(Corrupt, match="is missing: there is"):
        told(choice_of(config=config), "made")


def test_only_steps_that_made_a_layer_count() -> None:
    history = [{"created_by": "ADD"}, {"created_by": "ENV", "empty_layer": True}, {"comment": "buildkit"}]
    assert instructions(choice_of(history=history), "made") == ("ADD", "")
    check_counts(choice_of(history=history), "made")


@pytest.mark.parametrize(
    ("layers", "history", "why"),
    [
        (1, [], "1 layers and the configuration 2 diff IDs"),
        (3, [], "3 layers and the configuration 2 diff IDs"),
        (2, [{}], "2 layers and the history 1 steps"),
        (2, [{}, {}, {}], "2 layers and the history 3 steps"),
    ],
)
def test_counts_that_disagree_are_told_both(layers: int, history: list[Any], why: str) -> None:
    with pytest.raises(Corrupt, match=why):
        check_counts(choice_of(layers, history=history), "made")


def test_a_history_of_nothing_but_empty_steps_says_nothing() -> None:
    check_counts(choice_of(history=[{"empty_layer": True}]), "made")


@pytest.mark.parametrize("listed", [["sha256:../x"], ["md5:" + "0" * 32], [""]])
def test_a_diff_id_that_is_no_digest_is_refused(listed: list[str]) -> None:
    with pytest.raises(Hostile, match="is not a digest"):
        diff_ids(choice_of(rootfs={"diff_ids": listed}), "made")


@pytest.mark.parametrize("codec", ["store", "gzip", "zstd"])
@pytest.mark.parametrize("layout", ["layout", "docker"])
def test_diff_ids_of_other_algorithms_are_checked_on_the_unpacked_layer(
    codec: str, layout: str, tmp_path: Path
) -> None:
    image = image_of(LAYERS, codec)
    image.config["rootfs"]["diff_ids"] = [f"sha512:{hashlib.sha512(tar).hexdigest()}" for tar in image.tars]

    def written(name: str) -> Path:
        if layout == "docker":
            return write_archive(tmp_path / name, docker_files(image))
        return write_folder(tmp_path / name, layout_files((image, {})))

    right = written("right")
    assert [layer.diff_id[:7] for layer in recognise(right).open(right, Opening()).layers]
    image.config["rootfs"]["diff_ids"].reverse()
    wrong = written("wrong")
    with pytest.raises(Refused, match="layer 1 unpacks to sha512:"):
        recognise(wrong).open(wrong, Opening())
