"""Manual pages, documentation and translations of the operating system.

Why it weighs
-------------
Packages of the operating system bring their manual, their changelogs and the translations of their messages into a
hundred languages; nobody reads them in a container.

Evidence
--------
The directories where the Filesystem Hierarchy Standard puts them, below /usr/share, /usr/local/share and conda's
prefix. Kept are copyright, licence and notice files, because licences demand that they travel with the program; the
languages that LANG, LANGUAGE or LC_* of the image name, English and C; and what a symbolic link from elsewhere points
at.

Edit
----
Remove, one edit for each kind. Safe for manuals and documentation of packaging; made with a proof for translations,
sources of locales and /usr/share/doc, which programs can open.

Source
------
FHS 3.0, 4.11; Debian Policy 12.5 (copyright files); dpkg's path-exclude as debian:slim images set it (they keep
copyright files).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from deadweight.core.edit import Safety
from deadweight.core.entry import Kind
from deadweight.core.finding import Confidence, Evidence, Finding
from deadweight.core.paths import is_under
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.facts.pointed_at import POINTED_AT
from deadweight.rules.reporting import Group, Waste, finding

_SHARES = ("usr/share", "usr/local/share", "opt/conda/share")
_LICENCE = re.compile(r"(?:copyright|licen[cs]e|copying|notice|authors|legal|patents|eula).*", re.IGNORECASE)
_LANGUAGE_VARIABLE = re.compile(r"(?:LANG|LANGUAGE|LC_[A-Z]+)=(?P<value>.+)")


@dataclass(frozen=True, slots=True)
class _Tree:
    """A directory of a share directory, what it holds, and how safe its going is."""

    name: str
    says: str
    safety: Safety


_TREES = (
    _Tree("man", "manual pages", Safety.SAFE),
    _Tree("info", "manuals of info", Safety.SAFE),
    _Tree("lintian", "notes for Debian's package checker", Safety.SAFE),
    _Tree("doc-base", "the register of documentation", Safety.SAFE),
    _Tree("gtk-doc", "documentation of libraries", Safety.SAFE),
    _Tree("help", "manuals of desktop programs", Safety.SAFE),
    _Tree("doc", "documentation of packages", Safety.PROVEN),
    _Tree("locale", "translations of messages", Safety.PROVEN),
    _Tree("i18n", "sources of locales", Safety.PROVEN),
)


def _find(scene: Scene) -> Iterator[Finding]:
    kept = _kept_languages(scene)
    linked = _linked(scene)
    for share in _SHARES:
        for tree in _TREES:
            directory = f"{share}/{tree.name}"
            paths = [path for path in _paths(scene, directory, kept) if path not in linked]
            if paths:
                evidence = Evidence(f"{tree.says} of the operating system, for people at a terminal", directory)
                waste = Waste(tree.says, (evidence,), Confidence.CERTAIN, tree.safety)
                yield finding(scene, RULE.name, Group("operating system", tuple(paths)), waste)


def _paths(scene: Scene, directory: str, kept: frozenset[str]) -> Iterator[str]:
    """The files that may go; directories stay, because packages and links count on them."""
    start = len(directory) + 1
    is_locale = directory.endswith("/locale")
    for entry in scene.listing.under(directory):
        if entry.kind not in (Kind.FILE, Kind.HARDLINK):
            continue
        first = entry.path[start:].partition("/")[0]
        if is_locale and (first == entry.name or _language(first) in kept):
            continue
        if _LICENCE.fullmatch(entry.name) is None:
            yield entry.path


def _kept_languages(scene: Scene) -> frozenset[str]:
    image = scene.artifact.image
    values = [_LANGUAGE_VARIABLE.fullmatch(said) for said in (image.environment if image else ())]
    said = {_language(part) for match in values if match for part in match["value"].split(":")}
    return frozenset({"en", "c", "posix"} | said)


def _language(locale: str) -> str:
    return re.split(r"[_.@-]", locale, maxsplit=1)[0].lower()


def _linked(scene: Scene) -> frozenset[str]:
    """The files in the share directories that links from outside their trees point at, or at a directory above."""
    trees = tuple(f"{share}/{tree.name}" for share in _SHARES for tree in _TREES)
    prefixes = tuple(tree + "/" for tree in trees)
    targets = {
        pointer.target
        for pointer in scene.ask(POINTED_AT)
        if pointer.target.startswith(prefixes) and not any(is_under(pointer.source, tree) for tree in trees)
    }
    below = (entry.path for target in targets for entry in scene.listing.under(target))
    return frozenset((*targets, *below))


RULE: Rule = Rule("locales-and-docs", "manuals and translations of the operating system", Safety.PROVEN, _find)
