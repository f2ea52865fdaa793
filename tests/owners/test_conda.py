"""Whose the files of a conda prefix are."""

from __future__ import annotations

import json

import pytest

from builders.scenes import distribution_files, scene_of
from deadweight.core.owner import Owner, OwnerKind
from deadweight.owners.conda import CATALOGER

OPENSSL = Owner(OwnerKind.CONDA, "openssl", "3.3.1")


def record(name: str, version: str, files: list[str]) -> bytes:
    paths = {"paths": [{"_path": file, "sha256": "0" * 64, "size_in_bytes": 1} for file in files], "paths_version": 1}
    return json.dumps({"build": "h1", "name": name, "version": version, "files": files, "paths_data": paths}).encode()


@pytest.mark.parametrize("prefix", ["opt/conda/", "opt/conda/envs/serve/", ""])
def test_each_package_has_the_files_that_conda_meta_lists_in_its_prefix(prefix: str) -> None:
    meta = f"{prefix}conda-meta/openssl-3.3.1-h1.json"
    files = {meta: record("openssl", "3.3.1", ["lib/libssl.so.3", "lib/gone"]), f"{prefix}lib/libssl.so.3": b"s"}
    ownership = scene_of(files).ownership
    assert {ownership.of(path) for path in files} == {OPENSSL}
    assert ownership.sources[OPENSSL] == meta


def test_bytecode_of_a_listed_source_goes_with_it() -> None:
    folder = "opt/conda/lib/python3.12"
    files = {
        "opt/conda/conda-meta/python-3.12.4-h1.json": record("python", "3.12.4", ["lib/python3.12/os.py"]),
        f"{folder}/os.py": b"1",
        f"{folder}/__pycache__/os.cpython-312.pyc": b"2",
    }
    owner = scene_of(files).ownership.of(f"{folder}/__pycache__/os.cpython-312.pyc")
    assert owner == Owner(OwnerKind.CONDA, "python", "3.12.4")


def test_a_distribution_in_a_conda_package_is_contested_and_the_distributions() -> None:
    site = "opt/conda/lib/python3.12/site-packages"
    files = distribution_files(site, "numpy", "2.0")
    meta = record("numpy", "2.0", [path.removeprefix("opt/conda/") for path in files])
    ownership = scene_of({**files, "opt/conda/conda-meta/numpy-2.0-py312.json": meta}).ownership
    assert ownership.of(f"{site}/numpy/__init__.py").kind is OwnerKind.DISTRIBUTION
    assert {contest.owners[1] for contest in ownership.contests} == {Owner(OwnerKind.CONDA, "numpy", "2.0")}


@pytest.mark.parametrize("body", [b"", b"{", b'{"files": 3}', b"[" * 100_000])
def test_a_record_that_cannot_be_read_tells_its_name_by_its_own(body: bytes) -> None:
    path = "opt/conda/conda-meta/ca-certificates-2024.7.4-hbcca054_0.json"
    scene = scene_of({path: body})
    assert scene.ownership.of(path) == Owner(OwnerKind.CONDA, "ca-certificates")
    assert [gap.where for gap in scene.gaps] == [path]


def test_the_history_beside_the_records_is_no_package() -> None:
    listing = scene_of({"opt/conda/conda-meta/history": b"h"}).listing
    assert list(CATALOGER.claims(listing)) == []
