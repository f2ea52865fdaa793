"""Real installed distributions of this interpreter, copied into a tree, and what importlib.metadata says of them."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
from importlib import metadata
from pathlib import Path

from deadweight.core.listing import Listing
from deadweight.core.scene import Scene
from deadweight.core.seams import Opening
from deadweight.formats.directory import FORMAT
from deadweight.owners.attribution import attribute, catalogers, metadata_globs

SITE = "lib/python3/site-packages"


def environment(root: Path, *names: str) -> Path:
    """A tree with the distributions of these names, scripts and RECORDs included; gives its site directory."""
    site = root / SITE
    for name in names:
        for file in metadata.distribution(name).files or ():
            source, target = Path(str(file.locate())), Path(os.path.normpath(site / str(file)))
            if source.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target)
    return site


def untrue(site: Path) -> list[str]:
    """Every row of a RECORD that names no file, or one of another hash or size."""
    wrong = []
    for distribution in metadata.distributions(path=[str(site)]):
        for file in distribution.files or ():
            path = Path(str(file.locate()))
            if not path.exists():
                wrong.append(f"{file} is missing")
            elif file.hash and not _same(path.read_bytes(), file):
                wrong.append(f"{file} is another")
    return sorted(wrong)


def unrecorded(site: Path) -> list[str]:
    """Every file in the site directory that no RECORD names."""
    named = {
        os.path.normpath(site / str(file))
        for distribution in metadata.distributions(path=[str(site)])
        for file in distribution.files or ()
    }
    return sorted(str(path) for path in site.rglob("*") if path.is_file() and str(path) not in named)


def tree_scene(root: Path) -> Scene:
    """The directory as a scene, attributed by every cataloger there is."""
    artifact = FORMAT.open(root, Opening(keep=metadata_globs(catalogers())))
    return Scene(artifact, attribute(Listing(artifact.inventory.visible, artifact.small), catalogers()))


def _same(body: bytes, file: metadata.PackagePath) -> bool:
    assert file.hash is not None
    found = base64.urlsafe_b64encode(hashlib.new(file.hash.mode, body).digest()).rstrip(b"=").decode()
    return found == file.hash.value and file.size in (None, len(body))
