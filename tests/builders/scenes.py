"""Scenes in memory: a rule, a fact or a cataloger is tested on a dictionary of paths and bodies."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from typing import BinaryIO

from blake3 import blake3

from deadweight.core.artifact import Artifact, Image
from deadweight.core.entry import Entry, Kind
from deadweight.core.globs import matcher
from deadweight.core.inventory import Inventory, Shadow
from deadweight.core.layers import Layer
from deadweight.core.owner import Ownership
from deadweight.core.paths import parents
from deadweight.core.scene import Scene
from deadweight.owners.attribution import attribute, catalogers, metadata_globs


class MemoryContents:
    """Bodies by path and layer; counts the bytes that were read."""

    def __init__(self, bodies: Mapping[tuple[int, str], bytes]) -> None:
        self.bodies = bodies
        self.read_bytes = 0

    def stream(self, wanted: Iterable[Entry]) -> Iterator[tuple[Entry, BinaryIO]]:
        for entry in sorted(wanted, key=lambda one: (one.layer, one.path)):
            body = self.bodies[entry.layer, entry.target if entry.kind is Kind.HARDLINK else entry.path]
            self.read_bytes += len(body)
            yield entry, io.BytesIO(body)


def entry_of(path: str, body: bytes, **fields: object) -> Entry:
    """A file entry with this body."""
    made = Entry(path, Kind.FILE, len(body), len(body), digest=f"blake3:{blake3(body).hexdigest()}", head=body[:16])
    return made.but(**fields)


def artifact_of(
    files: Mapping[str, bytes | Entry],
    shadowed: Iterable[tuple[Shadow, bytes]] = (),
    layers: tuple[Layer, ...] = (),
    image: Image | None = None,
) -> Artifact:
    """An artifact with these files (bodies, or entries without one) and the directories above them."""
    entries = {path: entry_of(path, body) if isinstance(body, bytes) else body for path, body in files.items()}
    for path in list(entries):
        for above in parents(path):
            entries.setdefault(above, Entry(above, Kind.DIRECTORY, mode=0o755))
    hidden = list(shadowed)
    bodies = {(entries[path].layer, path): body for path, body in files.items() if isinstance(body, bytes)}
    bodies |= {(shadow.entry.layer, shadow.entry.path): body for shadow, body in hidden}
    keep = matcher(metadata_globs(catalogers()))
    visible = tuple(entries[path] for path in sorted(entries))
    shadows = tuple(shadow for shadow, _ in hidden)
    total = sum(entry.stored for entry in visible) + sum(shadow.entry.stored for shadow in shadows)
    return Artifact(
        format="directory",
        location="/memory",
        digest="blake3:" + "0" * 64,
        inventory=Inventory(visible, shadows, {}, total),
        contents=MemoryContents(bodies),
        small={path: body for (_, path), body in bodies.items() if keep(path)},
        layers=layers,
        image=image,
    )


def scene_of(files: Mapping[str, bytes | Entry], options: Mapping[str, str] | None = None) -> Scene:
    """A scene of these files, attributed by every cataloger there is."""
    return scene_from(artifact_of(files), options)


def scene_from(artifact: Artifact, options: Mapping[str, str] | None = None) -> Scene:
    """A scene of the artifact, attributed by every cataloger there is."""
    bare = Scene(artifact, Ownership({}, {}))
    return Scene(artifact, attribute(bare.listing, catalogers()), dict(options or {}))


def distribution_files(
    site: str,
    name: str,
    version: str = "1.0",
    files: Mapping[str, bytes] | None = None,
    requires: Iterable[str] = (),
    entry_points: str = "",
) -> dict[str, bytes]:
    """The files of an installed distribution: `files` are relative to the site directory; RECORD lists them all."""
    info = f"{name.replace('-', '_')}-{version}.dist-info"
    named = dict(files if files is not None else {f"{name.replace('-', '_')}/__init__.py": b"x = 1\n"})
    lines = "".join(f"Requires-Dist: {one}\n" for one in requires)
    named[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{lines}".encode()
    named[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nTag: py3-none-any\n"
    named[f"{info}/INSTALLER"] = b"pip\n"
    if entry_points:
        named[f"{info}/entry_points.txt"] = entry_points.encode()
    record = "".join(f"{path},sha256=x,{len(body)}\n" for path, body in named.items())
    named[f"{info}/RECORD"] = (record + f"{info}/RECORD,,\n").encode()
    return {f"{site}/{path}": body for path, body in named.items()}
