"""Samples are read from plain files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from deadweight.core.errors import UsageError
from deadweight.judging.sample_files import read_samples


def test_npz_holds_columns_and_labels(tmp_path: Path) -> None:
    np.savez(tmp_path / "data.npz", ids=np.arange(6).reshape(3, 2), mask=np.ones((3, 2)), labels=np.array([0, 1, 0]))
    found = read_samples(tmp_path / "data.npz")
    assert list(found.columns) == ["ids", "mask"]
    assert found.labels is not None
    assert list(found.labels) == [0, 1, 0]
    assert len(found) == 3


def test_npy_is_the_inputs(tmp_path: Path) -> None:
    np.save(tmp_path / "data.npy", np.arange(6).reshape(3, 2))
    found = read_samples(tmp_path / "data.npy")
    assert found.labels is None
    assert found.columns["inputs"][2].tolist() == [4, 5]


def test_a_folder_holds_a_column_a_file(tmp_path: Path) -> None:
    for name in ("ids", "mask", "labels"):
        np.save(tmp_path / f"{name}.npy", np.arange(4))
    found = read_samples(tmp_path)
    assert sorted(found.columns) == ["ids", "mask"]
    assert found.labels is not None


def test_csv_is_one_input_of_numbers(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("width,label,height\n1,cat,2.5\n3,dog,-4\n")
    found = read_samples(tmp_path / "data.csv")
    assert np.asarray(found.columns["inputs"]).tolist() == [[1, 2.5], [3, -4]]
    assert found.labels is not None
    assert list(found.labels) == ["cat", "dog"]


def test_csv_labels_that_are_numbers_are_numbers(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("x,labels\n1,2\n3,0\n")
    found = read_samples(tmp_path / "data.csv")
    assert np.asarray(found.labels).dtype == np.int64
    (tmp_path / "data.csv").write_text("x,labels\n1,2.5\n3,0\n")
    assert np.asarray(read_samples(tmp_path / "data.csv").labels).tolist() == [2.5, 0]


def test_jsonl_rows_may_differ_in_length(tmp_path: Path) -> None:
    rows = [{"inputs": [1, 2, 3], "labels": 1}, {"inputs": [4], "labels": 0}]
    (tmp_path / "data.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n\n")
    found = read_samples(tmp_path / "data.jsonl")
    assert [one.tolist() for one in found.columns["inputs"]] == [[1, 2, 3], [4]]
    assert np.asarray(found.labels).tolist() == [1, 0]


@pytest.mark.parametrize(
    ("name", "body", "says"),
    [
        ("data.txt", "1 2", "no samples that are read"),
        ("data.npz", "no zip", "reading the samples failed"),
        ("data.csv", "x,y\n1,two\n", "could not convert string to float"),
        ("data.csv", "", "it has no examples"),
        ("data.jsonl", '{"inputs": [1]}\n{"inputs": ', "JSONDecodeError"),
        ("data.jsonl", '{"inputs": [1], "labels": 1}\n{"inputs": [1]}\n', "object 2 has no 'labels', others do"),
        ("data.jsonl", '{"labels": 1}\n', "it has no inputs"),
        ("absent.npz", None, "there is no such file"),
    ],
)
def test_what_is_no_sample_file_is_told(tmp_path: Path, name: str, body: str | None, says: str) -> None:
    if body is not None:
        (tmp_path / name).write_text(body)
    with pytest.raises(UsageError, match=says):
        read_samples(tmp_path / name)


def test_columns_of_different_lengths_are_told(tmp_path: Path) -> None:
    np.savez(tmp_path / "data.npz", ids=np.zeros((3, 2)), labels=np.zeros(4))
    with pytest.raises(UsageError, match="differ in length: 3 of ids, 4 of labels"):
        read_samples(tmp_path / "data.npz")


def test_nothing_of_a_pickle_is_run(tmp_path: Path) -> None:
    """An array of objects is a pickle, which runs what it likes when it is loaded."""
    np.savez(tmp_path / "data.npz", inputs=np.array([{"a": 1}], dtype=object))
    with pytest.raises(UsageError, match="allow_pickle"):
        read_samples(tmp_path / "data.npz")
