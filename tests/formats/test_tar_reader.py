"""Members of tars, against the standard library and GNU tar."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.tars import END, Item, block, member, tar_of, with_checksum
from deadweight.core.entry import Entry, Kind
from deadweight.core.errors import Corrupt, Hostile, Refused, Unknown
from deadweight.core.limits import Limits
from deadweight.formats.tars.reader import Member, walk

LIMITS = Limits()


class Forward(io.BytesIO):
    """A stream that cannot be moved."""

    def seekable(self) -> bool:
        return False

    def seek(self, *to: int) -> int:
        raise io.UnsupportedOperation


def members(body: bytes, limits: Limits = LIMITS) -> list[Member]:
    read = list(walk(io.BytesIO(body), "made.tar", limits))
    assert read == list(walk(Forward(body), "made.tar", limits))
    return read


def entries(body: bytes) -> list[Entry]:
    return [one.entry for one in members(body)]


def only(body: bytes) -> Entry:
    (entry,) = entries(body)
    return entry


def pax(records: dict[str, bytes], flag: bytes = b"x") -> bytes:
    """An extended header by hand."""
    lines = b"".join(record(key.encode(), value) for key, value in records.items())
    return member(block(b"PaxHeaders/x", len(lines), flag), lines)


def record(key: bytes, value: bytes) -> bytes:
    length = len(key) + len(value) + 3
    while len(str(length)) + len(key) + len(value) + 3 != length:
        length = len(str(length)) + len(key) + len(value) + 3
    return b"%d %s=%s\n" % (length, key, value)


names = st.lists(
    st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=60).filter(
        lambda part: part not in (".", "..") and len(part.encode()) <= 255
    ),
    min_size=1,
    max_size=6,
).map("/".join)
items = st.builds(
    Item,
    names,
    st.binary(max_size=1500),
    mode=st.integers(0, 0o7777),
    uid=st.integers(0, 2**31),
    gid=st.integers(0, 2**31),
    mtime=st.integers(0, 2**33),
)


@pytest.mark.parametrize("style", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT], ids=["gnu", "pax"])
@settings(max_examples=60, deadline=None, derandomize=True)
@given(made=st.lists(items, max_size=5))
def test_every_member_is_read_as_the_standard_library_reads_it(style: int, made: list[Item]) -> None:
    body = tar_of(made, style)
    with tarfile.open(fileobj=io.BytesIO(body), encoding="utf-8") as oracle:
        expected = [
            (one.name.strip("/"), one.size, one.mode, one.uid, one.gid, one.mtime, one.offset_data) for one in oracle
        ]
    read = [(one.path, one.size, one.mode, one.uid, one.gid, one.mtime, one.offset) for one in entries(body)]
    assert [(name.replace("//", "/"), *rest) for name, *rest in expected] == [tuple(one) for one in read]


@settings(max_examples=30, deadline=None, derandomize=True)
@given(made=st.lists(items, max_size=5))
def test_headers_bodies_and_padding_follow_each_other_without_a_hole(made: list[Item]) -> None:
    before = 0
    for one in members(tar_of(made)):
        assert one.start == before
        assert one.start < one.body <= one.end
        assert one.end % 512 == 0
        before = one.end


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in (Kind.WHITEOUT, Kind.OPAQUE)])
@pytest.mark.parametrize("style", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_every_kind_of_member_is_known(kind: Kind, style: int) -> None:
    item = Item("dir/thing", kind=kind.value, target="dir/other", mode=0o640, device=(5, 7))
    entry = only(tar_of([item], style))
    assert (entry.path, entry.kind, entry.mode) == ("dir/thing", kind, 0o640)
    assert entry.target == ("dir/other" if kind in (Kind.SYMLINK, Kind.HARDLINK) else "")
    assert entry.device == ((5, 7) if kind in (Kind.CHARACTER, Kind.BLOCK) else (0, 0))


def test_a_name_that_is_no_utf8_comes_back_byte_for_byte() -> None:
    assert os.fsencode(only(tar_of([Item("caf\udce9", b"x")], tarfile.GNU_FORMAT)).path) == b"caf\xe9"
    assert os.fsencode(only(pax({"path": b"caf\xe9"}) + member(block(b"x")) + END).path) == b"caf\xe9"


def test_long_names_of_gnu_and_pax_are_whole() -> None:
    name, target = "d/" * 90 + "n" * 120, "t" * 180
    for style in (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        entry = only(tar_of([Item(name, kind="symlink", target=target)], style))
        assert (entry.path, entry.target) == (name, target)


def test_the_prefix_of_ustar_goes_before_the_name() -> None:
    assert only(tar_of([Item("p" * 120 + "/" + "n" * 90)], tarfile.USTAR_FORMAT)).path == "p" * 120 + "/" + "n" * 90


def test_gnu_keeps_no_name_in_the_prefix() -> None:
    header = block(b"name", magic=b"ustar  \0", prefix=b"00000000001")
    assert only(member(header) + END).path == "name"


def test_star_keeps_its_times_in_the_prefix() -> None:
    header = block(b"name", prefix=b"dir".ljust(131, b"\0") + b"00000000001 00000000002 ", star=b"tar\0")
    assert only(member(header) + END).path == "dir/name"


def test_an_old_v7_directory_is_told_by_its_slash() -> None:
    header = block(b"dir/", flag=b"\0", magic=bytes(8))
    assert only(member(header) + END).kind is Kind.DIRECTORY
    assert only(member(block(b"file", 1, flag=b"\0", magic=bytes(8)), b"x") + END).kind is Kind.FILE


def test_an_unknown_type_is_a_file_as_posix_says() -> None:
    assert only(member(block(b"x", 3, b"Z"), b"abc") + END).kind is Kind.FILE


@pytest.mark.parametrize("flag", [b"1", b"2", b"5", b"3", b"6"])
def test_only_files_have_bodies_whatever_the_size_field_says(flag: bytes) -> None:
    body = member(block(b"odd", 700, flag, link=b"t")) + member(block(b"next", 1), b"x") + END
    assert [entry.path for entry in entries(body)] == ["odd", "next"]
    assert entries(body)[0].size == 0


def test_numbers_too_big_for_octal_are_read_in_base_256() -> None:
    header = block(b"x", uid=b"\x80" + (3_000_000_000).to_bytes(7, "big"), mtime=b"\xff" * 11 + b"\xfe")
    entry = only(member(header) + END)
    assert (entry.uid, entry.mtime) == (3_000_000_000, -2.0)


def test_a_sum_over_signed_bytes_is_accepted_as_old_tars_wrote_it() -> None:
    made = bytearray(block(b"n\xe4me"))
    signed = sum(byte - 256 if byte > 127 else byte for byte in made[:148] + b" " * 8 + made[156:])
    made[148:156] = b"%06o\0 " % signed
    assert os.fsencode(only(bytes(made) + END).path) == b"n\xe4me"


def test_records_of_pax_win_over_the_header() -> None:
    records = {
        "path": b"long/name",
        "size": b"3",
        "uid": b"70000000",
        "gid": b"7",
        "mtime": b"1.25",
        "atime": b"-2.5",
        "SCHILY.xattr.user.b": b"has\nnewline=and\0nul",
        "SCHILY.xattr.security.capability": b"\x01\x00",
    }
    entry = only(pax(records) + member(block(b"short", 99), b"abc") + END)
    assert (entry.path, entry.size, entry.uid, entry.gid) == ("long/name", 3, 70_000_000, 7)
    assert (entry.mtime, entry.atime) == (1.25, -2.5)
    assert entry.xattrs == (("security.capability", b"\x01\x00"), ("user.b", b"has\nnewline=and\0nul"))


def test_global_records_hold_for_all_that_follow_until_changed() -> None:
    body = pax({"uid": b"5", "mtime": b"9"}, b"g") + member(block(b"a")) + pax({"uid": b"6"}) + member(block(b"b"))
    body += pax({"mtime": b""}, b"g") + member(block(b"c", mtime=b"00000000003\0")) + END
    assert [(entry.uid, entry.mtime) for entry in entries(body)] == [(5, 9.0), (6, 9.0), (5, 3.0)]


def test_a_volume_label_is_no_member() -> None:
    assert [entry.path for entry in entries(member(block(b"LABEL", flag=b"V")) + member(block(b"a")) + END)] == ["a"]


def test_a_file_that_continues_another_volume_is_refused() -> None:
    with pytest.raises(Unknown, match="volume"):
        members(member(block(b"part", flag=b"M")) + END)


@pytest.mark.skipif(shutil.which("tar") is None, reason="GNU tar is not installed")
@pytest.mark.parametrize(
    "style", [["gnu"], ["posix", "--sparse-version=0.0"], ["posix", "--sparse-version=0.1"], ["posix"]], ids=str
)
def test_sparse_files_of_gnu_tar_have_their_size_and_what_is_stored(style: list[str], tmp_path: Path) -> None:
    with (tmp_path / "holes").open("wb") as stream:
        for place in range(40):
            stream.seek(place * 100_000)
            stream.write(b"data" * 300)
        stream.truncate(5_000_000)
    command = ["tar", f"--format={style[0]}", *style[1:], "-S", "-C", str(tmp_path)]
    subprocess.run([*command, "-cf", str(tmp_path / "made.tar"), "holes"], check=True)
    entry = only((tmp_path / "made.tar").read_bytes())
    assert (entry.path, entry.size) == ("holes", 5_000_000)
    assert 40 * 1200 <= entry.stored < 500_000


def test_an_archive_may_end_without_an_end_mark() -> None:
    assert only(member(block(b"a", 3), b"abc")).path == "a"
    assert members(b"") == []
    assert members(END) == []


def test_an_archive_may_end_without_its_last_padding_as_those_of_umoci_do() -> None:
    assert only(block(b"a", 3) + b"abc").path == "a"


def test_every_other_truncation_is_refused() -> None:
    whole = tar_of([Item("n" * 200, b"abc" * 300), Item("second", b"x" * 600)])
    ends = {0, 512 * 3 + 1024 + 512, *(one.end for one in members(whole))}
    last = members(whole)[-1]
    for size in range(len(whole) - 10240 + 512, 0, -37):
        complete = size in ends or size >= last.body + 600
        try:
            members(whole[:size])
        except Corrupt:
            assert not complete
            continue
        assert complete or any(one.body + one.entry.size <= size <= one.end for one in members(whole))


def test_every_flipped_bit_of_a_header_is_seen() -> None:
    whole = member(block(b"name", 5), b"hello") + END
    unread = 155  # what follows the NUL that ends the checksum
    for place in set(range(512)) - {unread}:
        damaged = whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
        with pytest.raises(Refused):
            members(damaged)


def test_data_behind_a_lone_block_of_zeros_is_refused() -> None:
    with pytest.raises(Corrupt, match="lone"):
        members(member(block(b"a")) + bytes(512) + member(block(b"b")) + END)


@pytest.mark.parametrize("name", [b"../up", b"a/../../up", b"/../up", b"a/.."])
def test_names_that_climb_out_are_refused(name: bytes) -> None:
    with pytest.raises(Hostile, match="climbs"):
        members(member(block(name)) + END)
    with pytest.raises(Hostile):
        members(pax({"path": name}) + member(block(b"fine")) + END)


def test_a_hard_link_that_climbs_out_is_refused() -> None:
    with pytest.raises(Hostile):
        members(member(block(b"link", flag=b"1", link=b"../../etc/passwd")) + END)


def test_a_symbolic_link_may_point_anywhere_for_it_is_not_followed() -> None:
    assert only(member(block(b"link", flag=b"2", link=b"../../etc/passwd")) + END).target == "../../etc/passwd"


def test_an_absolute_name_is_spelling() -> None:
    assert only(member(block(b"/etc//./passwd")) + END).path == "etc/passwd"


def test_a_name_of_four_kilobytes_is_refused() -> None:
    with pytest.raises(Hostile, match="4100"):
        members(pax({"path": b"n" * 4100}) + member(block(b"x")) + END)
    with pytest.raises(Hostile):
        members(pax({"path": b"/".join([b"d" * 200] * 21)}) + member(block(b"x")) + END)


def test_a_file_without_a_name_is_refused() -> None:
    with pytest.raises(Corrupt, match="without a name"):
        members(member(block(b"/")) + END)
    assert only(member(block(b"./", flag=b"5")) + END).path == ""


def test_more_entries_than_the_limit_are_refused() -> None:
    with pytest.raises(Hostile, match="entries"):
        members(tar_of([("a", b""), ("b", b""), ("c", b"")]), Limits(entries=2))


def test_deeper_paths_than_the_limit_are_refused() -> None:
    with pytest.raises(Hostile, match="components"):
        members(tar_of([("a/b/c/d", b"")]), Limits(depth=3))
    assert members(tar_of([("a/b/c", b"")]), Limits(depth=3))


def test_an_extended_header_of_a_gigabyte_is_refused_before_it_is_read() -> None:
    for flag in (b"x", b"g", b"L", b"K"):
        with pytest.raises(Hostile, match="extended"):
            members(block(b"x", 1 << 30, flag) + bytes(1024))


@pytest.mark.parametrize(
    "text",
    [b"junk", b"5 a=b\n", b"99 path=x\n", b"0 =\n", b"8 path=\nx", b"6 a=\n", b"-3 a=b\n", b"7 path\n", b"9 size=x"],
)
def test_malformed_records_are_refused(text: bytes) -> None:
    with pytest.raises(Corrupt):
        members(member(block(b"h", len(text), b"x"), text) + member(block(b"a", 0)) + END)


@pytest.mark.parametrize("key", ["size", "uid", "gid", "mtime"])
@pytest.mark.parametrize("value", [b"x", b"nan", b"inf", b"0x10"])
def test_a_record_that_should_be_a_number_and_is_none_is_refused(key: str, value: bytes) -> None:
    with pytest.raises(Corrupt):
        members(pax({key: value}) + member(block(b"a")) + END)


@pytest.mark.parametrize("size", [b"99999999999\0", b"12x45678901\0", b"-0000000001\0", b"\xff" * 12])
def test_a_size_that_is_no_number_or_negative_is_refused(size: bytes) -> None:
    with pytest.raises(Corrupt):
        members(with_checksum(block(b"a", size=0)[:124] + size + block(b"a")[136:]) + END)


def sparse_1_0(text: bytes, real: bytes, data: bytes) -> bytes:
    records = {"GNU.sparse.major": b"1", "GNU.sparse.minor": b"0", "GNU.sparse.realsize": real}
    records["GNU.sparse.name"] = b"holes"
    body = text.ljust(-(-len(text) // 512) * 512, b"\0") + data
    return pax(records) + member(block(b"GNUSparseFile.0/holes", len(body)), body) + END


def test_the_map_before_the_data_is_not_part_of_the_data() -> None:
    entry = only(sparse_1_0(b"2\n0\n5\n100\n5\n", b"200", b"helloworld"))
    assert (entry.path, entry.size, entry.stored) == ("holes", 200, 10)


@pytest.mark.parametrize(
    ("text", "real"),
    [
        (b"1\n0\n9\n", b"200"),
        (b"2\n100\n5\n0\n5\n", b"200"),
        (b"1\n0\n10\n", b"5"),
        (b"2\n0\n10\n", b"200"),
        (b"x\n", b"200"),
        (b"1\n-1\n10\n", b"200"),
        (b"99999999999999999999\n", b"200"),
        (b"4000000\n0\n10\n", b"200"),
    ],
)
def test_a_map_that_does_not_fit_the_file_is_refused(text: bytes, real: bytes) -> None:
    with pytest.raises(Refused):
        members(sparse_1_0(text, real, b"helloworld"))


def test_an_old_map_that_is_cut_off_is_refused() -> None:
    header = block(b"s", 0, b"S", magic=b"ustar  \0", extended=b"\1", realsize=b"00000000100\0")
    assert only(header + bytes(512) + END).size == 64
    with pytest.raises(Corrupt):
        members(header + bytes(100))
