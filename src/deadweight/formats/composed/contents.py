"""The bodies of a root file system that was put together: those of its tree, and those of single files."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import merge
from typing import BinaryIO

from deadweight.core.artifact import Contents
from deadweight.core.entry import Entry
from deadweight.core.errors import Corrupt
from deadweight.formats.composed.pieces import Piece
from deadweight.formats.trees.contents import check_unchanged


@dataclass(frozen=True, slots=True)
class ComposedContents:
    """`moved` gives the tree's own entry of each path that the tree has, `pieces` what else there is, by path."""

    tree: Contents
    moved: Mapping[str, Entry]
    pieces: Mapping[str, Piece]

    def stream(self, wanted: Iterable[Entry]) -> Iterator[tuple[Entry, BinaryIO]]:
        """Give each wanted file's body in the order of paths; see core Contents."""
        asked = {entry.path: entry for entry in wanted}
        mine = sorted((entry for path, entry in asked.items() if path not in self.moved), key=lambda entry: entry.path)
        yield from merge(self._of_tree(asked), self._of_pieces(mine), key=lambda found: found[0].path)

    def _of_tree(self, asked: Mapping[str, Entry]) -> Iterator[tuple[Entry, BinaryIO]]:
        own = {self.moved[path].path: entry for path, entry in asked.items() if path in self.moved}
        for entry, body in self.tree.stream([self.moved[path] for path in asked if path in self.moved]):
            yield own[entry.path], body

    def _of_pieces(self, wanted: Iterable[Entry]) -> Iterator[tuple[Entry, BinaryIO]]:
        for entry in wanted:
            piece = self.pieces[entry.path]
            if piece.host is None:
                yield entry, io.BytesIO(piece.body)
            else:
                yield from _of_host(entry, piece)


def _of_host(entry: Entry, piece: Piece) -> Iterator[tuple[Entry, BinaryIO]]:
    assert piece.host is not None
    try:
        body = piece.host.open("rb")
    except OSError as error:
        raise Corrupt(f"cannot be read: {error.strerror}", where=str(piece.host)) from error
    with body:
        check_unchanged(body.fileno(), piece.identity, str(piece.host))
        yield entry, body
        check_unchanged(body.fileno(), piece.identity, str(piece.host))
