"""Pickled files of the application need the modules whose names stand in them: loading imports those."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator

from deadweight.core.closure import Step
from deadweight.core.entry import Entry, Kind
from deadweight.core.gap import Gap
from deadweight.core.scene import Scene
from deadweight.core.seams import Need
from deadweight.facts.distributions import HOLDERS
from deadweight.facts.module_path import MODULE_PATH
from deadweight.facts.places import is_fixture
from deadweight.facts.tools import TOOL_BOUND

MAX_READ = 64 << 20
_ENDINGS = (".pkl", ".pickle", ".joblib", ".pt", ".pth", ".ckpt", ".dill", ".bin", ".sav", ".model", ".npy", ".p")
_ZLIB = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda", b"\x1f\x8b")
_STARTS = (b"\x80", b"PK\x03\x04", b"(", b"c", b"\x93N", *_ZLIB)
_OTHER_CODECS = (b"\xfd7zXZ", b"BZh", b"\x04\x22\x4d\x18", b"\x5d\x00\x00")
_BUILT = "/.doctrees/"
"""What Sphinx remembers between builds: no service reads it."""
_DOTTED = re.compile(rb"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")


def _seeds(scene: Scene) -> Iterator[Step]:
    entries = [entry for entry in scene.listing.entries if _is_pickle(scene, entry)]
    for entry, stream in scene.artifact.contents.stream(entries):
        yield from _named(scene, entry, _unpacked(stream.read(MAX_READ)))


def _is_pickle(scene: Scene, entry: Entry) -> bool:
    """Whether the file of no distribution has the ending of a pickle, and its first bytes."""
    if entry.kind is not Kind.FILE or not entry.path.endswith(_ENDINGS) or entry.path in scene.ask(HOLDERS):
        return False
    if scene.ask(MODULE_PATH).is_installed(entry.path) or is_fixture(entry.path) or _BUILT in f"/{entry.path}":
        return False
    if entry.head.startswith(_OTHER_CODECS):
        scene.note(Gap("pickles", entry.path, "which modules this compressed pickle needs is not known"))
    return entry.head.startswith(_STARTS)


def _unpacked(body: bytes) -> bytes:
    if not body.startswith(_ZLIB):
        return body
    try:
        return zlib.decompressobj(47).decompress(body, MAX_READ)
    except zlib.error:
        return body


def _named(scene: Scene, entry: Entry, body: bytes) -> Iterator[Step]:
    places, bound = scene.ask(MODULE_PATH), scene.ask(TOOL_BOUND)
    for name in sorted({found for found in _DOTTED.findall(body) if b"." in found and len(found) < 200}):
        found = places.resolve(name.decode("ascii"))
        found = found if found.whole else places.resolve(name[1:].decode("ascii"))  # GLOBAL is a "c" before the name
        if found.whole and not any(bound.holds(path) for path in found.paths):
            yield from (Step(path, f"is named in {entry.path}, which is loaded by unpickling") for path in found.paths)


def _follow(_: Scene, __: str) -> Iterable[Step]:
    return ()


NEED: Need = Need("pickles", "the modules that pickled files of the application name", _seeds, _follow)
