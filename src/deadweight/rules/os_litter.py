"""What desktop systems leave in every directory that they show.

Why it weighs
-------------
Finder and Explorer write thumbnails, view settings and resource forks beside the files that a person looks at, and an
archive made on such a desktop carries them along. No program on a server reads them.

Evidence
--------
The name (.DS_Store, Thumbs.db, ehthumbs.db, desktop.ini, ._NAME, __MACOSX) and the first bytes of the content: a
Desktop Services store, an OLE compound file, an AppleDouble file. A file of such a name and other content is left; so
is a desktop.ini, which has no magic number, inside an installed package.

Edit
----
Remove. Safe: the desktop writes them again when somebody looks.

Source
------
RFC 1740 (AppleDouble: magic 0x00051607), MS-CFB (compound file: D0CF11E0A1B11AE1), measured: .DS_Store starts with
00000001 42756431.
"""

from __future__ import annotations

from collections.abc import Iterator

from deadweight.core.edit import Safety
from deadweight.core.entry import Entry, Kind
from deadweight.core.finding import Confidence, Evidence, Finding
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.facts.endings import named
from deadweight.rules.reporting import HERE, Waste, findings, is_packaged, outermost

_STORE = b"\0\0\0\1Bud1"
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_APPLE_DOUBLE = b"\0\5\x16\7"
_DIRECTORIES = ("__MACOSX", ".AppleDouble", ".Spotlight-V100", ".fseventsd", ".Trashes", "$RECYCLE.BIN")


def _find(scene: Scene) -> Iterator[Finding]:
    paths = outermost((*_directories(scene), *_files(scene)))
    waste = Waste(
        "left by a desktop system",
        (Evidence("the name and the first bytes are those of Finder or Explorer, which alone read it", HERE),),
        Confidence.CERTAIN,
        Safety.SAFE,
    )
    yield from findings(scene, RULE.name, paths, waste)


def _directories(scene: Scene) -> Iterator[str]:
    directories = scene.listing.directories_named
    for name in _DIRECTORIES:
        yield from (path for path in directories.get(name, ()) if not is_packaged(scene, path))


def _files(scene: Scene) -> Iterator[str]:
    stores = named(scene, ".DS_Store")
    thumbnails = named(scene, "Thumbs.db", "thumbs.db", "ehthumbs.db", "ehthumbs_vista.db")
    forks = [entry for entry in scene.listing.entries if "._" in entry.path and entry.name.startswith("._")]
    for entries, magic in ((stores, _STORE), (thumbnails, _COMPOUND), (forks, _APPLE_DOUBLE)):
        yield from (entry.path for entry in entries if _is(entry, magic))
    settings = named(scene, "desktop.ini", "Desktop.ini")
    yield from (entry.path for entry in settings if not is_packaged(scene, entry.path))


def _is(entry: Entry, magic: bytes) -> bool:
    return entry.kind is Kind.FILE and entry.head.startswith(magic)


RULE: Rule = Rule("os-litter", "files that desktop systems leave behind", Safety.SAFE, _find)
