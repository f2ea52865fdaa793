"""The scripts and the small configuration files of a system, read in one pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from deadweight.core.entry import Entry, Kind
from deadweight.core.gap import Gap
from deadweight.core.globs import matcher
from deadweight.core.scene import Fact, Scene

MAX_TEXT: Final = 1 << 20
_CONFIGURATION = (
    "etc/ld.so.cache",
    "etc/ld.so.conf",
    "etc/ld.so.conf.d/*",
    "etc/ld.so.preload",
    "etc/ld-musl-*.path",
    "etc/nsswitch.conf",
    "etc/passwd",
    "etc/default/locale",
    "etc/locale.conf",
    "etc/ssl/openssl.cnf",
    "usr/lib/ssl/openssl.cnf",
    "usr/lib/*/gconv/gconv-modules",
    "usr/lib/*/gconv/gconv-modules.d/*",
    "usr/lib64/gconv/gconv-modules",
    "usr/lib64/gconv/gconv-modules.d/*",
)
_MODULES = (".py", ".pyc")
_OF_PACKAGE_MANAGERS = ("var/lib/dpkg/info/", "lib/apk/", "var/lib/rpm/", "usr/lib/sysimage/")


def _system_texts(scene: Scene) -> Mapping[str, bytes]:
    wanted = list(_wanted(scene))
    return {entry.path: stream.read(MAX_TEXT) for entry, stream in scene.artifact.contents.stream(wanted)}


def _wanted(scene: Scene) -> Iterator[Entry]:
    configures = matcher(_CONFIGURATION)
    for entry in scene.listing.entries:
        if entry.kind not in (Kind.FILE, Kind.HARDLINK):
            continue
        if configures(entry.path) or _is_script(entry):
            if entry.size <= MAX_TEXT:
                yield entry
            else:
                scene.note(Gap("system texts", entry.path, f"a script of {entry.size} bytes is not read"))


def _is_script(entry: Entry) -> bool:
    """Whether it says by what it is run, or is a shell's by its name; modules of Python are read by others."""
    if entry.path.endswith(_MODULES) and not entry.mode & 0o111:
        return False
    if entry.path.startswith(_OF_PACKAGE_MANAGERS):  # run as packages come and go, never by a program
        return False
    return (
        entry.head[:2] == b"#!" or (entry.kind is Kind.HARDLINK and bool(entry.mode & 0o111)) or entry.suffix == ".sh"
    )


SYSTEM_TEXTS: Fact[Mapping[str, bytes]] = Fact("system texts", _system_texts)
"""The bodies of scripts, and of the files that the loader and the C library read, by path; each under 1 MiB."""
