"""What an image layer takes away: whiteouts and opaque marks (OCI image-spec, layer.md)."""

from __future__ import annotations

from deadweight.core.entry import Entry, Kind
from deadweight.core.errors import Corrupt
from deadweight.formats.tars.reader import Header

_PREFIX = ".wh."
_OPAQUE = ".wh..wh..opq"
_RESERVED = ".wh..wh."


def marked(header: Header, layer: int, where: str) -> tuple[Entry, ...] | None:
    """The mark that a member of a layer is, None for an ordinary member, nothing for what aufs kept for itself.

    Raises Corrupt for a whiteout that names nothing.
    """
    if _PREFIX not in header.path:
        return None
    directory, _, name = header.path.rpartition("/")
    if name == _OPAQUE:
        return (_mark(directory, Kind.OPAQUE, header, layer),)
    if any(part.startswith(_RESERVED) for part in header.path.split("/")):
        return ()
    if not name.startswith(_PREFIX):
        return None
    hidden = name.removeprefix(_PREFIX)
    if hidden in ("", ".", ".."):
        raise Corrupt(
            f"the whiteout {header.path!r} names nothing that could be removed",
            where=where,
            advice="A whiteout is called '.wh.' and the name that it hides. Build the image again.",
        )
    return (_mark(f"{directory}/{hidden}" if directory else hidden, Kind.WHITEOUT, header, layer),)


def _mark(path: str, kind: Kind, header: Header, layer: int) -> Entry:
    return Entry(path, kind, mode=header.mode, uid=header.uid, gid=header.gid, mtime=header.mtime, layer=layer)
