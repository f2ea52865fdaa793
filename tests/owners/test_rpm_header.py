"""Headers of rpm packages, whole and damaged."""

from __future__ import annotations

import struct
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deadweight.core.errors import Corrupt
from deadweight.owners.rpm_header import BASENAMES, EPOCH, NAME, RELEASE, VERSION, file_paths, full_version, header_of

INT32, STRING, STRING_ARRAY, I18N = 4, 6, 8, 9


def header(tags: dict[int, tuple[int, int, bytes]]) -> bytes:
    """A header of these tags: type, count and the values' bytes (rpm file format, version 4)."""
    index, store = b"", b""
    for tag, (kind, count, values) in tags.items():
        store += b"\0" * (-len(store) % 4)
        index += struct.pack(">IIiI", tag, kind, len(store), count)
        store += values
    return struct.pack(">II", len(tags), len(store)) + index + store


def versioned(epoch: int | None = None) -> bytes:
    told = {} if epoch is None else {EPOCH: (INT32, 1, struct.pack(">I", epoch))}
    return header({VERSION: (STRING, 1, b"1.2\0"), RELEASE: (STRING, 1, b"3.el9\0"), **told})


def test_the_epoch_is_only_told_where_there_is_one() -> None:
    assert full_version(header_of(versioned())) == "1.2-3.el9"
    assert full_version(header_of(versioned(epoch=0))) == "1.2-3.el9"
    assert full_version(header_of(versioned(epoch=2))) == "2:1.2-3.el9"


@pytest.mark.parametrize("kind", [STRING, STRING_ARRAY, I18N])
def test_every_kind_of_text_is_text(kind: int) -> None:
    assert header_of(header({NAME: (kind, 1, b"bash\0")})).text(NAME) == "bash"


def test_a_tag_that_is_not_there_is_empty() -> None:
    made = header_of(header({}))
    assert (made.text(NAME), made.texts(BASENAMES), made.numbers(EPOCH)) == ("", (), ())


def test_texts_come_in_their_order() -> None:
    assert header_of(header({BASENAMES: (STRING_ARRAY, 3, b"b\0\0a\0")})).texts(BASENAMES) == ("b", "", "a")


def test_a_tag_of_another_type_is_corrupt() -> None:
    made = header_of(header({NAME: (INT32, 1, b"\0\0\0\1"), EPOCH: (STRING, 1, b"2\0")}))
    with pytest.raises(Corrupt, match="no text"):
        made.text(NAME)
    with pytest.raises(Corrupt, match="no numbers"):
        made.numbers(EPOCH)


def test_a_text_without_its_end_is_corrupt() -> None:
    with pytest.raises(Corrupt, match="cut off"):
        header_of(header({NAME: (STRING, 1, b"bash")})).text(NAME)


def test_a_count_that_the_blob_cannot_hold_is_corrupt() -> None:
    with pytest.raises(Corrupt):
        header_of(struct.pack(">II", 0x10000, 0) + bytes(0x10000 * 16))
    with pytest.raises(Corrupt):
        header_of(struct.pack(">II", 0, 1 << 31))


@settings(max_examples=150, derandomize=True, deadline=None)
@given(st.data())
def test_any_damage_is_read_or_refused_as_corrupt(data: st.DataObject) -> None:
    """No byte of a database makes anything but Corrupt: the reader is handed what strangers wrote."""
    whole = bytearray(versioned(epoch=2))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with suppress(Corrupt):
        made = header_of(bytes(whole[: data.draw(st.integers(0, len(whole)))]))
        assert "-" in full_version(made)
        list(file_paths(made))
