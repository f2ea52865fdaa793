"""What RECORD expects: read, and made wrong one line at a time."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.zips import wheel_files, zip_of
from deadweight.core.errors import Corrupt, DeadweightError, Hostile
from deadweight.core.limits import Limits
from deadweight.core.seams import Opening
from deadweight.formats.wheel import FORMAT
from deadweight.formats.zips.wheel_record import wheel_file

RECORD = "thing-1.0.dist-info/RECORD"
BODY = b"print('thing')\n"
NAMES = st.lists(st.text("abé ,\"'-", min_size=1, max_size=8), min_size=1, max_size=3).map("/".join)


def opened(path: Path, limits: Limits | None = None) -> dict[str, int]:
    """The files of the wheel, once every body was held against RECORD."""
    artifact = FORMAT.open(path, Opening(limits=limits or Limits()))
    return {entry.path: entry.size for entry in artifact.inventory.visible if entry.kind == "file"}


def line(path: str, body: bytes, algorithm: str = "sha256") -> str:
    digest = base64.urlsafe_b64encode(hashlib.new(algorithm, body).digest()).rstrip(b"=").decode()
    return f"{path},{algorithm}={digest},{len(body)}"


def wheel(folder: Path, **changed: str) -> Path:
    """A wheel whose RECORD has another line for thing.py, and then more."""
    files = wheel_files({"thing.py": BODY})
    listed = files[RECORD].decode().splitlines()
    listed[0] = changed.get("first", listed[0])
    files[RECORD] = "\n".join([*listed, *([changed["more"]] if "more" in changed else [])]).encode() + b"\n"
    return zip_of(folder / "thing-1.0-py3-none-any.whl", files)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(files=st.dictionaries(NAMES, st.binary(max_size=30), max_size=4))
def test_a_true_record_of_any_names_is_taken(files: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> None:
    kept = {path: body for path, body in files.items() if not any(other.startswith(path + "/") for other in files)}
    held = wheel_files(kept)
    path = zip_of(tmp_path_factory.mktemp("made") / "thing-1.0-py3-none-any.whl", held)
    assert opened(path) == {name: len(body) for name, body in held.items()}


@pytest.mark.parametrize("algorithm", ["sha256", "sha384", "sha512", "blake2b", "sha3_256"])
def test_every_sound_algorithm_is_checked(algorithm: str, tmp_path: Path) -> None:
    assert opened(wheel(tmp_path / "right", first=line("thing.py", BODY, algorithm)))["thing.py"] == len(BODY)
    with pytest.raises(Corrupt, match=r"thing\.py"):
        opened(wheel(tmp_path / "wrong", first=line("thing.py", BODY[::-1], algorithm)))


@pytest.mark.parametrize(
    "first",
    [
        "thing.py,,",
        "thing.py,sha256=,15",
        "thing.py",
        line("thing.py", BODY, "md5"),
        line("thing.py", BODY, "sha1"),
        "thing.py,shake_128=AAAA,15",
        "thing.py,rot13=AAAA,15",
        line("thing.py", BODY).replace("sha256", "SHA256"),
        line("thing.py", BODY).rpartition(",")[0],
        line("thing.py", BODY) + "x",
        line("thing.py", BODY).rpartition(",")[0] + ",-15",
        line("thing.py", BODY).rpartition(",")[0] + ",14",
        "thing.py,sha256=é,15",
        "thing.py,sha256=A,15",
        line("other.py", BODY),
        line("", BODY),
        '"thing.py' + "x" * 200_000,
    ],
)
def test_a_line_that_proves_nothing_is_refused(first: str, tmp_path: Path) -> None:
    assert opened(wheel(tmp_path / "right"))
    with pytest.raises(Corrupt):
        opened(wheel(tmp_path / "wrong", first=first))


@pytest.mark.parametrize("name", ["../thing.py", "a/../../thing.py"])
def test_a_line_that_climbs_out_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(Hostile, match="climbs out"):
        opened(wheel(tmp_path, more=line(name, BODY)))


@pytest.mark.parametrize("again", ["thing.py", "./thing.py", "/thing.py", "thing.py/"])
def test_a_file_is_named_once_however_it_is_spelled(again: str, tmp_path: Path) -> None:
    with pytest.raises(Corrupt, match=r"names 'thing\.py' twice"):
        opened(wheel(tmp_path, more=line(again, BODY)))


def test_empty_lines_are_nothing(tmp_path: Path) -> None:
    assert opened(wheel(tmp_path, more="\n\n"))["thing.py"] == len(BODY)


def test_a_record_that_is_no_utf8_is_corrupt(tmp_path: Path) -> None:
    files = {**wheel_files({}), RECORD: b"caf\xe9,sha256=x,1\n"}
    with pytest.raises(Corrupt, match="not UTF-8"):
        opened(zip_of(tmp_path / "made.whl", files))


def test_a_record_over_the_limit_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(Hostile, match=r"a RECORD of \d+ bytes"):
        opened(wheel(tmp_path), Limits(metadata=100))


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["a-1.dist-info/WHEEL", "a.py"], "a-1.dist-info/WHEEL"),
        (["a-1.dist-info/WHEEL", "b-1.dist-info/WHEEL"], None),
        (["a/b-1.dist-info/WHEEL"], None),
        (["a-1.dist-info/WHEEL/x", "a-1.dist-info/wheel"], None),
        ([], None),
    ],
)
def test_there_is_one_wheel_file_at_the_top(names: list[str], found: str | None) -> None:
    assert wheel_file(names) == found


@settings(max_examples=60, deadline=None, derandomize=True)
@given(place=st.integers(0, 400), text=st.sampled_from(["", "x", ",", '"', "\n", "=", "é", "\0", "../"]))
def test_a_changed_record_is_refused_or_says_the_same(
    place: int, text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    files = wheel_files({"thing.py": BODY})
    body = files[RECORD].decode()
    place %= len(body)
    changed = {**files, RECORD: (body[:place] + text + body[place + 1 :]).encode()}
    path = zip_of(tmp_path_factory.mktemp("made") / "thing-1.0-py3-none-any.whl", changed)
    try:
        held = opened(path)
    except DeadweightError as refused:
        assert refused.exit_code == 4  # noqa: PT017  # either is right
        return
    assert set(held) == set(files)
    assert true_lines(changed) == true_lines(files)


def true_lines(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """What each line says, as the csv module and base64 read it."""
    said = {}
    for row in csv.reader(io.StringIO(files[RECORD].decode(), newline="")):
        if row and row[0] != RECORD:
            digest = row[1].partition("=")[2]
            said[row[0].removeprefix("./")] = base64.urlsafe_b64decode(digest + "=" * (-len(digest) % 4))
    return said


def test_zipfile_reads_the_same_files(tmp_path: Path) -> None:
    path = wheel(tmp_path)
    with zipfile.ZipFile(path) as archive:
        assert opened(path) == {info.filename: info.file_size for info in archive.infolist()}
