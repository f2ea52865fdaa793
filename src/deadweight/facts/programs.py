"""Which programs and modules the artifact is started with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from deadweight.core.entry import Entry, Kind
from deadweight.core.owner import OwnerKind
from deadweight.core.scene import Fact, Scene

MAX_SCRIPT = 1 << 20
_WORD = re.compile(r"[A-Za-z0-9_][\w.-]*")
_SCRIPTS = re.compile(r"(?:entry_?point|start|run|launch|serve|boot)[^/]*\.sh|Procfile|supervisord?\.conf|.*\.service")
_PACKAGED = frozenset({OwnerKind.DISTRIBUTION, OwnerKind.OS_PACKAGE, OwnerKind.NPM, OwnerKind.INTERPRETER})


def _programs(scene: Scene) -> frozenset[str]:
    image = scene.artifact.image
    stated = [scene.options.get("run", "")]
    stated += [*image.entrypoint, *image.command] if image else []
    scripts = [entry for entry in scene.listing.entries if _is_script(scene, entry, stated)]
    bodies = [stream.read(MAX_SCRIPT) for _, stream in scene.artifact.contents.stream(scripts)]
    texts = [*stated, *(body.decode("utf-8", "replace") for body in bodies)]
    return frozenset(word for text in texts for word in _words(text)) | frozenset(_words(" ".join(stated)))


def _is_script(scene: Scene, entry: Entry, stated: Iterable[str]) -> bool:
    """Whether the entry is a script of the application that starts it, by its name or because the command names it."""
    if entry.kind is not Kind.FILE or entry.size > MAX_SCRIPT:
        return False
    named = any(text.endswith(entry.name) and entry.path.endswith(text.lstrip("./")) for text in stated if "/" in text)
    if not named and not _SCRIPTS.fullmatch(entry.name):
        return False
    return entry.head[:4] != b"\x7fELF" and scene.ownership.of(entry.path).kind not in _PACKAGED


def _words(text: str) -> Iterator[str]:
    """Each word, its last part where it is a path, and with the next one joined (`jupyter lab` is `jupyter-lab`)."""
    words = _WORD.findall(text)
    yield from words
    yield from (f"{one}-{two}" for one, two in pairwise(words))


PROGRAMS: Fact[frozenset[str]] = Fact("programs", _programs)
"""Words of the image's command, of the command to prove with, and of the scripts that start the application."""
