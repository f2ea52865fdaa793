"""Local headers of a zip, held against its central directory."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from builders.zips import Part, descriptor, raw_zip
from deadweight.core.errors import Corrupt, DeadweightError, Hostile
from deadweight.core.limits import DEFAULT_LIMITS
from deadweight.formats.zips.directory import Central, read_central
from deadweight.formats.zips.local import Layout, read_layout

BODY = b"body"


def read(body: bytes) -> tuple[Central, Layout]:
    file = io.BytesIO(body)
    central = read_central(file, "made", DEFAULT_LIMITS)
    return central, read_layout(file, central, "made")


def wrong(folder: Path, part: Part, after: Part | None = None) -> tuple[Central, Layout]:
    return read(raw_zip(folder / "made.zip", [part, after or Part(b"after", BODY)]).read_bytes())


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", b"b"), ("flags", 0x0800), ("method", 0), ("crc", 1), ("size", 5), ("packed", 0), ("size", 0xFFFFFFFF)],
)
def test_a_local_header_that_says_something_else_is_refused(field: str, value: bytes | int, tmp_path: Path) -> None:
    with pytest.raises(DeadweightError) as refused:
        wrong(tmp_path, Part(b"a", BODY, local={field: value}))
    assert isinstance(refused.value, Hostile | Corrupt)


@pytest.mark.parametrize("signed", [True, False])
def test_a_body_described_after_it_is_taken_where_the_description_is_true(signed: bool, tmp_path: Path) -> None:
    nothing: dict[str, bytes | int] = {"crc": 0, "packed": 0, "size": 0}
    part = Part(b"a", BODY, flags=0x0008, local=nothing)
    part.after = descriptor(part, signed)
    assert wrong(tmp_path, part)[1].unreferenced == 0
    part.after = descriptor(part, signed, crc=1)
    with pytest.raises(Hostile, match="described otherwise"):
        wrong(tmp_path, part)


def test_bytes_between_members_are_counted_and_a_hidden_member_is_refused(tmp_path: Path) -> None:
    assert wrong(tmp_path, Part(b"a", BODY, after=b"junk"))[1].unreferenced == 4
    with pytest.raises(Hostile, match="does not name follows 'a'"):
        read(
            raw_zip(
                tmp_path / "made.zip", [Part(b"a", BODY), Part(b"h", BODY, hidden=True), Part(b"b", BODY)]
            ).read_bytes()
        )


def test_members_that_share_bytes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DeadweightError, match=r"overlaps|beyond|no header"):
        wrong(tmp_path, Part(b"a", BODY), Part(b"b", BODY, central={"offset": 3}))
    with pytest.raises(Hostile, match=r"overlaps|is called"):
        wrong(tmp_path, Part(b"a", BODY), Part(b"b", BODY, central={"offset": 0}))


def longer(name: bytes, by: int) -> Part:
    """A member that both headers say is longer than it is."""
    said: dict[str, bytes | int] = {"packed": len(BODY) + by, "size": len(BODY) + by}
    return Part(name, BODY, method=0, local=said, central=said)


def test_a_body_that_reaches_into_the_next_member_or_the_directory_is_refused(tmp_path: Path) -> None:
    assert wrong(tmp_path, longer(b"a", 0), longer(b"b", 0))[1].unreferenced == 0
    with pytest.raises(Hostile, match="'a' overlaps the member after it"):
        wrong(tmp_path, longer(b"a", 1))
    with pytest.raises(Corrupt, match="the body of 'b' reaches beyond"):
        wrong(tmp_path, longer(b"a", 0), longer(b"b", 1))
