"""Looks at every byte of a zoo: each blob against its digest, each part decoded, each version put together."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from deadweight.core.errors import DeadweightError
from deadweight.core.progress import Progress
from deadweight.core.zoo import Contents, Part, Version
from deadweight.core.zoo_report import Checked, Problem
from deadweight.zoo.documents import contents, version_of
from deadweight.zoo.getting import file_pieces, parts_of
from deadweight.zoo.layout import blob_path, check, index, stored
from deadweight.zoo.locking import shared
from deadweight.zoo.reading import Parts, segments

_PIECE = 1 << 20


def verify(root: Path, progress: Progress, with_files: bool = False) -> Checked:
    """All that is there, read once; every problem is told, with the versions that it hits.

    `with_files` puts every file of every version together too, and holds it against its sha256.
    """
    check(root)
    with shared(root):
        checking = Checking(root, progress, with_files)
        checking.blobs()
        known = checking.versions()
        for version in known:
            checking.version(version)
    return Checked(
        str(root), len(known), len(checking.sizes), sum(checking.sizes.values()), len(checking.parts), checking.problems
    )


@dataclass(slots=True)
class Checking:
    """What was looked at so far. `sizes` are the blobs that are there, `bad` those that are not what they should be,
    `parts` those that were decoded, with whether they were whole.
    """

    root: Path
    progress: Progress
    with_files: bool = False
    sizes: dict[str, int] = field(default_factory=dict)
    bad: set[str] = field(default_factory=set)
    parts: dict[tuple[Part, ...], bool] = field(default_factory=dict)
    hit: dict[tuple[str, str], dict[str, None]] = field(default_factory=dict)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong, each thing once."""
        return tuple(Problem(what, where, tuple(names)) for (what, where), names in self.hit.items())

    def blobs(self) -> None:
        """Hold every blob against its name."""
        self.sizes = {digest: status.st_size for digest, status in stored(self.root)}
        self.progress.start("reading blobs", sum(self.sizes.values()))
        for digest in sorted(self.sizes):
            if self._digest(digest) != digest:
                self.bad.add(digest)
                self._add("the blob is damaged", digest)
        self.progress.finish()

    def versions(self) -> list[Version]:
        """The versions whose manifest can be read."""
        found = []
        for entry in index(self.root):
            try:
                version = version_of(self.root, entry)
            except DeadweightError as error:
                self._add(error.what, str(entry.get("digest")), str(entry.get("annotations", "")))
                continue
            if version is not None:
                found.append(version)
        return found

    def version(self, version: Version) -> None:
        """Hold a version's blobs, contents and parts against each other."""
        name = str(version.summary.reference)
        for blob in version.blobs:
            if self.sizes.get(blob.digest, -1) != blob.size:
                self._add("the blob is missing or has another size", blob.digest, name)
            elif blob.digest in self.bad:
                self._add("the blob is damaged", blob.digest, name)
        try:
            held = contents(self.root, version)
            for file in held.files:
                segments(held, file)
        except DeadweightError as error:
            self._add(error.what, version.layers[0].digest, name)
            return
        self._check_parts(held, {blob.digest for blob in version.layers}, name)
        if self.with_files:
            self._check_files(held, name)

    def _check_parts(self, held: Contents, layers: set[str], name: str) -> None:
        reading = Parts(self.root, {part.digest: part for part in held.parts})
        fresh = [part for part in held.parts if reading.chain(part) not in self.parts]
        self.progress.start(f"reading {name}", sum(part.size for part in fresh))
        for part in held.parts:
            if part.blob not in layers:
                self._add("a part lies in a blob that the manifest does not name", part.blob, name)
            self._check_part(part, reading, name)
        self.progress.finish()

    def _check_files(self, held: Contents, name: str) -> None:
        self.progress.start(f"putting {name} together", sum(file.size for file in held.files))
        for file in held.files:
            try:
                for piece in file_pieces(parts_of(self.root, held), held, file):
                    self.progress.advance(len(piece))
            except DeadweightError as error:
                self._add(error.what, file.digest, name)
        self.progress.finish()

    def _check_part(self, part: Part, reading: Parts, name: str) -> None:
        """Decode a part, once for all versions that say the same of it and of those it is made from."""
        chain = reading.chain(part)
        if chain not in self.parts:
            self.parts[chain] = _can_be_read(part, reading)
            self.progress.advance(part.size)
        if not self.parts[chain]:
            self._add("the part cannot be read", part.digest, name)

    def _digest(self, digest: str) -> str:
        hasher = hashlib.sha256()
        with blob_path(self.root, digest).open("rb") as stream:
            while piece := stream.read(_PIECE):
                hasher.update(piece)
                self.progress.advance(len(piece))
        return f"sha256:{hasher.hexdigest()}"

    def _add(self, what: str, where: str, version: str = "") -> None:
        names = self.hit.setdefault((what, where), {})
        if version:
            names[version] = None


def _can_be_read(part: Part, reading: Parts) -> bool:
    try:
        reading.body(part.digest)
    except DeadweightError:
        return False
    return True
