"""The seams: what a plug-in of each folder is. What a plug-in can do is data on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from deadweight.core.artifact import Artifact
from deadweight.core.changes import Changes
from deadweight.core.closure import Step
from deadweight.core.edit import Edit, Safety, Storage
from deadweight.core.finding import Finding
from deadweight.core.gap import Gap
from deadweight.core.level import Level
from deadweight.core.limits import DEFAULT_LIMITS, Limits
from deadweight.core.listing import Listing
from deadweight.core.owner import Claim
from deadweight.core.progress import SILENT, Progress
from deadweight.core.report import Report
from deadweight.core.scene import Scene
from deadweight.core.shape import Shape


@dataclass(frozen=True, slots=True)
class Codec:
    """One compression: `magic` are the first bytes by which it is recognised.

    `reader` gives the unpacked stream of a compressed one, over every member or frame of it, and raises Corrupt
    for a stream that is truncated, damaged or followed by anything but zero padding. `writer` wraps a stream to be
    written; closing it leaves the wrapped one open. `suffix` ends the media type of a layer ("+gzip"), empty where
    OCI has none. `level` is the one used by default, `highest` the last of those from 1 on, 0 where there are none.
    """

    name: str
    magic: tuple[bytes, ...]
    reader: Callable[[BinaryIO], BinaryIO]
    writer: Callable[[BinaryIO, int], BinaryIO]
    suffix: str
    level: int
    highest: int = 0


@dataclass(frozen=True, slots=True)
class Opening:
    """How to open: `keep` are globs of the small metadata files whose bodies are wanted with the index.

    `platform` is `os/architecture[/variant]`, empty for the only one there is. `cache` is the folder that
    remembers indexed layers, None for no memory.
    """

    platform: str = ""
    keep: tuple[str, ...] = ()
    cache: Path | None = None
    limits: Limits = DEFAULT_LIMITS
    progress: Progress = SILENT


def unheard(gap: Gap) -> None:
    """Nobody listens."""


@dataclass(frozen=True, slots=True)
class Packing:
    """How to pack: `codec` names the compression of what is written anew, empty for the source's own.

    `epoch` is the time in seconds given to what has no time of its own (SOURCE_DATE_EPOCH). `note` hears what the
    system did not let the copy keep: a device made without root, an extended attribute. `shape` is that of an image;
    a layered one also keeps its lowest layers that `base` names, by digest or diff ID, whatever is cut from them.
    """

    codec: str = ""
    level: int | None = None
    epoch: int = 0
    progress: Progress = SILENT
    note: Callable[[Gap], None] = unheard
    shape: Shape = Shape.KEEP
    base: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Format:
    """One artifact format.

    `rank` orders recognition, lowest first: what is more special goes before what is more general. `recognise`
    looks at the content and never at the name. `packs` names the formats whose artifacts it can write, empty for a
    format that is only read, `codecs` the compressions that it is written with, None for any. `pack` writes the
    artifact with the changes made to a path that does not exist yet, whole or not at all.
    """

    name: str
    summary: str
    rank: int
    recognise: Callable[[Path], bool]
    open: Callable[[Path, Opening], Artifact]
    stores: frozenset[Storage]
    packs: frozenset[str] = frozenset()
    pack: Callable[[Artifact, Changes, Path, Packing], None] | None = None
    codecs: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Cataloger:
    """One ecosystem: `reads` are globs of the metadata files whose bodies it needs, `claims` reads them.

    What cannot be read is a Gap among the claims.

    A path in `reads` is matched as a whole with `*` crossing no slash and `**` any number of them.
    """

    name: str
    reads: tuple[str, ...]
    claims: Callable[[Listing], Iterable[Claim | Gap]]


@dataclass(frozen=True, slots=True)
class Need:
    """One way in which something that is kept needs something else: an import, a library, an entry point.

    `seeds` are what is needed whatever else is (ways in, what a run touched); `follow` gives what a path that was
    reached needs in turn. A distribution is reached as its dist-info directory. Steps to paths that are not there are
    passed over, so a need may guess.
    """

    name: str
    summary: str
    seeds: Callable[[Scene], Iterable[Step]]
    follow: Callable[[Scene, str], Iterable[Step]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. The documentation is its module's docstring, under four headings.

    `safety` is the weakest that its edits can have; `level` the least level at which it looks. One that is `by_name`
    looks only where it is selected by its name.
    """

    name: str
    summary: str
    safety: Safety
    find: Callable[[Scene], Iterable[Finding]]
    level: Level = Level.SAFE
    by_name: bool = False


@dataclass(frozen=True, slots=True)
class EditKind:
    """One kind of change. `order` places it among the kinds of a plan: later kinds see what earlier ones changed.

    `apply` gives what the edit comes to; new content is written into the staging folder that it is handed.
    `needs` is what the format must be able to store.
    """

    name: str
    summary: str
    order: int
    needs: frozenset[Storage]
    apply: Callable[[Edit, Scene, Changes, Path], Changes]


@dataclass(frozen=True, slots=True)
class ReportForm:
    """One output form of a report: the text for a value; `colour` where the reader can show it.

    `pieces` gives the same text bit by bit, for a form whose text can be 16 MB and more.
    """

    name: str
    summary: str
    write: Callable[[Report, bool], str]
    pieces: Callable[[Report], Iterator[str]] | None = None
