"""What of this host an image from scratch takes: programs, what a run saw, libraries that all of it asks for."""

from __future__ import annotations

import os

from deadweight.core.artifact import Artifact
from deadweight.core.entry import Entry, Kind
from deadweight.core.listing import Listing
from deadweight.core.plural import agreeing, plural
from deadweight.core.trace import Trace
from deadweight.formats.composed.pieces import Piece
from deadweight.pipeline.scratch.base_python import base_of_program, bases_of_environments, outward_links, take_base
from deadweight.pipeline.scratch.gathering import Gathering
from deadweight.pipeline.scratch.host_libraries import BY_NAME, CACHE, HostLoader, Libraries
from deadweight.pipeline.scratch.starting import Started, programs_of

_MAGIC = b"\x7fELF"


def take_programs(gathering: Gathering, listing: Listing, started: Started) -> None:
    """The interpreters below environments and links of the tree, the program, and what its script starts with."""
    bases = dict.fromkeys(bases_of_environments(listing))
    links = [(path, gathering.take(path)) for path in outward_links(listing, gathering.root)]
    dangling = [path for path, real in links if not real]
    if dangling:
        told = f"{plural(len(dangling), 'link')} of the tree {agreeing(len(dangling), 'leads')} out of it to nothing"
        gathering.note(dangling[0], f"{told}, this is the first")
    for path in dict.fromkeys(programs_of(started)):
        if not (real := gathering.take(path)):
            gathering.note(path, "the program that the image is to start is not there")
        elif not bases:
            bases.update(dict.fromkeys((*base_of_program(path), *base_of_program(real))))
    for base in list(bases):
        take_base(gathering, base)


def put_real_place(gathering: Gathering) -> None:
    """Where links lead to the tree, files in it may name the place where it really lies."""
    real = os.path.realpath(gathering.root)
    if real != gathering.root:
        gathering.put(Piece(Entry(real.lstrip("/"), Kind.SYMLINK, mode=0o777, target=gathering.root)))


def take_seen(gathering: Gathering, trace: Trace | None) -> None:
    """What runs used outside of the tree: programs it starts, libraries it loads by name, files it reads."""
    for path in trace.outside if trace else ():
        gathering.take(path)


def take_libraries(gathering: Gathering, tree: Artifact, root: str) -> None:
    """Until nothing more is asked for: what is taken asks in turn."""
    own = [entry for entry in tree.inventory.visible if entry.kind is Kind.FILE]
    provided = frozenset(entry.name for entry in tree.inventory.visible if ".so" in entry.name)
    libraries = Libraries(gathering, HostLoader(), provided)
    around = [str(piece.host) for piece in list(gathering.pieces.values()) if piece.host]
    files = [*(f"{root}/{entry.path}" for entry in own if entry.head.startswith(_MAGIC)), *around]
    libraries.take(files)
    for name in BY_NAME:
        libraries.by_name(name, files)
    gathering.take(CACHE)
