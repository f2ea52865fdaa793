"""Virtual environments: what `venv`, virtualenv and uv put beside the distributions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from deadweight.core.listing import Listing
from deadweight.core.owner import Basis, Claim, Owner, OwnerKind
from deadweight.core.seams import Cataloger
from deadweight.owners.dist_info import text_of

MARK = "pyvenv.cfg"
_OWN = re.compile(
    r"pyvenv\.cfg|\.gitignore|\.lock|CACHEDIR\.TAG|lib64|Scripts/.*"
    r"|bin/(?:activate[^/]*|Activate\.ps1|deactivate[^/]*|pydoc\.bat|python[0-9.t]*|pypy[0-9.]*)"
    r"|bin/\N{MATHEMATICAL ITALIC SMALL PI}thon"
    r"|lib/[^/]+/site-packages/_virtualenv\.(?:py|pth)"
)
_VERSION = re.compile(r"^version(?:_info)?\s*=\s*([0-9][0-9.]*[0-9])", re.MULTILINE)


def claims(listing: Listing) -> Iterator[Claim]:
    """What an environment is made of, and as a guess what else lies in it."""
    for root, body in environments(listing):
        version = _VERSION.search(text_of(body))
        owner = Owner(OwnerKind.ENVIRONMENT, f"/{root}", version[1] if version else "")
        inside = listing.paths_under(root)
        start = len(root) + 1 if root else 0
        own = tuple(path for path in inside if _OWN.fullmatch(path, start))
        source = f"{root}/{MARK}" if root else MARK
        yield Claim(owner, Basis.LOCATED, own, source)
        yield Claim(owner, Basis.GUESSED, inside, f"lies in the environment of {source}")


def environments(listing: Listing) -> Iterator[tuple[str, bytes]]:
    """The root of each virtual environment, with its pyvenv.cfg (PEP 405)."""
    for path in sorted(listing.small):
        if path.rpartition("/")[2] == MARK:
            yield path.rpartition("/")[0], listing.small[path]


CATALOGER: Cataloger = Cataloger(name="virtual environments", reads=(f"**/{MARK}",), claims=claims)
