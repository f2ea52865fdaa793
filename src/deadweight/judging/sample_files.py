"""Samples of real inputs are read from plain files: npz, npy, a folder of npy, csv, jsonl."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

from deadweight.core.errors import UsageError
from deadweight.judging.faults import failing

INPUTS, LABELS = "inputs", "labels"
_ENDINGS = ".npz, .npy, a folder of .npy, .csv or .jsonl"


@dataclass(frozen=True, slots=True)
class Samples:
    """Columns of equal length by name, and the labels where there are any."""

    columns: Mapping[str, Sequence[Any]]
    labels: Sequence[Any] | None = None

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))


def read_samples(path: Path) -> Samples:
    """The samples of a file; raises UsageError for what is none of these, and for columns of different lengths.

    An `inputs` column is what a model with one input is given; else columns have the names of the inputs. A csv has a
    row of names: numbers, those of `labels` apart, are one input. A jsonl has an object a line.
    """
    if not path.exists():
        raise UsageError("there is no such file", where=str(path), advice=f"It takes {_ENDINGS}.")
    reader = _reader(path)
    if reader is None:
        raise UsageError("there are no samples that are read", where=str(path), advice=f"It takes {_ENDINGS}.")
    with failing("reading the samples", str(path)):
        columns = dict(reader(path))
    labels = columns.pop(LABELS, None)
    _check(path, columns, labels)
    return Samples(columns, labels)


def _reader(path: Path) -> Callable[[Path], Mapping[str, Any]] | None:
    if path.is_dir():
        return _folder
    return _READERS.get(path.suffix) if path.is_file() else None


def _check(path: Path, columns: Mapping[str, Sequence[Any]], labels: Sequence[Any] | None) -> None:
    if not columns:
        raise UsageError("it has no inputs", where=str(path), advice=f"Name them {INPUTS!r}, or as the model does.")
    if not min(len(one) for one in columns.values()):
        raise UsageError("it has no examples", where=str(path))
    lengths = {name: len(one) for name, one in columns.items()} | ({} if labels is None else {LABELS: len(labels)})
    if len(set(lengths.values())) > 1:
        said = ", ".join(f"{count:,} of {name}" for name, count in lengths.items())
        raise UsageError(f"its columns differ in length: {said}", where=str(path))


def _npz(path: Path) -> Mapping[str, Any]:
    with np.load(path, allow_pickle=False) as found:
        return {name: found[name] for name in found.files}


def _npy(path: Path) -> Mapping[str, Any]:
    return {INPUTS: np.load(path, allow_pickle=False)}


def _folder(path: Path) -> Mapping[str, Any]:
    return {one.stem: np.load(one, allow_pickle=False) for one in sorted(path.glob("*.npy"))}


def _csv(path: Path) -> Mapping[str, Any]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    names = [name for name in (rows[0] if rows else ()) if name not in (LABELS, "label")]
    inputs = np.array([[float(row[name]) for name in names] for row in rows], dtype=np.float32)
    said = [row[LABELS] if LABELS in row else row["label"] for row in rows if LABELS in row or "label" in row]
    return {INPUTS: inputs, **({LABELS: _labels(said)} if said else {})}


def _jsonl(path: Path) -> Mapping[str, Any]:
    rows = list(_objects(path))
    names = list(dict.fromkeys(name for row in rows for name in row))
    absent = [(at, name) for at, row in enumerate(rows, 1) for name in names if name not in row]
    if absent:
        raise UsageError(f"object {absent[0][0]} has no {absent[0][1]!r}, others do", where=str(path))
    columns: dict[str, Any] = {name: [np.asarray(row[name]) for row in rows] for name in names if name != LABELS}
    return {**columns, **({LABELS: _labels([row[LABELS] for row in rows])} if LABELS in names else {})}


def _objects(path: Path) -> Iterator[Mapping[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            if line.strip():
                yield cast("Mapping[str, Any]", json.loads(line))


def _labels(said: Sequence[Any]) -> np.ndarray[Any, Any]:
    """Whole numbers, numbers, or words."""
    found = np.asarray(said)
    for kind in (np.int64, np.float64):
        try:
            return found.astype(kind) if found.dtype.kind not in "fc" else found
        except ValueError:
            continue
    return found


_READERS: Mapping[str, Callable[[Path], Mapping[str, Any]]] = {
    ".npz": _npz,
    ".npy": _npy,
    ".csv": _csv,
    ".jsonl": _jsonl,
}
