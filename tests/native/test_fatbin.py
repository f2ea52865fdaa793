from __future__ import annotations

import io
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.elves import damaged
from builders.fatbins import LINKER, Variant, container, cubin, ptx
from deadweight.core.errors import Corrupt
from deadweight.native.fatbin import CONTAINER, Container, Place, containers


class Forward(io.BytesIO):
    """A stream that only goes forward, as that of a compressed layer."""

    def seekable(self) -> bool:
        return False

    def seek(self, offset: int, whence: int = 0) -> int:
        raise io.UnsupportedOperation("seek")


def walked(body: bytes, *places: Place) -> tuple[Container, ...]:
    given = places or (Place(0, len(body), whole=True),)
    found = tuple(containers(io.BytesIO(body), given))
    assert tuple(containers(Forward(body), given)) == found
    return found


def names(found: Sequence[Container]) -> list[list[str]]:
    return [[code.name for code in one.codes] for one in found]


def test_each_entry_is_told_with_its_architecture_and_the_place_of_its_payload() -> None:
    variants = (cubin(80, 1001), cubin(90, 24, specific=True), cubin(120, 80), ptx(120, 7))
    body = container(*variants)
    (found,) = walked(body)
    assert names([found]) == [["sm_80", "sm_90a", "sm_120", "compute_120"]]
    for code, variant in zip(found.codes, variants, strict=True):
        assert body[code.at : code.at + variant.size] == variant.payload
    assert [code.size for code in found.codes] == [1008, 24, 80, 8]
    assert (found.at, found.size, found.codes[-1].end) == (0, len(body), len(body))


def test_containers_stand_one_after_the_other_with_padding_between() -> None:
    first, second = container(cubin(80)), container(cubin(90))
    found = walked(bytes(16) + first + bytes(24) + second + bytes(5))
    assert names(found) == [["sm_80"], ["sm_90"]]
    assert [one.at for one in found] == [16, 16 + len(first) + 24]


def test_intermediate_code_for_the_linker_is_of_another_kind() -> None:
    (found,) = walked(container(Variant(50, LINKER, head=128), ptx(50)))
    assert names([found]) == [["other", "compute_50"]]


def test_a_container_may_be_empty() -> None:
    assert names(walked(container() + container(cubin(80)))) == [[], ["sm_80"]]


@pytest.mark.parametrize(
    ("offset", "format_", "value", "why"),
    [
        (0, "<I", 0, "another magic number"),
        (4, "<H", 2, "a version that nobody knows"),
        (6, "<H", 8, "a header shorter than a header"),
        (8, "<Q", 2**63, "more bytes than there are"),
        (8, "<Q", 4100, "an end within an entry"),
        (16 + 4, "<I", 32, "an entry's header shorter than a header"),
        (16 + 4, "<I", 2**32 - 1, "an entry's header longer than the container"),
        (16 + 8, "<Q", 2**64 - 8, "a payload longer than the container"),
        (16 + 16, "<I", 4097, "more packed bytes than the payload has room for"),
    ],
)
def test_what_is_no_whole_container_is_refused(offset: int, format_: str, value: int, why: str) -> None:
    broken = damaged(container(cubin(80)), offset, format_, value)
    with pytest.raises(Corrupt, match="no whole container"):
        walked(broken)
    with pytest.raises(Corrupt):
        tuple(containers(Forward(broken), [Place(0, len(broken), whole=True)]))


def test_a_container_that_is_cut_short_is_refused() -> None:
    body = container(cubin(80))
    for length in (1, 15, 40, 90, len(body) - 1):
        with pytest.raises(Corrupt):
            walked(body[:length])


def test_among_other_data_containers_are_found_by_their_headers() -> None:
    """cuFFT keeps all but one of its 24,454 containers in .ldata."""
    one, two = container(cubin(80)), container(cubin(86), ptx(86))
    body = b"x" * 5000 + one + two + b"y" * 3_000_000 + one + b"z" * 3
    found = walked(body, Place(0, len(body)))
    assert names(found) == [["sm_80"], ["sm_86", "compute_86"], ["sm_80"]]
    assert [one.at for one in found] == [5000, 5000 + len(one), 5000 + len(one) + len(two) + 3_000_000]


def test_among_other_data_what_only_begins_like_a_container_is_passed_over() -> None:
    """libcusparseLt compares with the magic number in its code."""
    whole = container(cubin(80))
    body = whole[:4] + b"code" * 9 + damaged(whole, 16 + 8, "<Q", 2**40) + whole + whole[:16]
    assert names(walked(body, Place(0, len(body)))) == [["sm_80"]]


def test_a_magic_number_across_two_pieces_is_found() -> None:
    for before in ((1 << 12) - 2, (1 << 20) - 1, (1 << 21) + 1):
        body = bytes(before) + container(cubin(80))
        assert [one.at for one in walked(body, Place(0, len(body)))] == [before]


def test_only_the_places_that_are_given_are_looked_at() -> None:
    one = container(cubin(80))
    body = one + one + one
    found = walked(body, Place(2 * len(one), len(one)), Place(0, len(one), whole=True))
    assert [found.at for found in found] == [0, 2 * len(one)]


def test_little_of_the_file_is_held_in_memory() -> None:
    class Measured(io.BytesIO):
        largest = 0

        def read(self, size: int | None = -1) -> bytes:
            assert size is not None
            assert size >= 0
            Measured.largest = max(Measured.largest, size)
            return super().read(size)

    body = container(cubin(80, 5_000_000), cubin(90, 5_000_000)) + bytes(4_000_000)
    assert len(list(containers(Measured(body), [Place(0, len(body), whole=True)]))) == 1
    assert Measured.largest <= 1 << 20


VARIANTS = st.builds(
    cubin, st.sampled_from([52, 75, 80, 86, 87, 90, 100, 103, 120, 121]), st.integers(0, 300), st.booleans()
) | st.builds(ptx, st.sampled_from([50, 80, 120]), st.integers(0, 300))


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.lists(st.lists(VARIANTS, max_size=4), max_size=4))
def test_whatever_is_written_is_read_again(plan: list[list[Variant]]) -> None:
    body = b"".join(container(*variants) for variants in plan)
    found = walked(body)
    read = [[(code.kind, code.architecture, code.specific) for code in one.codes] for one in found]
    assert read == [[(one.kind, one.architecture, one.specific) for one in variants] for variants in plan]
    assert sum(one.size for one in found) == len(body)


@settings(max_examples=150, derandomize=True, deadline=None)
@given(st.integers(0, 400), st.integers(0, 255))
def test_damage_is_refused_or_read_within_bounds(offset: int, value: int) -> None:
    body = bytearray(container(cubin(80, 100), ptx(80, 60)) + container(cubin(90, 50)))
    body[offset] = value
    try:
        found = walked(bytes(body))
    except Corrupt:
        return
    assert all(one.at + CONTAINER.size <= code.at <= code.end <= len(body) for one in found for code in one.codes)
