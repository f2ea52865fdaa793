"""What is foretold of each shape is what is pulled of it once it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders.scenes import artifact_of
from builders.stacks import Layer, layout_of
from deadweight.core.artifact import Artifact
from deadweight.core.changes import Changes
from deadweight.core.seams import Opening, Packing
from deadweight.core.shape import Shape
from deadweight.formats.images.pull import layers_of, pull_bytes
from deadweight.formats.images.pull_by_shape import pull_by_shape
from deadweight.formats.images.writer import pack_oci_layout
from deadweight.formats.oci_layout import FORMAT

BODY = b"".join(b"%d\n" % (number * number) for number in range(50_000))
STACK: tuple[Layer, ...] = (
    (("base", BODY), ("base-too", BODY[::-1])),
    (("app", None), ("app/one", BODY[:90_000]), ("app/two", BODY[9:90_000])),
    (("app", None), ("app/one", BODY[:100]), ("app/three", BODY[7:100_000])),
)
BASE: tuple[Layer, ...] = STACK[:1]


def opened(root: Path) -> Artifact:
    return FORMAT.open(root, Opening())


@pytest.mark.parametrize("based", [False, True])
@pytest.mark.parametrize("gone", [(), ("base",), ("app/two",)])
def test_the_bytes_are_those_of_the_shape_once_written(tmp_path: Path, gone: tuple[str, ...], based: bool) -> None:
    artifact = opened(layout_of(tmp_path / "image", STACK))
    have = layers_of(opened(layout_of(tmp_path / "base", BASE))) if based else frozenset()
    changes = Changes(removed=frozenset(gone))
    foretold = pull_by_shape(artifact, changes, Packing(), have)
    for shape in Shape:
        pack_oci_layout(artifact, changes, tmp_path / shape.value, Packing(shape=shape, base=have))
        told, found = foretold[shape], pull_bytes(opened(tmp_path / shape.value), have)
        assert told is not None
        assert told == pytest.approx(found, abs=600)  # the configuration says more, or less, of history


def test_one_who_has_the_base_pulls_less_of_a_layered_image_and_anybody_else_of_a_flat_one(tmp_path: Path) -> None:
    artifact = opened(layout_of(tmp_path / "image", STACK))
    have = layers_of(opened(layout_of(tmp_path / "base", BASE)))
    changes = Changes(removed=frozenset({"base"}))
    with_base = pull_by_shape(artifact, changes, Packing(), have)
    without = pull_by_shape(artifact, changes, Packing(), frozenset())
    assert (with_base[Shape.LAYERED] or 0) < (with_base[Shape.FLAT] or 0)
    assert (without[Shape.FLAT] or 0) <= (without[Shape.KEEP] or 0)


def test_loose_layers_are_weighed_as_they_are_sent(tmp_path: Path) -> None:
    loose = opened(layout_of(tmp_path / "loose", STACK, packed=False))
    packed = opened(layout_of(tmp_path / "packed", STACK))
    changes = Changes(removed=frozenset({"app/two"}))
    found = [pull_by_shape(one, changes, Packing(), frozenset())[Shape.LAYERED] for one in (loose, packed)]
    assert found[0] == pytest.approx(found[1], rel=0.02)


def test_what_is_no_image_is_pulled_in_no_shape() -> None:
    found = pull_by_shape(artifact_of({"a": b""}), Changes(), Packing(), frozenset())
    assert found == dict.fromkeys(Shape)
