"""What every ELF file of the artifact asks the loader for, and which libraries and paths it names, what it imports."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from deadweight.core.entry import Entry, Kind
from deadweight.core.errors import Corrupt
from deadweight.core.gap import Gap
from deadweight.core.scene import Fact, Scene
from deadweight.facts.apart import begin
from deadweight.native.binding import Binding, binding_of
from deadweight.native.cutting.openblas import MARK, Build, build_of
from deadweight.native.dynamic import Dynamic, dynamic_of
from deadweight.native.elf import MAGIC, ElfLayout, elf_layout
from deadweight.native.names_of_elf import names_of_elf
from deadweight.native.tables import Image

_IN_MEMORY = 16 << 20
_LARGEST_BUILD = 256 << 20
_WORTH_A_PROCESS = 256 << 20


@dataclass(frozen=True, slots=True)
class NativeFile:
    """One ELF file: what it asks the loader for, and the names of libraries and absolute paths that stand in it."""

    dynamic: Dynamic
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Imports:
    """Which names some native file imports, and the files of which that is not known."""

    names: frozenset[str]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Look:
    files: dict[str, NativeFile] = field(default_factory=dict)
    bindings: dict[str, frozenset[str] | None] = field(default_factory=dict)
    builds: dict[str, Build] = field(default_factory=dict)
    whole: dict[str, str] = field(default_factory=dict)


def _look(scene: Scene) -> _Look:
    found = _Look()
    for entry, stream in scene.artifact.contents.stream(_wanted(scene)):
        try:
            if stream.seekable():
                _read(found, entry, stream)
            else:
                _read_aside(found, entry, stream)
        except Corrupt as error:
            found.bindings[entry.path] = None
            scene.note(Gap("native files", entry.path, f"what it needs is not known: {error.what}"))
    return found


def begin_native_files(scene: Scene) -> None:
    """Have many native files read in a process of its own, if there are, for who asks for them later."""
    wanted = [*_wanted(scene)]
    if sum(entry.size for entry in wanted) >= _WORTH_A_PROCESS:
        for _ in scene.artifact.contents.stream(wanted):
            break  # what unpacks layers has begun: the other process reads what comes out as well
        begin(scene, _LOOK)


def _read(found: _Look, entry: Entry, body: BinaryIO) -> None:
    dynamic = dynamic_of(body)
    size = body.seek(0, os.SEEK_END)
    body.seek(0)
    layout = elf_layout(body, size)
    found.files[entry.path] = NativeFile(dynamic, names_of_elf(body, layout, size))
    body.seek(0)
    binding = binding_of(body, layout, MARK) if layout else Binding(None)
    if binding.imported is None or binding.imported:
        found.bindings[entry.path] = binding.imported
    if layout and binding.exports_mark:
        body.seek(0)
        try:
            found.builds[entry.path] = _taken_apart(layout, body, size)
        except Corrupt as error:
            found.whole[entry.path] = error.what


def _taken_apart(layout: ElfLayout, body: BinaryIO, size: int) -> Build:
    if size > _LARGEST_BUILD:
        raise Corrupt(f"a library of {size} bytes is not taken apart")
    return build_of(Image(layout, body.read()))


def _read_aside(found: _Look, entry: Entry, stream: BinaryIO) -> None:
    """Read what can be read forward only: the names that a dynamic section points at lie before it.

    It is laid aside, beyond 16 MiB on disk.
    """
    with SpooledTemporaryFile(_IN_MEMORY) as kept:
        shutil.copyfileobj(stream, kept, 1 << 20)
        kept.seek(0)
        _read(found, entry, cast(BinaryIO, kept))


def _imports(scene: Scene) -> Imports:
    bindings = scene.ask(_LOOK).bindings
    names = frozenset(name for imported in bindings.values() for name in imported or ())
    return Imports(names, tuple(path for path, imported in bindings.items() if imported is None))


def _wanted(scene: Scene) -> Iterator[Entry]:
    by_path = scene.listing.by_path
    for entry in scene.listing.entries:
        body = by_path.get(entry.target, entry) if entry.kind is Kind.HARDLINK else entry
        if entry.kind in (Kind.FILE, Kind.HARDLINK) and (entry.head or body.head)[:4] == MAGIC:
            yield entry


_LOOK: Fact[_Look] = Fact("native look", _look)

NATIVE_FILES: Fact[Mapping[str, NativeFile]] = Fact("native files", lambda scene: scene.ask(_LOOK).files)
"""Every ELF file by its path, read in one pass over the artifact; damaged ones are noted."""

IMPORTS: Fact[Imports] = Fact("native imports", _imports)
"""The names of no version that native files import, all together."""

OPENBLAS: Fact[Mapping[str, Build]] = Fact("builds of openblas", lambda scene: scene.ask(_LOOK).builds)
"""Each build of OpenBLAS that can be taken apart, by its path."""

WHOLE_OPENBLAS: Fact[Mapping[str, str]] = Fact("whole builds of openblas", lambda scene: scene.ask(_LOOK).whole)
"""Why another build of OpenBLAS can't be taken apart, by its path."""
