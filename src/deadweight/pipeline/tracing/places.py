"""Paths that programs named become paths of the artifact, or lie outside of it."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

from deadweight.core.listing import Listing
from deadweight.core.paths import is_under
from deadweight.sandbox.stand import Stand


def places_of(listing: Listing, stand: Stand) -> Places:
    """Where a stand's tree is seen: at its place, and where the links of this host lead from there."""
    if stand.image:
        return Places(listing, ("/",), on_host=False)
    return Places(listing, tuple(dict.fromkeys((stand.place, os.path.realpath(stand.place)))))


@dataclass(frozen=True, slots=True)
class Places:
    """Where the artifact is seen: `tops` are the absolute paths that its root has, the one it was given first.

    Links outside of the artifact are those of this host where `on_host`, else nothing outside of it is known.
    """

    listing: Listing
    tops: tuple[str, ...]
    on_host: bool = True

    def found(self, path: str) -> Iterator[str]:
        """The paths of the artifact that the program used by naming this absolute path; none lies outside.

        Links are followed only where `..` steps back from where they lead, as the kernel does: then each is told too.
        What is not there (it was made as the program ran) is left out, but a link on the way to it is not.
        """
        here = ""
        for part in path.split("/"):
            if part in ("", "."):
                continue
            if part != "..":
                here = f"{here}/{part}"
                continue
            real = self._real(here)
            if real != here:
                yield from self._there(here)
            here = posixpath.dirname(real).rstrip("/")
        yield from self._there(here)

    def outside(self, path: str) -> str | None:
        """The path tidied, None where it lies in the artifact."""
        whole = posixpath.normpath(path)
        return None if self._inside(whole) is not None else whole

    def _there(self, path: str) -> Iterator[str]:
        inside = self._inside(path)
        if inside is None and self.on_host:
            inside = self._inside(os.path.realpath(path))
        if inside:
            yield from self._known(inside)

    def _known(self, path: str) -> Iterator[str]:
        """The path if it is there, or the first link on the way that leads out of what is known."""
        if self._exists(path):
            yield path
            return
        at = 0
        while (at := path.find("/", at + 1)) > 0:
            if path[:at] in self.listing.links:
                yield path[:at]
                return

    def _exists(self, path: str) -> bool:
        if path in self.listing or path in self.listing.directories:
            return True
        real = self.listing.resolve(path)
        return real is not None and (real in self.listing or real in self.listing.directories)

    def _inside(self, path: str) -> str | None:
        for top in self.tops:
            if top == "/":
                return path.strip("/")
            if is_under(path, top):
                return path[len(top) + 1 :]
        return None

    def _real(self, path: str) -> str:
        """Where the path leads once its links are followed."""
        inside = self._inside(path)
        if inside is None:
            return os.path.realpath(path) if self.on_host else path
        real = self.listing.resolve(inside)
        return path if real is None else posixpath.join(self.tops[0], real)
