"""History of sources: the folders of git, Mercurial, Subversion and their like."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from deadweight.core.listing import Listing
from deadweight.core.owner import Basis, Claim, Owner, OwnerKind
from deadweight.core.seams import Cataloger

FOLDERS = MappingProxyType(
    {
        ".git": ("git", ("HEAD", "objects", "refs", "config", "index")),
        ".hg": ("mercurial", ("store", "requires", "dirstate")),
        ".svn": ("subversion", ("wc.db", "entries", "pristine")),
        ".bzr": ("bazaar", ("repository", "branch-format", "branch")),
        "CVS": ("cvs", ("Entries", "Root")),
        "_darcs": ("darcs", ("inventories", "hashed_inventory", "patches")),
        ".jj": ("jujutsu", ("repo",)),
    }
)
"""Each folder's name with its system and what, one of them at least, lies in a real one."""


def claims(listing: Listing) -> Iterator[Claim]:
    """All that lies in the folders, and the folders themselves."""
    for name, (system, marks) in FOLDERS.items():
        for folder in listing.directories_named.get(name, ()):
            if any(f"{folder}/{mark}" in listing or f"{folder}/{mark}" in listing.directories for mark in marks):
                paths = [*listing.paths_under(folder), *([folder] if folder in listing else ())]
                yield Claim(Owner(OwnerKind.VERSION_CONTROL, system), Basis.LOCATED, paths, f"lies in {folder}")


CATALOGER: Cataloger = Cataloger(name="version control", reads=(), claims=claims)
