"""What the commands of a zoo say: the values that the report writers see."""

from __future__ import annotations

from dataclasses import dataclass

from deadweight.core.gap import Gap
from deadweight.core.zoo import StoredTensor, Summary

ZOO_SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Added:
    """A version that was added: the digest of its manifest, and the bytes of parts that were stored for it."""

    version: Summary
    manifest: str
    stored: int
    gaps: tuple[Gap, ...] = ()
    schema: int = ZOO_SCHEMA


@dataclass(frozen=True, slots=True)
class ListedVersion:
    """A version with the bytes of all blobs that it needs, and of those that no other version needs."""

    version: Summary
    manifest: str
    needs: int
    own: int


@dataclass(frozen=True, slots=True)
class ZooListing:
    """The versions of a zoo. `logical` are the bytes of all their files, `stored` those of the store on disk.

    `unreferenced` are bytes of blobs that no version needs: `gc` removes them.
    """

    place: str
    versions: tuple[ListedVersion, ...]
    logical: int
    stored: int
    unreferenced: int
    schema: int = ZOO_SCHEMA


@dataclass(frozen=True, slots=True)
class ShownTensor:
    """A tensor of a version: the bytes its parts take in the store, -1 where it lies in no part of its own.

    `shared` are the other versions that hold the same tensor under whatever name; `is_difference` is whether some of
    it is stored as a difference to another.
    """

    tensor: StoredTensor
    stored: int
    is_difference: bool
    shared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A file of a version, with its format where it is a model."""

    path: str
    size: int
    digest: str
    format: str = ""


@dataclass(frozen=True, slots=True)
class ZooShown:
    """One version: where it comes from, its files, its tensors by bytes."""

    version: Summary
    manifest: str
    lineage: tuple[str, ...]
    files: tuple[ShownFile, ...]
    tensors: tuple[ShownTensor, ...]
    schema: int = ZOO_SCHEMA


@dataclass(frozen=True, slots=True)
class Magnitude:
    """How far elements moved: the largest absolute change, the root mean square of all changes over that of the
    elements before, and how many elements changed. Elements that are no finite numbers before or after count as
    changed where their bytes differ, and for nothing else.
    """

    largest: float
    relative: float
    elements: int


@dataclass(frozen=True, slots=True)
class ChangedTensor:
    """A tensor that both versions have under one name, with other elements, dtype or shape.

    `magnitude` is None where dtype or shape differ, where it is no number type, or where numpy is not there.
    """

    before: StoredTensor
    after: StoredTensor
    magnitude: Magnitude | None


@dataclass(frozen=True, slots=True)
class ZooDifference:
    """What two versions differ in. `same` counts the tensors that are equal, `same_bytes` their bytes.

    `files` are the paths of files that were added, removed or changed, models among them.
    """

    before: Summary
    after: Summary
    added: tuple[StoredTensor, ...]
    removed: tuple[StoredTensor, ...]
    changed: tuple[ChangedTensor, ...]
    same: int
    same_bytes: int
    files: tuple[str, ...]
    gaps: tuple[Gap, ...] = ()
    schema: int = ZOO_SCHEMA


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What `gc` removed, or would: blobs that no version needs. `kept` are those that are too young to be sure."""

    place: str
    removed: int
    removed_bytes: int
    kept: int
    kept_bytes: int
    is_trial: bool
    schema: int = ZOO_SCHEMA


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong in a store, and the versions that cannot be had back for it."""

    what: str
    where: str
    versions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """What was looked at, and what of it is not as it should be."""

    place: str
    versions: int
    blobs: int
    bytes: int
    parts: int
    problems: tuple[Problem, ...]
    schema: int = ZOO_SCHEMA


@dataclass(frozen=True, slots=True)
class Restored:
    """A version that was written out: each file is the one that was added, byte for byte."""

    version: Summary
    out: str
    files: int
    size: int
    schema: int = ZOO_SCHEMA
