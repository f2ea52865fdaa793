"""A slimmed image of Debian in each shape: read and run by other tools, pushed to a registry and pulled from it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from builders.journeys import need, run
from builders.registries import pulled, pushed, registry
from builders.stacks import layout_of
from deadweight.core.artifact import Artifact
from deadweight.core.changes import Changes
from deadweight.core.entry import Kind
from deadweight.core.seams import Opening, Packing
from deadweight.core.shape import Shape
from deadweight.formats.images.pull import layers_of, missing, pull_bytes
from deadweight.formats.images.pull_by_shape import pull_by_shape
from deadweight.formats.recognition import format_named, recognise

pytestmark = pytest.mark.journey

INSIDE = "import service; print(service.app.test_client().get('/').get_data(as_text=True).strip())"
GONE = Changes(removed=frozenset({"app/.git", "app/server.log", "usr/share/doc"}))


def opened(path: Path) -> Artifact:
    return recognise(path).open(path, Opening())


def packed(artifact: Artifact, out: Path, form: str, packing: Packing) -> Path:
    pack = format_named(form).pack
    assert pack is not None
    pack(artifact, GONE, out, packing)
    return out


def seen(artifact: Artifact) -> set[tuple[object, ...]]:
    return {
        (one.path, one.kind is Kind.DIRECTORY, one.mode, one.uid, one.gid, one.mtime, one.digest, one.xattrs)
        for one in artifact.inventory.visible
        if one.kind is not Kind.HARDLINK and one.path
    }


@pytest.fixture(scope="module")
def shapes(archive: Path) -> Mapping[Shape, Path]:
    """The docker archive without some files, in each shape."""
    artifact = opened(archive)
    return {
        shape: packed(artifact, archive.parent / f"{shape}.tar", "docker-archive", Packing(shape=shape))
        for shape in Shape
    }


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    need("docker-registry", "skopeo")
    with registry(tmp_path_factory.mktemp("registry")) as found:
        yield found


def test_every_shape_has_the_same_files_with_all_their_attributes(shapes: Mapping[Shape, Path]) -> None:
    kept, layered, flat = (seen(opened(shapes[shape])) for shape in (Shape.KEEP, Shape.LAYERED, Shape.FLAT))
    assert kept == layered == flat
    assert len(opened(shapes[Shape.FLAT]).layers) == 1


@pytest.mark.parametrize("shape", [Shape.LAYERED, Shape.FLAT])
def test_umoci_unpacks_every_shape_and_buildah_runs_it(
    shapes: Mapping[Shape, Path], shape: Shape, tmp_path: Path
) -> None:
    need("skopeo", "umoci", "buildah")
    layout = f"{tmp_path / 'layout'}:it"
    run("skopeo", "copy", "--insecure-policy", f"docker-archive:{shapes[shape]}", f"oci:{layout}")
    run("umoci", "unpack", "--image", layout, tmp_path / "bundle")
    root = tmp_path / "bundle/rootfs"
    assert (root / "app/service.py").is_file()
    assert not (root / "app/.git").exists()
    assert not (root / "usr/share/doc").exists()
    places = ("--root", str(tmp_path / "store"), "--runroot", str(tmp_path / "run"))
    store = ("buildah", *places, "--storage-driver", "vfs")
    name = run(*store, "from", f"oci:{layout}").strip()
    answer = run(*store, "run", "--isolation", "chroot", name, "--", "python3", "-c", INSIDE)
    run(*store, "rm", name)
    assert json.loads(answer) == {"answer": 42, "words": ["small", "true"]}


@pytest.mark.parametrize("shape", [Shape.LAYERED, Shape.FLAT])
def test_docker_loads_and_runs_every_shape(docker: tuple[str, ...], shapes: Mapping[Shape, Path], shape: Shape) -> None:
    run(*docker, "load", "-i", shapes[shape])
    answer = run(*docker, "run", "--rm", "--network", "none", "app:latest", "python3", "-c", INSIDE)
    run(*docker, "rmi", "app:latest")
    assert json.loads(answer) == {"answer": 42, "words": ["small", "true"]}


TEXT = b"".join(b"%d\n" % (number * number) for number in range(200_000))
STACK = [(("base", TEXT),), (("app", None), ("app/.git", TEXT[:9]), ("app/one", TEXT[:99_999])), (("top", b"t"),)]


@pytest.mark.parametrize("shape", Shape)
def test_what_is_pulled_is_what_was_counted(place: str, shape: Shape, tmp_path: Path) -> None:
    artifact = opened(layout_of(tmp_path / "image", STACK))
    out = packed(artifact, tmp_path / "out", "oci-layout", Packing(shape=shape))
    name = f"{place}/app:{shape}"
    counted = pull_bytes(opened(out))
    assert pushed(f"oci:{out}", name) == counted
    assert pulled(name, tmp_path / "pulled") == counted


def test_a_docker_archive_is_counted_as_a_registry_will_hold_it(place: str, tmp_path: Path) -> None:
    artifact = opened(layout_of(tmp_path / "image", STACK, packed=False))
    out = packed(artifact, tmp_path / "out.tar", "docker-archive", Packing(shape=Shape.FLAT))
    held = pushed(f"docker-archive:{out}", f"{place}/archive:flat")
    assert pull_bytes(opened(out)) == pytest.approx(held, rel=0.03)  # skopeo packs with pgzip, not with zlib


def test_one_who_has_the_base_pulls_what_was_foretold(place: str, tmp_path: Path) -> None:
    artifact = opened(layout_of(tmp_path / "image", STACK))
    base = frozenset({artifact.layers[0].digest})
    foretold = pull_by_shape(artifact, GONE, Packing(), base)
    out = packed(artifact, tmp_path / "out", "oci-layout", Packing(shape=Shape.LAYERED, base=base))
    result = opened(out)
    assert result.layers[0].digest in base
    assert len(missing(result.layers, layers_of(artifact))) == 1
    assert pull_bytes(result, base) == pytest.approx(foretold[Shape.LAYERED], abs=600)
    assert (foretold[Shape.LAYERED] or 0) < (foretold[Shape.FLAT] or 0) / 2
    assert pushed(f"oci:{out}", f"{place}/app:based") == pull_bytes(result)
