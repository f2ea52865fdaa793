"""Whose the files of an rpm system are, with databases that rpm itself made."""

from __future__ import annotations

import shutil
import sqlite3
import struct
import subprocess
from pathlib import Path

import pytest

from builders.scenes import scene_of
from deadweight.core.errors import Corrupt
from deadweight.core.owner import Owner, OwnerKind
from deadweight.owners.rpm import ndb_blobs, sqlite_blobs
from deadweight.owners.rpm_header import file_paths, full_version, header_of

SPEC = """
Name: tool
Epoch: {epoch}
Version: 1.5
Release: 3
Summary: a tool
License: none
BuildArch: noarch
%description
%install
mkdir -p %{{buildroot}}/usr/bin %{{buildroot}}/usr/share/tool
echo x > %{{buildroot}}/usr/bin/tool
echo d > %{{buildroot}}/usr/share/tool/data
%files
/usr/bin/tool
%dir /usr/share/tool
/usr/share/tool/data
"""
TOOL = Owner(OwnerKind.OS_PACKAGE, "tool", "2:1.5-3")
FILES = {"usr/bin/tool": b"x\n", "usr/share/tool/data": b"d\n"}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package that rpmbuild made."""
    if shutil.which("rpmbuild") is None or shutil.which("rpm") is None:
        pytest.skip("this machine has no rpmbuild")
    top = tmp_path_factory.mktemp("rpm")
    (top / "tool.spec").write_text(SPEC.format(epoch=2))
    defined = ["--define", f"_topdir {top}", "--define", "debug_package %{nil}"]
    subprocess.run(["rpmbuild", "-bb", *defined, top / "tool.spec"], check=True, capture_output=True)
    (made,) = top.glob("RPMS/*/*.rpm")
    return made


@pytest.fixture
def database(package: Path, tmp_path: Path) -> bytes:
    """The database of a root that rpm installed the package into."""
    options = ["--define", "_db_backend sqlite", "--define", "_dbpath /var/lib/rpm", "--justdb", "--nodeps"]
    subprocess.run(["rpm", "--root", tmp_path, *options, "-i", package], check=True, capture_output=True)
    return (tmp_path / "var/lib/rpm/rpmdb.sqlite").read_bytes()


@pytest.mark.parametrize("place", ["var/lib/rpm", "usr/lib/sysimage/rpm", "usr/share/rpm"])
def test_a_database_that_rpm_made_tells_the_files_of_its_packages(database: bytes, place: str) -> None:
    scene = scene_of({f"{place}/rpmdb.sqlite": database, f"{place}/.rpm.lock": b"l", **FILES})
    assert {path: scene.ownership.of(path) for path in FILES} == dict.fromkeys(FILES, TOOL)
    assert scene.ownership.of("usr/share/tool") == TOOL
    assert scene.ownership.of(f"{place}/.rpm.lock").name == "rpm"
    assert scene.ownership.sources[TOOL] == f"{place}/rpmdb.sqlite"


def ndb_of(*blobs: bytes) -> bytes:
    """An ndb database: one page of slots, the head in the first two of them, then the blobs in blocks of 16 bytes."""
    slots, content = b"", b""
    for package, blob in enumerate(blobs, 1):
        body = b"BlbS" + struct.pack("<III", package, 1, len(blob)) + blob
        body += b"\0" * (-len(body) % 16)
        slots += b"Slot" + struct.pack("<III", package, (4096 + len(content)) // 16, len(body) // 16)
        content += body
    empty = (b"Slot" + bytes(12)) * (254 - len(blobs))
    return b"RpmP" + struct.pack("<III", 0, 1, 1) + bytes(16) + slots + empty + content


def test_an_ndb_database_tells_the_same_headers(database: bytes) -> None:
    headers = tuple(sqlite_blobs(database))
    made = ndb_of(*headers, header(WHOLE))
    assert tuple(ndb_blobs(made)) == (*headers, header(WHOLE))
    scene = scene_of({"usr/lib/sysimage/rpm/Packages.db": made, **FILES})
    assert scene.ownership.of("usr/bin/tool") == TOOL


def header(tags: dict[int, tuple[int, int, bytes]]) -> bytes:
    """A header of these tags: type, count and the values' bytes."""
    index, store = b"", b""
    for tag, (kind, count, values) in tags.items():
        store += b"\0" * (-len(store) % 4)
        index += struct.pack(">IIiI", tag, kind, len(store), count)
        store += values
    return struct.pack(">II", len(tags), len(store)) + index + store


