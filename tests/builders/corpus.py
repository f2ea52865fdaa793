"""One tiny artifact of every format and codec, small enough that every byte of it can be made wrong."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from blake3 import blake3

from builders.images import docker_files, image_of, layout_files, write_archive, write_folder
from builders.tars import Item, packed, tar_of
from builders.zips import wheel_files, zip_of
from deadweight.core.artifact import Artifact
from deadweight.core.seams import Opening
from deadweight.formats.recognition import recognise

BODY = b"def answer():\n    return 42\n"
FILES = (("app/main.py", BODY), ("app/data.json", b'{"answer": 42}'), ("app/.DS_Store", b"Bud1" * 9))
LOWER = ("app/main.py", b"return 41\n")
CODECS = ("store", "gzip", "bzip2", "xz", "zstd")

Content = Mapping[str, tuple[str, int, str, str]]


def tar_file(folder: Path, codec: str) -> Path:
    """A tar of three files and two kinds of link."""
    items: list[Item | tuple[str, bytes]] = [
        *FILES,
        Item("app/hard", kind="hardlink", target="app/main.py"),
        Item("app/soft", kind="symlink", target="x"),
    ]
    path = folder / f"app.tar.{codec}"
    path.write_bytes(packed(tar_of(items), codec))
    return path


def sdist_file(folder: Path) -> Path:
    """A source distribution."""
    items = [("thing-1.0/PKG-INFO", b"Name: thing\nVersion: 1.0\n"), ("thing-1.0/thing.py", BODY)]
    path = folder / "thing-1.0.tar.gz"
    path.write_bytes(packed(tar_of(items), "gzip"))
    return path


def wheel_file(folder: Path) -> Path:
    """A wheel."""
    return zip_of(folder / "thing-1.0-py3-none-any.whl", wheel_files({"thing.py": BODY}))


def zip_file(folder: Path) -> Path:
    """A zip with a packed and a stored member."""
    path = zip_of(folder / "app.zip", dict(FILES[:2]))
    with zipfile.ZipFile(path, "a", zipfile.ZIP_STORED) as archive:
        archive.writestr(*FILES[2])
    return path


def docker_file(folder: Path) -> Path:
    """A docker archive of two layers."""
    return write_archive(folder / "docker.tar", docker_files(image_of([[LOWER], FILES])))


def layout_folder(folder: Path) -> Path:
    """An OCI layout of a gzip and a gzip layer."""
    return write_folder(folder / "layout", layout_files((image_of([[LOWER], FILES], "gzip"), {})))


def layout_file(folder: Path, outer: str = "store") -> Path:
    """An OCI layout in a tar, packed or not."""
    image = image_of([[LOWER], FILES], "zstd")
    return write_archive(folder / f"layout.tar.{outer}", layout_files((image, {})), outer)


SAMPLES: Mapping[str, Callable[[Path], Path]] = {
    **{f"tar {codec}": (lambda folder, codec=codec: tar_file(folder, codec)) for codec in CODECS},  # type: ignore[misc]
    "sdist": sdist_file,
    "wheel": wheel_file,
    "zip": zip_file,
    "docker-archive": docker_file,
    "oci-layout": layout_folder,
    "oci-archive": layout_file,
    "oci-archive gzip": lambda folder: layout_file(folder, "gzip"),
}
ARCHIVES = tuple(name for name in SAMPLES if name != "oci-layout")


def opened(path: Path) -> Artifact:
    """Whatever lies at the path, opened without a memory of layers."""
    return recognise(path).open(path, Opening())


def content(path: Path) -> Content:
    """Every visible path with its kind, size, the digest of its body as it streams, and its target."""
    artifact = opened(path)
    visible = artifact.inventory.visible
    bodies = {entry.path: entry.digest for entry in visible}
    for entry, body in artifact.contents.stream(one for one in visible if one.kind == "file"):
        bodies[entry.path] = f"blake3:{blake3(body.read()).hexdigest()}"
        assert bodies[entry.path] == entry.digest
    return {one.path: (one.kind.value, one.size, bodies[one.path], one.target) for one in visible}
