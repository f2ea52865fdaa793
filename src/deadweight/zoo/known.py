"""The parts that the versions of a zoo have already."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from deadweight.core.zoo import Blob, Contents, Part, Version
from deadweight.zoo.documents import typed, unpacked_contents
from deadweight.zoo.layout import blob_path
from deadweight.zoo.versions import versions


@dataclass(frozen=True, slots=True)
class _PartsOnly:
    """Of the contents only the parts: the rest is passed over."""

    parts: tuple[Part, ...]
    schema: int = 1


@dataclass(slots=True)
class Known:
    """Parts by digest, and the bytes of the blobs that they lie in."""

    parts: dict[str, Part] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)

    def blobs(self, digests: Iterable[str]) -> tuple[Blob, ...]:
        """The blobs that these parts lie in, each once, in their order."""
        named = dict.fromkeys(self.parts[digest].blob for digest in digests)
        return tuple(Blob(digest, self.sizes[digest]) for digest in named)

    def with_bases(self, digests: Iterable[str]) -> tuple[str, ...]:
        """These parts and behind them those that they are differences to, directly or not, each once."""
        found = dict.fromkeys(digests)
        waiting = list(found)
        while waiting:
            base = self.parts[waiting.pop()].base
            if base and base not in found:
                found[base] = None
                waiting.append(base)
        return tuple(found)


def parts_of(root: Path, version: Version) -> tuple[Part, ...]:
    """The parts of a version."""
    where = f"{root}, {version.summary.reference}"
    return typed(unpacked_contents(root, version), _PartsOnly, where).parts


def known_parts(root: Path) -> Known:
    """Every part of every version that can be read: its blob is there in its length, and so are those of its bases.

    What lost its blob is not known, and is stored again with the next version that has it.
    """
    known = Known()
    for version in versions(root):
        for blob in version.layers:
            if blob.digest not in known.sizes and _is_there(root, blob):
                known.sizes[blob.digest] = blob.size
        for part in parts_of(root, version):
            if part.blob in known.sizes:
                known.parts.setdefault(part.digest, part)
    _drop_broken(known.parts)
    return known


def _is_there(root: Path, blob: Blob) -> bool:
    path = blob_path(root, blob.digest)
    return path.is_file() and path.stat().st_size == blob.size


def _drop_broken(parts: dict[str, Part]) -> None:
    """Without those whose base is not there, again and again until all are."""
    while broken := [part.digest for part in parts.values() if part.base and part.base not in parts]:
        for digest in broken:
            del parts[digest]


def bases(contents: Contents) -> dict[tuple[str, str], tuple[Part, ...]]:
    """The parts of each tensor by model file and name, and by name alone for files that were renamed."""
    runs = {(file.path, run.offset): run for file in contents.files for run in file.runs}
    found: dict[tuple[str, str], tuple[Part, ...]] = {}
    for model in contents.models:
        for tensor in model.tensors:
            run = runs.get((tensor.file, tensor.offset))
            if run is not None and run.size == tensor.size:
                parts = tuple(contents.parts[index] for index in run.parts)
                found.setdefault((tensor.file, tensor.name), parts)
                found.setdefault(("", tensor.name), parts)
    return found
