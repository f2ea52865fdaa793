"""Node.js itself, where no package manager recorded it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from deadweight.core.listing import Listing
from deadweight.core.owner import Basis, Claim, Owner, OwnerKind
from deadweight.core.seams import Cataloger
from deadweight.owners.dist_info import text_of

_MARK = "include/node/node_version.h"
_NUMBER = re.compile(r"#define NODE_(?:MAJOR|MINOR|PATCH)_VERSION ([0-9]+)")
_FILES = ("bin/node", "bin/nodejs", "share/man/man1/node.1", "CHANGELOG.md", "README.md", "LICENSE")


def claims(listing: Listing) -> Iterator[Claim]:
    """The program, its headers and its papers; its packages are those of npm."""
    for path in sorted(listing.small):
        if f"/{path}".endswith(f"/{_MARK}"):
            prefix = path.removesuffix(_MARK)
            version = ".".join(_NUMBER.findall(text_of(listing.small[path])))
            folders = (f"{prefix}include/node", f"{prefix}share/doc/node", f"{prefix}share/systemtap/tapset")
            inside = (inner for folder in folders for inner in listing.paths_under(folder))
            paths = (*inside, *(f"{prefix}{file}" for file in _FILES if f"{prefix}{file}" in listing))
            yield Claim(Owner(OwnerKind.INTERPRETER, "node", version), Basis.LOCATED, paths, path)


CATALOGER: Cataloger = Cataloger(name="node", reads=(f"**/{_MARK}",), claims=claims)
