from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from builders.zips import Part, record_of, wheel_files, zip_of
from deadweight.core.changes import Changes
from deadweight.core.entry import Kind
from deadweight.core.errors import Corrupt, Hostile, Refused
from deadweight.core.seams import Opening, Packing
from deadweight.formats.directory import FORMAT as DIRECTORY
from deadweight.formats.recognition import recognise
from deadweight.formats.wheel import FORMAT
from deadweight.formats.zip import FORMAT as ZIP

INFO = "thing-1.0.dist-info"
RECORD = f"{INFO}/RECORD"
SOURCES = {"thing/__init__.py": b"answer = 42\n", "thing/data, with comma.txt": b"data\n" * 100}


def wheel(folder: Path, files: dict[str, bytes]) -> Path:
    return zip_of(folder / "thing-1.0-py3-none-any.whl", files)


def refused(folder: Path, files: dict[str, bytes]) -> Refused:
    path = wheel(folder, files)
    assert recognise(path).name == "wheel"
    with pytest.raises(Refused) as caught:
        FORMAT.open(path, Opening())
    return caught.value


def test_a_true_wheel_is_opened_and_named_as_one(tmp_path: Path) -> None:
    path = wheel(tmp_path, wheel_files(SOURCES))
    assert recognise(path).name == "wheel"
    artifact = FORMAT.open(path, Opening(keep=("*.dist-info/METADATA",)))
    assert {entry.path for entry in artifact.inventory.visible} == set(wheel_files(SOURCES))
    assert set(artifact.small) == {f"{INFO}/METADATA"}


@pytest.mark.parametrize("path", sorted(SOURCES))
def test_a_file_that_is_not_what_record_says_is_named(path: str, tmp_path: Path) -> None:
    files = wheel_files(SOURCES)
    error = refused(tmp_path, {**files, path: files[path].replace(b"a", b"b")})
    assert isinstance(error, Corrupt)
    assert path in error.message


def test_a_file_that_record_leaves_out_is_named(tmp_path: Path) -> None:
    error = refused(tmp_path, {**wheel_files(SOURCES), "thing/extra.py": b""})
    assert "thing/extra.py" in error.message


def test_a_file_that_record_names_and_is_not_there_is_named(tmp_path: Path) -> None:
    files = wheel_files(SOURCES)
    del files["thing/__init__.py"]
    assert "thing/__init__.py" in refused(tmp_path, files).message


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"sha256=", b"md5="),
        (b"sha256=", b"sha1="),
        (b"sha256=", b"nonsense="),
        (b"sha256=", b""),
        (b",12\n", b",13\n"),
        (b",12\n", b",many\n"),
        (b",12\n", b"\n"),
        (b"thing/__init__.py", b"../../thing/__init__.py"),
        (b"thing/__init__.py", b"\xff\xfe"),
    ],
)
def test_a_record_that_proves_nothing_is_refused(old: bytes, new: bytes, tmp_path: Path) -> None:
    files = wheel_files(SOURCES)
    assert old in files[RECORD]
    assert refused(tmp_path, {**files, RECORD: files[RECORD].replace(old, new, 1)}).exit_code == 4


def test_a_record_that_names_a_file_twice_is_refused(tmp_path: Path) -> None:
    files = wheel_files(SOURCES)
    first = files[RECORD].splitlines(keepends=True)[0]
    assert "twice" in refused(tmp_path, {**files, RECORD: files[RECORD] + first}).message


def test_signatures_need_not_be_listed_and_longer_digests_are_taken(tmp_path: Path) -> None:
    files = {**wheel_files(SOURCES), f"{INFO}/RECORD.jws": b"{}", f"{INFO}/RECORD.p7s": b"x"}
    assert FORMAT.open(wheel(tmp_path, files), Opening()).format == "wheel"


def test_a_wheel_without_record_is_refused(tmp_path: Path) -> None:
    files = wheel_files(SOURCES)
    del files[RECORD]
    assert "RECORD" in refused(tmp_path, files).message


def test_a_zip_with_metadata_of_two_distributions_is_no_wheel(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "x.whl", {**wheel_files(SOURCES), **wheel_files({"b.py": b""}, name="other")})
    assert recognise(path).name == "zip"


