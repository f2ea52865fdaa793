"""The central directory of a zip, made wrong one field at a time."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.zips import Part, parts_of, raw_zip
from deadweight.core.errors import Corrupt, DeadweightError, Hostile, Unknown
from deadweight.core.limits import DEFAULT_LIMITS, Limits
from deadweight.formats.zips.directory import Central, read_central
from deadweight.formats.zips.local import Layout, read_layout

BODY = b"body"


def read(body: bytes, limits: Limits = DEFAULT_LIMITS) -> tuple[Central, Layout]:
    file = io.BytesIO(body)
    central = read_central(file, "made", limits)
    return central, read_layout(file, central, "made")


def honest(folder: Path, count: int) -> bytes:
    """A zip of so many small members."""
    files = [(f"{number}", BODY * number) for number in range(count)]
    return raw_zip(folder / "honest.zip", parts_of(files)).read_bytes()


def wrong(folder: Path, part: Part, after: Part | None = None) -> tuple[Central, Layout]:
    return read(raw_zip(folder / "made.zip", [part, after or Part(b"after", BODY)]).read_bytes())


@pytest.mark.parametrize("flag", [0x0001, 0x0040, 0x2000])
def test_an_encrypted_member_is_named(flag: int, tmp_path: Path) -> None:
    with pytest.raises(Unknown, match="'a' is encrypted"):
        wrong(tmp_path, Part(b"a", BODY, flags=flag))


def test_a_patch_and_another_disk_are_unknown(tmp_path: Path) -> None:
    with pytest.raises(Unknown, match="a patch"):
        wrong(tmp_path, Part(b"a", BODY, flags=0x0020))
    with pytest.raises(Unknown, match="several disks"):
        wrong(tmp_path, Part(b"a", BODY, central={"disk": 3}))


def test_more_members_than_the_limit_are_refused_before_they_are_read(tmp_path: Path) -> None:
    body = honest(tmp_path, 9)
    assert len(read(body, Limits(entries=9))[0].members) == 9
    with pytest.raises(Hostile, match="a central directory of 9 entries"):
        read(body, Limits(entries=8))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(place=st.integers(0, 400), change=st.integers(1, 255))
def test_a_changed_byte_is_refused_or_leaves_every_body_at_its_place(
    place: int, change: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    body = honest(tmp_path_factory.mktemp("made"), 3)
    changed = bytearray(body)
    changed[place % len(body)] ^= change
    try:
        _, layout = read(bytes(changed))
    except DeadweightError as refused:
        assert refused.exit_code == 4  # noqa: PT017  # either is right
        return
    assert [(one.start, one.member.packed) for one in layout.places] == [
        (one.start, one.member.packed) for one in read(body)[1].places
    ]


def test_a_directory_longer_or_shorter_than_said_is_refused(tmp_path: Path) -> None:
    body = honest(tmp_path, 2)
    start = struct.unpack_from("<I", body, len(body) - 6)[0]
    size = struct.unpack_from("<I", body, len(body) - 10)[0]
    for count, length in ((1, size), (3, size), (2, size - 1), (2, size + 1), (2, size // 2)):
        end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, count, count, length, start, 0)
        with pytest.raises(DeadweightError) as refused:
            read(body[:-22] + end)
        assert isinstance(refused.value, Hostile | Corrupt)
