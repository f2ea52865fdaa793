"""Leaves word of removed Python modules: importing one says which rule removed it and how to get it back.

Where modules were removed from a site directory, a finder that comes after all others is put there: a `.pth` that
starts it, the module that answers, a manifest, and a dist-info that owns them. An import of a removed module fails as
before, with a note.
"""

from __future__ import annotations

import posixpath
import zlib
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from deadweight.core.changes import Addition, Changes
from deadweight.core.edit import Edit, Safety
from deadweight.core.entry import Entry, Kind
from deadweight.core.gap import Gap
from deadweight.core.listing import Listing
from deadweight.core.paths import is_under
from deadweight.core.scene import Scene
from deadweight.core.seams import EditKind
from deadweight.core.version import VERSION
from deadweight.edits.bodies import small_bodies, staged
from deadweight.edits.tripwire_finder import FINDER, MANIFEST, MODULE, START

KIND = "tripwire"
_SITES = ("site-packages", "dist-packages")
_CODE = (".py", ".so", ".pyd")
_METADATA_FILE = ".dist-info/METADATA"
_INFO = "deadweight_tripwire-"
_MANIFEST_ARGUMENT = "removed"
_METADATA = """Metadata-Version: 2.1
Name: deadweight-tripwire
Version: {version}
Summary: Says of modules that deadweight removed who removed them
"""
Manifest = Mapping[tuple[str, str], Sequence[str]]
"""The dotted names of removed modules by rule and distribution."""


def tripwires(scene: Scene, edits: Sequence[Edit]) -> tuple[Edit, ...]:
    """One edit for each site directory from which the edits remove modules.

    Noted are those where no interpreter reads a `.pth`: there nothing says what is missing.
    """
    found = []
    for site in _sites(scene.listing):
        manifest = _manifest(scene.listing, site, edits)
        if manifest and posixpath.basename(site) in _SITES:
            reason = f"modules were removed from {site}: importing one says so"
            text = _text(manifest)
            found.append(Edit(KIND, (site,), Safety.SAFE, "", reason, arguments={_MANIFEST_ARGUMENT: text}))
        elif manifest:
            scene.note(Gap(KIND, site or ".", "Python reads no .pth here: an import of what was removed has no note"))
    return tuple(found)


def _sites(listing: Listing) -> tuple[str, ...]:
    """The directories that hold the metadata of distributions."""
    infos = (path.rpartition("/")[0] for path in listing.small if path.endswith(_METADATA_FILE))
    return tuple(sorted({posixpath.dirname(info) for info in infos if info in listing.directories}))


def _manifest(listing: Listing, site: str, edits: Iterable[Edit]) -> Manifest:
    found: dict[tuple[str, str], list[str]] = {}
    for edit in edits:
        if edit.kind == "remove" and edit.layer is None and edit.rule:
            names = [name for path in edit.paths for name in _names(listing, site, path)]
            found.setdefault((edit.rule, edit.owner.partition(" ")[0]), []).extend(names)
    return {key: sorted(names) for key, names in sorted(found.items()) if names}


def _names(listing: Listing, site: str, path: str) -> Iterator[str]:
    """The module at the path, or the package that the directory is; what lies in it can't be asked for without it."""
    if not path.endswith(_CODE) and path not in listing.directories:  # most of what goes: bytecode, data
        return
    home = next((one for one in (site, posixpath.dirname(site)) if is_under(path, one) and path != one), None)
    if home is None or (home != site and f"{home}/os.py" not in listing):
        return
    below = path[len(home) + 1 :] if home else path
    if path in listing.directories:
        holds_code = any(inner.endswith(_CODE) for inner in listing.paths_under(path))
        yield from _dotted(below) if holds_code else ()
    elif path.endswith(_CODE):
        yield from _dotted(below[: -len(posixpath.basename(below))] + posixpath.basename(below).partition(".")[0])


def _dotted(path: str) -> Iterator[str]:
    """The name under which an import asks for the path without its ending, if one can."""
    parts = path.removesuffix("/__init__").split("/")
    if all(part.isidentifier() for part in parts):
        yield ".".join(parts)


def _text(manifest: Manifest) -> str:
    return "".join(f"{rule}\t{owner}\t {' '.join(names)} \n" for (rule, owner), names in manifest.items())


def _apply(edit: Edit, scene: Scene, so_far: Changes, staging: Path) -> Changes:
    """The files, new ones or in the place of those of an earlier slimming, whose manifest is kept on."""
    (site,) = edit.paths
    info = _info(scene.listing, site)
    earlier = _earlier(scene, f"{info}/{MANIFEST}")
    bodies = dict(_bodies(site, info, earlier + edit.arguments[_MANIFEST_ARGUMENT].encode()))
    files = {path: staged(staging, KIND, path) for path in bodies}
    for path, file in files.items():
        file.write_bytes(bodies[path])
    there = {path: file for path, file in files.items() if path in scene.listing}
    new = {path: Addition(_entry(scene, site, path, len(bodies[path])), files[path]) for path in files.keys() - there}
    return Changes(replaced=there, added=new)


def _info(listing: Listing, site: str) -> str:
    """The dist-info that is there already, else the one to make."""
    infos = {path[: len(site) + 1 + path[len(site) + 1 :].find("/")] for path in listing.paths_under(site)}
    earlier = sorted(one for one in infos if posixpath.basename(one).startswith(_INFO))
    return earlier[0] if earlier else posixpath.join(site, f"{_INFO}{VERSION}.dist-info")


def _earlier(scene: Scene, path: str) -> bytes:
    if path not in scene.listing:
        return b""
    body = small_bodies(scene.artifact, (scene.listing.by_path[path],))[path]
    try:
        return zlib.decompress(body)
    except zlib.error:
        scene.note(Gap(KIND, path, "the manifest of an earlier slimming can't be read: it is written anew"))
        return b""


def _bodies(site: str, info: str, manifest: bytes) -> Iterator[tuple[str, bytes]]:
    """Each file with its body, the RECORD of all of them last."""
    version = posixpath.basename(info).removeprefix(_INFO).removesuffix(".dist-info")
    finder = FINDER.replace("@INFO@", posixpath.basename(info)).replace("@MANIFEST@", MANIFEST)
    bodies = {
        f"{site}/{MODULE}.py": finder.encode(),
        f"{site}/{MODULE}.pth": START.encode(),
        f"{info}/METADATA": _METADATA.format(version=version).encode(),
        f"{info}/INSTALLER": b"deadweight\n",
        f"{info}/{MANIFEST}": zlib.compress(manifest, 9),
    }
    rows = [f"{path[len(site) + 1 :]},{_hash(body)},{len(body)}\n" for path, body in bodies.items()]
    yield from bodies.items()
    yield f"{info}/RECORD", "".join((*rows, f"{posixpath.basename(info)}/RECORD,,\n")).encode()


def _hash(body: bytes) -> str:
    return f"sha256={urlsafe_b64encode(sha256(body).digest()).rstrip(b'=').decode()}"


def _entry(scene: Scene, site: str, path: str, size: int) -> Entry:
    """A file as readable as its neighbours, owned by whoever owns the site directory."""
    above = scene.listing.by_path.get(site)
    uid, gid = (0, 0) if above is None else (above.uid, above.gid)
    layer = max(len(scene.artifact.layers) - 1, 0)
    return Entry(path, Kind.FILE, size, size, mode=0o644, uid=uid, gid=gid, layer=layer)


EDIT: EditKind = EditKind(KIND, "leaves word of removed Python modules for who imports one", 95, frozenset(), _apply)