def test_a_hostile_wheel_is_refused_as_the_zip_it_is(tmp_path: Path) -> None:
    from builders.zips import raw_zip

    parts = [Part(name.encode(), body) for name, body in wheel_files(SOURCES).items()]
    parts[0] = replace(parts[0], local={"name": b"thing/__evil__.py"})
    path = raw_zip(tmp_path / "x.whl", parts)
    with pytest.raises(Hostile, match="called"):
        recognise(path).open(path, Opening())


def test_a_link_in_a_wheel_is_the_file_that_installers_make_of_it(tmp_path: Path) -> None:
    files = wheel_files({**SOURCES, "link": b"/etc/passwd"})
    path = tmp_path / "thing-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, body in files.items():
            info = zipfile.ZipInfo(name)
            info.create_system, info.external_attr = 3, (0o120777 if name == "link" else 0o100644) << 16
            archive.writestr(info, body)
    entry = next(one for one in FORMAT.open(path, Opening()).inventory.visible if one.path == "link")
    assert (entry.kind, entry.size) == (Kind.FILE, 11)


def packed(folder: Path, changes: Changes | None = None, **how: object) -> Path:
    source = wheel(folder, wheel_files(SOURCES))
    out = folder / "out" / source.name
    out.parent.mkdir(exist_ok=True)
    assert FORMAT.pack is not None
    packing = replace(Packing(), **how)  # type: ignore[arg-type]  # the caller names fields of Packing
    FORMAT.pack(FORMAT.open(source, Opening()), changes or Changes(), out, packing)
    return out


def test_a_packed_wheel_is_ordered_dated_and_whole_for_zipfile(tmp_path: Path) -> None:
    out = packed(tmp_path)
    with zipfile.ZipFile(out) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert names == [*sorted(SOURCES), f"{INFO}/METADATA", f"{INFO}/WHEEL", RECORD]
    assert subprocess.run([sys.executable, "-m", "zipfile", "-t", out], capture_output=True, check=True)


def test_a_packed_wheel_carries_the_date_of_the_epoch(tmp_path: Path) -> None:
    with zipfile.ZipFile(packed(tmp_path, epoch=1_600_000_000)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(2020, 9, 13, 12, 26, 40)}


def test_pip_installs_a_packed_wheel_and_finds_it_whole(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]
    if subprocess.run([*pip, "--version"], capture_output=True, check=False).returncode:
        pytest.skip("this environment has no pip")
    out = packed(tmp_path)
    target = tmp_path / "site"
    subprocess.run([*pip, "install", "-q", "--no-index", "--no-deps", "--target", target, out], check=True)
    environment = {**os.environ, "PYTHONPATH": str(target)}
    script = """
import base64, hashlib, importlib.metadata, thing
files = importlib.metadata.files("thing")
for file in files:
    if file.hash:
        digest = base64.urlsafe_b64encode(hashlib.sha256(file.read_binary()).digest()).rstrip(b"=").decode()
        assert (file.hash.mode, file.hash.value) == ("sha256", digest), file
print(thing.answer, len(files) > 4)
"""
    assert subprocess.check_output([sys.executable, "-c", script], env=environment, text=True) == "42 True\n"


def test_a_removed_file_leaves_a_true_wheel_when_record_is_replaced(tmp_path: Path) -> None:
    files = wheel_files(SOURCES)
    gone = "thing/data, with comma.txt"
    staged = tmp_path / "RECORD"
    staged.write_bytes(record_of({path: body for path, body in files.items() if path not in (gone, RECORD)}, RECORD))
    out = packed(tmp_path, Changes(removed=frozenset({gone}), replaced={RECORD: staged}))
    assert gone not in {entry.path for entry in FORMAT.open(out, Opening()).inventory.visible}
    assert out.stat().st_size < (tmp_path / out.name).stat().st_size


def test_a_wheel_unpacks_to_a_directory_and_that_to_a_zip(tmp_path: Path) -> None:
    artifact = FORMAT.open(wheel(tmp_path, wheel_files(SOURCES)), Opening())
    assert DIRECTORY.pack is not None
    assert ZIP.pack is not None
    DIRECTORY.pack(artifact, Changes(), tmp_path / "tree", Packing())
    for path, body in wheel_files(SOURCES).items():
        assert (tmp_path / "tree" / path).read_bytes() == body
    ZIP.pack(DIRECTORY.open(tmp_path / "tree", Opening()), Changes(), tmp_path / "again.whl", Packing())
    assert recognise(tmp_path / "again.whl").name == "wheel"
