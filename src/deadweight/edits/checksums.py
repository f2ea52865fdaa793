"""Which files something else holds a checksum of, so that changing a byte of them breaks it."""

from __future__ import annotations

from deadweight.core.entry import Entry
from deadweight.core.scene import Scene

_SIGNED = frozenset(("security.ima", "security.evm"))


def checksummed(entry: Entry, scene: Scene) -> str:
    """What holds a checksum of the whole file, which changing it would make wrong; empty for nothing.

    Source: NSS (libsoftokn3.chk), libgcrypt and GnuTLS (.libgcrypt.so.20.hmac), OpenSSL (fipsmodule.cnf), Linux IMA.
    """
    stem, name = entry.path.rpartition(".")[0], entry.name
    beside = (f"{stem}.chk", f"{entry.directory}/.{name}.hmac".lstrip("/"), f"{entry.path}.hmac")
    found = [path for path in beside if path in scene.listing]
    if name == "fips.so":
        found.append("the FIPS configuration of OpenSSL")
    found.extend(attribute for attribute, _ in entry.xattrs if attribute in _SIGNED)
    return f"{found[0]} holds a checksum of it" if found else ""
