"""Which edits a difference speaks of: those that took away exactly what it says is missing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from deadweight.core.edit import Edit
from deadweight.core.listing import Listing
from deadweight.core.paths import parents
from deadweight.owners.dist_info import normalised

_MODULE = re.compile(r"No module named '([\w.]+)'")
_MEMBER = re.compile(r"cannot import name '(\w+)' from (?:partially initialized module )?'([\w.]+)'")
_ATTRIBUTE = re.compile(r"module '([\w.]+)' has no attribute '(\w+)'")
_LIBRARY = re.compile(r"([\w.+-]+\.so(?:\.[\w.]+)?): cannot open shared object file")
_PATH = re.compile(r"(/[^\s'\":,;()<>]+)")
_WORD = re.compile(r"[A-Za-z][\w.-]+")


def suspects(text: str, edits: Sequence[Edit], listing: Listing, modules: Mapping[str, Sequence[str]]) -> list[Edit]:
    """The edits that took away a module, a library or a file that the text names as missing.

    `modules` are the files of each module by its dotted name. Where the text names none, those whose owner it names
    as a word of its last line.
    """
    by_path = {path: edit for edit in edits if edit.layer is None for path in edit.paths}
    named = list(dict.fromkeys((*_of_modules(text, modules), *_of_libraries(text, listing), *_of_paths(text, listing))))
    found = list(_covering(named, by_path))
    return found or list(_of_owners(text, edits))


def _covering(paths: Iterable[str], by_path: Mapping[str, Edit]) -> Iterator[Edit]:
    """The edits that name one of the paths or a directory above it, each once."""
    told: list[Edit] = []
    for path in paths:
        edit = next((by_path[one] for one in (path, *parents(path)) if one in by_path), None)
        if edit is not None and edit not in told:
            told.append(edit)
            yield edit


def _of_modules(text: str, modules: Mapping[str, Sequence[str]]) -> Iterator[str]:
    names = [match[1] for match in _MODULE.finditer(text)]
    names += [f"{match[2]}.{match[1]}" for match in _MEMBER.finditer(text)]
    names += [f"{match[1]}.{match[2]}" for match in _ATTRIBUTE.finditer(text)]
    for name in names:
        yield from modules.get(name, ())
        if name not in modules:  # a namespace has no file of its own, and a path that a program adds is not known
            last = name.rpartition(".")[2]
            yield from (
                path
                for other, paths in modules.items()
                if other.startswith(f"{name}.") or other.endswith(f".{last}")
                for path in paths
            )


def _of_libraries(text: str, listing: Listing) -> Iterator[str]:
    wanted = {match[1] for match in _LIBRARY.finditer(text)}
    if wanted:
        yield from (entry.path for entry in listing.entries if entry.name in wanted)


def _of_paths(text: str, listing: Listing) -> Iterator[str]:
    """Paths of the artifact that the text ends a path with: where the artifact stands is of no matter."""
    for match in _PATH.finditer(text):
        parts = match[1].strip("/.").split("/")
        tails = ("/".join(parts[start:]) for start in range(len(parts)))
        found = next((tail for tail in tails if tail in listing), None)
        if found is not None:
            yield found


def _of_owners(text: str, edits: Sequence[Edit]) -> Iterator[Edit]:
    last = next(iter(text.strip().splitlines()[-1:]), "")
    words = {normalised(word) for word in _WORD.findall(last)}
    return (edit for edit in edits if edit.owner and normalised(edit.owner.partition(" ")[0]) in words)


def of_its_kind(culprit: Edit, edits: Sequence[Edit], again: bool, text: str) -> list[Edit]:
    """The edits that go with a culprit: of its rule and owner; where its rule has broken something before, also of its
    rule on the owners that the text names."""
    words = {normalised(word.partition(".")[0]) for word in _WORD.findall(text)} if again else set()
    return [
        edit
        for edit in edits
        if edit is culprit
        or (
            edit.rule == culprit.rule
            and edit.owner
            and (edit.owner == culprit.owner or normalised(edit.owner.partition(" ")[0]) in words)
        )
    ]