WHOLE = {
    1000: (6, 1, b"tool\0"),
    1001: (6, 1, b"1\0"),
    1002: (6, 1, b"2\0"),
    1116: (4, 2, struct.pack(">II", 0, 1)),
    1117: (8, 2, b"a\0b\0"),
    1118: (8, 2, b"/usr/\0/\0"),
}


def test_a_header_tells_name_version_and_paths() -> None:
    made = header_of(header(WHOLE))
    assert (full_version(made), list(file_paths(made))) == ("1-2", ["usr/a", "b"])


def test_a_package_without_files_has_none() -> None:
    assert list(file_paths(header_of(header({1000: (6, 1, b"empty\0")})))) == []


@pytest.mark.parametrize(
    "damage",
    [
        {1116: (4, 2, struct.pack(">II", 0, 7))},
        {1116: (4, 1, struct.pack(">I", 0))},
        {1117: (8, 20, b"a\0b\0")},
        {1117: (4, 1, b"aaaa")},
        {1116: (4, 60, struct.pack(">II", 0, 1))},
    ],
)
def test_lists_that_disagree_are_corrupt(damage: dict[int, tuple[int, int, bytes]]) -> None:
    with pytest.raises(Corrupt):
        list(file_paths(header_of(header({**WHOLE, **damage}))))


@pytest.mark.parametrize("length", [0, 7, 8, 40])
def test_a_header_that_is_cut_off_is_corrupt(length: int) -> None:
    with pytest.raises(Corrupt):
        header_of(header(WHOLE)[:length])


def sqlite_database(folder: Path, statement: str, *values: bytes) -> bytes:
    """A database in write-ahead mode, as rpm keeps it, made by these statements."""
    path = folder / "db"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(
        "CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob BLOB)"
    ) if "VIEW" not in statement else None
    connection.execute(statement, values)
    connection.commit()
    connection.close()
    return path.read_bytes()


def test_what_comes_after_a_damaged_header_is_a_gap(tmp_path: Path) -> None:
    body = sqlite_database(tmp_path, "INSERT INTO Packages (blob) VALUES (?), (?)", header(WHOLE), b"torn")
    scene = scene_of({"var/lib/rpm/rpmdb.sqlite": body, "usr/a": b"a"})
    assert [gap.where for gap in scene.gaps] == ["var/lib/rpm/rpmdb.sqlite"]
    assert scene.ownership.of("usr/a") == Owner(OwnerKind.OS_PACKAGE, "tool", "1-2")


@pytest.mark.parametrize(
    "statement", ["CREATE VIEW Packages AS SELECT 1 AS hnum, NULL AS blob", "CREATE TABLE x_VIEW (y)"]
)
def test_a_database_of_another_shape_is_corrupt(tmp_path: Path, statement: str) -> None:
    with pytest.raises(Corrupt):
        list(sqlite_blobs(sqlite_database(tmp_path, statement)))


@pytest.mark.parametrize("body", [b"", b"SQLite format 3\0", b"x" * 8192])
def test_what_is_no_database_is_corrupt(body: bytes) -> None:
    with pytest.raises(Corrupt):
        list(sqlite_blobs(body))
    with pytest.raises(Corrupt):
        list(ndb_blobs(body))


def test_a_slot_that_leads_nowhere_is_corrupt() -> None:
    head = b"RpmP" + struct.pack("<III", 0, 1, 1) + b"\0" * 16
    with pytest.raises(Corrupt):
        list(ndb_blobs(head + b"Slot" + struct.pack("<III", 1, 999, 1) + b"\0" * 4048))


def test_a_berkeley_database_is_claimed_and_a_gap() -> None:
    scene = scene_of({"var/lib/rpm/Packages": b"\0" * 100, "usr/a": b"a"})
    assert scene.ownership.of("var/lib/rpm/Packages") == Owner(OwnerKind.OS_PACKAGE, "rpm")
    assert [gap.where for gap in scene.gaps] == ["var/lib/rpm/Packages"]
