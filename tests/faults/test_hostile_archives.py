"""Archives made to harm: names that climb, links that escape, bombs; refused in bounded time and memory."""

from __future__ import annotations

import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path

import pytest

from builders.command import deadweight, names, state
from builders.corpus import CODECS, content
from builders.images import docker_files, image_of, layout_files, sha256, write_archive, write_folder
from builders.tars import END, Item, block, member, packed, tar_of, with_checksum
from builders.zips import Part, raw_zip, wheel_files, zip_of
from deadweight.cli.program import run
from deadweight.core.errors import Hostile, Refused
from deadweight.core.limits import Limits
from deadweight.core.seams import Opening
from deadweight.formats.recognition import recognise

BODY = b"print(1)\n"
CLIMBING = ("../out", "a/../../out", "..", "a/..", "/../out", "./../out", "a/./../b", "..//x")
LONG = ("n" * 256, "a/" * 2100 + "x", "\N{SNOWMAN}" * 86, "d/" * 600 + "x")


def refused(path: Path, capsys: pytest.CaptureFixture[str], says: str = "") -> None:
    """Every command that opens it ends with 4, a message about it, and nothing made or changed."""
    before = state(path)
    around = names(path.parent)
    out = str(path.parent / "out")
    for words in (
        ["weigh", str(path)],
        ["slim", str(path), "-o", out],
        ["slim", str(path), "-o", out, "--to", "directory"],
        ["verify", str(path), str(path), "--probe", "command: true", "--no-sandbox"],
    ):
        assert run([*words, "--no-cache", "--quiet"]) == 4
        told = capsys.readouterr()
        assert told.out == ""
        assert says in told.err
        assert str(path) in told.err
    assert state(path) == before
    assert names(path.parent) == around


def tar_at(path: Path, items: Iterable[Item | tuple[str, bytes]], codec: str = "store") -> Path:
    path.write_bytes(packed(tar_of(items), codec))
    return path


@pytest.mark.parametrize("name", [*CLIMBING, *LONG])
def test_a_name_that_no_tree_can_hold_is_refused_in_every_format(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = [("app/main.py", BODY), (name, b"evil")]
    refused(tar_at(tmp_path / "bad.tar", bad), capsys)
    raw = [Part(b"app/main.py", BODY), Part(name.encode(), b"evil")]
    refused(raw_zip(tmp_path / "bad.zip", raw), capsys)
    image = image_of([[("app/main.py", BODY)], bad], "gzip")
    refused(write_archive(tmp_path / "docker.tar", docker_files(image)), capsys)
    refused(write_archive(tmp_path / "oci.tar", layout_files((image, {}))), capsys)
    refused(write_folder(tmp_path / "layout", layout_files((image, {}))), capsys)


def test_a_name_with_a_nul_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    raw = [Part(b"app/main.py", BODY), Part(b"app/x\0.py", b"evil")]
    refused(raw_zip(tmp_path / "bad.zip", raw), capsys)
    pax = Item("app/x.py", b"evil", pax={"path": "app/x\0.py"})
    refused(tar_at(tmp_path / "bad.tar", [("app/main.py", BODY), pax]), capsys)


def sized(name: bytes, field: bytes) -> bytes:
    """A header whose size field holds just that."""
    made = bytearray(block(name))
    made[124:136] = field
    return with_checksum(bytes(made))


LINKS = [
    [Item("a", kind="symlink", target="/etc"), Item("a/passwd", b"evil")],
    [Item("a", kind="symlink", target="../.."), Item("a/b/c", b"evil")],
    [Item("a", kind="symlink", target="b"), Item("b", kind="symlink", target="a"), Item("a/c", b"evil")],
    [Item("a", kind="symlink", target="a"), Item("a/c", b"evil")],
    [Item("a", BODY), Item("a/b", b"evil")],
]


@pytest.mark.parametrize("items", LINKS, ids=["absolute", "climbing", "loop", "itself", "below a file"])
@pytest.mark.parametrize("to", ["directory", "tar"])
def test_nothing_is_ever_written_through_a_link(items: list[Item], to: str, tmp_path: Path) -> None:
    """What is made may hold the link or the file, but nothing outside of it changes and nothing hangs."""
    victim = tmp_path / "victim"
    victim.mkdir()
    here = [Item(one.name, one.body, one.kind, one.target.replace("/etc", str(victim))) for one in items]
    for path in (
        tar_at(tmp_path / "bad.tar", here),
        write_archive(tmp_path / "image.tar", docker_files(image_of([here], "gzip"))),
        write_archive(tmp_path / "two.tar", docker_files(image_of([[one] for one in here], "gzip"))),
    ):
        goal = "docker-archive" if to == "tar" and path.name != "bad.tar" else to
        status = run(["slim", str(path), "-o", str(tmp_path / "place"), "--to", goal, "--no-cache", "--quiet"])
        assert status in (0, 4)
        assert names(victim) == []
        assert ("place" in names(tmp_path)) == (status == 0)
        if status == 0:
            (tmp_path / "place").rename(tmp_path / f"made-from-{path.name}")


@pytest.mark.parametrize("target", ["../victim", "/victim", "nothing", "a", "dir", "../../etc/passwd"])
def test_a_hard_link_that_leaves_or_leads_nowhere_makes_no_copy(target: str, tmp_path: Path) -> None:
    (tmp_path / "victim").write_bytes(b"mine")
    items = [Item("dir", kind="directory"), Item("a", kind="hardlink", target=target), Item("z", BODY)]
    path = tar_at(tmp_path / "bad.tar", items)
    out = tmp_path / "out"
    status = run(["slim", str(path), "-o", str(out), "--to", "directory", "--no-cache", "--quiet"])
    assert status in (4, 5)
    assert names(tmp_path) == ["bad.tar", "victim"]


def test_a_symlink_in_the_tree_is_never_followed_when_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret/key").write_bytes(b"s" * 9000)
    app = tmp_path / "app"
    app.mkdir()
    for name, target in (("up", "../secret"), ("loop", "loop"), ("root", "/"), ("key", "../secret/key"), ("gone", "x")):
        (app / name).symlink_to(target)
    assert content(app).keys() == {"up", "loop", "root", "key", "gone"}
    assert run(["slim", str(app), "-o", str(tmp_path / "out"), "--to", "tar", "--quiet"]) == 0
    assert (tmp_path / "out").stat().st_size < 20_000


def zeros(size: int, codec: str) -> bytes:
    """A packed tar of one file of so many zeros, made piece by piece."""
    from deadweight.codecs.detection import codec_named

    made = io.BytesIO()
    with codec_named(codec).writer(made, codec_named(codec).level) as writer:
        writer.write(block(b"zeros", size))
        for _ in range(size >> 20):
            writer.write(bytes(1 << 20))
        writer.write(END)
    return made.getvalue()


def test_a_compression_bomb_is_refused_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "bomb.tar"
    path.write_bytes(zeros(288 << 20, "zstd"))
    done = deadweight("weigh", path, "--no-cache", memory=512 << 20)
    assert done.status == 4, done.error
    assert "decompression bomb" in done.error
    assert str(path) in done.error


def test_a_bomb_in_a_layer_is_refused(tmp_path: Path) -> None:
    bomb = zeros(288 << 20, "zstd")
    made = image_of([[("a", BODY)]], "zstd")
    made.blobs[0] = bomb
    made.config["rootfs"]["diff_ids"] = [sha256(b"any")]
    path = write_archive(tmp_path / "image.tar", layout_files((made, {})))
    done = deadweight("weigh", path, "--no-cache", memory=512 << 20)
    assert done.status == 4
    assert "decompression bomb" in done.error


def test_bombs_within_bombs_are_never_unpacked(tmp_path: Path) -> None:
    """What lies in an archive is a file of it: its own content is bytes (42.zip)."""
    inner = b"x" * (1 << 20)
    for _ in range(6):
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            for copy in range(8):
                archive.writestr(f"{copy}.zip", inner)
        inner = made.getvalue()
    path = tmp_path / "42.zip"
    path.write_bytes(inner)
    done = deadweight("weigh", path, "--no-cache", memory=512 << 20)
    assert done.status == 0, done.error


def test_a_zip_whose_members_overlap_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One body for a thousand members (Fifield, A better zip bomb, 2019)."""
    parts = [Part(b"a", bytes(9000))]
    path = raw_zip(tmp_path / "one.zip", parts)
    whole = path.read_bytes()
    at = whole.index(b"PK\1\2")
    central, end = whole[at:-22], whole[-22:]
    many = b"".join(central[:46] + b"%c" % (97 + number) + central[47:] for number in range(20))
    ended = end[:8] + struct.pack("<HHII", 20, 20, len(many), at) + end[20:]
    path.write_bytes(whole[:at] + many + ended)
    refused(path, capsys)


@pytest.mark.parametrize("size", [1 << 33, 1 << 40, 1 << 61, 1 << 62, (1 << 63) - 1])
def test_a_size_that_is_declared_and_not_there_is_refused(
    size: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    large = sized(b"big", b"\x80" + size.to_bytes(11, "big"))
    pax = tar_of([Item("big", b"", pax={"size": str(size)})])
    for number, body in enumerate((large + BODY + END, pax)):
        path = tmp_path / f"{number}.tar"
        path.write_bytes(body)
        refused(path, capsys, "" if size >> 62 else "the archive ends in the middle")
        packed_path = tmp_path / f"{number}.tar.gz"
        packed_path.write_bytes(packed(body, "gzip"))
        refused(packed_path, capsys)


@pytest.mark.parametrize("size", [b"-1", b"1e9", b"0x10", b"9" * 5000, "\uff11".encode(), b" 5", b"5_0", b"+3"])
def test_a_pax_size_that_is_no_number_is_refused(
    size: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    length = len(size) + len(b" size=\n")
    record = b"%d size=%s\n" % (length + len(b"%d" % (length + len(b"%d" % length))), size)
    path = tmp_path / "pax.tar"
    path.write_bytes(member(block(b"pax", len(record), b"x"), record) + member(block(b"a", 3), b"abc") + END)
    refused(path, capsys)


@pytest.mark.parametrize(
    "pax",
    [
        {"mtime": "1e300"},
        {"mtime": "-1e300"},
        {"atime": "nan"},
        {"mtime": "0x10"},
        {"uid": "9" * 19},
        {"gid": "4294967296"},
    ],
    ids=str,
)
def test_an_owner_or_time_that_no_system_takes_is_refused(
    pax: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    items = [Item("app/x", BODY, pax=pax)]
    refused(tar_at(tmp_path / "far.tar", items), capsys)
    refused(write_archive(tmp_path / "image.tar", docker_files(image_of([items]))), capsys)


@pytest.mark.parametrize("field", [b"\x80" + b"\x7f" * 7, b"\xff" * 8], ids=["high", "negative"])
def test_a_binary_owner_that_no_system_takes_is_refused(
    field: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = bytearray(block(b"app/x"))
    made[108:116] = field
    (tmp_path / "far.tar").write_bytes(block(b"first") + with_checksum(bytes(made)) + END)
    refused(tmp_path / "far.tar", capsys, "more than any system takes")


@pytest.mark.parametrize("pax", [{"SCHILY.xattr.user.x": "y" * 70_000}, {"mtime": "-1"}, {"mtime": "99999999999999"}])
def test_an_attribute_that_the_system_does_not_take_is_left_out(pax: dict[str, str], tmp_path: Path) -> None:
    path = tar_at(tmp_path / "odd.tar", [Item("app/x", BODY, pax=pax)])
    assert run(["slim", str(path), "-o", str(tmp_path / "out"), "--to", "directory", "--quiet"]) == 0
    assert (tmp_path / "out/app/x").read_bytes() == BODY


def sparse(realsize: int, regions: str, stored: bytes) -> bytes:
    """A GNU 0.1 sparse member that says so."""
    pax = {"GNU.sparse.size": str(realsize), "GNU.sparse.numblocks": str(regions.count(",") // 2 + 1)}
    return tar_of(
        [Item("hole", stored, pax={**pax, "GNU.sparse.map": regions, "GNU.sparse.name": "hole"}), ("b", b"2")]
    )


@pytest.mark.parametrize(
    ("size", "regions", "stored"),
    [
        (1 << 50, "0,5", b"12345"),
        (1 << 38, "0,5", b"12345"),
        (10, "0,5,3,5", b"1234512345"),
        (10, "8,5", b"12345"),
        (10, "0,50", b"12345"),
        (10, "0,3", b"12345"),
        (10, "-5,5", b"12345"),
        (10, "5", b"12345"),
        (10, "a,b", b"12345"),
    ],
)
def test_a_sparse_file_that_lies_about_its_holes_is_refused(
    size: int, regions: str, stored: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "sparse.tar"
    path.write_bytes(sparse(size, regions, stored))
    refused(path, capsys)


@pytest.mark.parametrize("codec", CODECS)
def test_more_entries_than_the_limit_are_refused(codec: str, tmp_path: Path) -> None:
    path = tar_at(tmp_path / "many.tar", [(f"d/{number}", b"") for number in range(60)], codec)
    members = {f"d/{number}": b"" for number in range(60)}
    folder = write_folder(tmp_path / "many", members)
    zipped = zip_of(tmp_path / "many.zip", members)
    image = write_archive(tmp_path / "many.image", docker_files(image_of([list(members.items())], codec)))
    for one in (path, folder, zipped, image):
        with pytest.raises(Hostile, match="entries"):
            recognise(one).open(one, Opening(limits=Limits(entries=50)))


def test_an_archive_of_20_000_entries_takes_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "many.tar"
    heads = [block(b"d/%06d" % number) for number in range(20_000)]
    path.write_bytes(packed(b"".join(heads) + END, "zstd"))
    done = deadweight("weigh", path, "--no-cache", "--quiet", memory=1 << 30)
    assert done.status == 0, done.error


def zip_confusions(folder: Path) -> Iterable[Path]:
    honest = [Part(b"a.py", BODY), Part(b"b.py", b"x = 2\n")]
    twice = [Part(b"a.py", BODY), Part(b"a.py", b"evil()\n")]
    spelled = [Part(b"a.py", BODY), Part(b"./a.py", b"evil()\n")]
    hidden = [Part(b"a.py", BODY), Part(b"evil.py", b"evil()\n", hidden=True)]
    renamed = [Part(b"a.py", BODY, local={"name": b"evil.py"})]
    resized = [Part(b"a.py", BODY, local={"size": 3}), Part(b"b.py", BODY, central={"size": 3})]
    below = [Part(b"a.py", BODY), Part(b"a.py/b", b"x")]
    for number, parts in enumerate((twice, spelled, renamed, resized, below)):
        yield raw_zip(folder / f"{number}.zip", parts)
    yield raw_zip(folder / "hidden.zip", [Part(b"first", b"1"), *hidden, Part(b"last", b"2")])
    yield raw_zip(folder / "trailing.zip", honest, trailing=b"evil")
    yield raw_zip(folder / "count.zip", honest, end={"count": 1})
    yield raw_zip(folder / "size.zip", honest, end={"size": 4})
    yield raw_zip(folder / "offset.zip", honest, end={"offset": 1 << 31})
    yield raw_zip(folder / "disk.zip", honest, end={"disk": 3})
    yield raw_zip(folder / "crc.zip", [Part(b"a.py", BODY, local={"crc": 1}, central={"crc": 1})])
    yield raw_zip(folder / "locked.zip", [Part(b"a.py", BODY, flags=1)])
    yield raw_zip(folder / "method.zip", [Part(b"a.py", BODY, method=97)])
    garbage = zlib.compress(BODY)[2:-6]
    yield raw_zip(folder / "deflate.zip", [Part(b"a.py", BODY, stored=garbage)])


def test_a_zip_that_two_readers_would_read_differently_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in zip_confusions(tmp_path):
        if path.name != "hidden.zip":
            refused(path, capsys)


def test_bytes_between_members_are_counted_as_what_they_are(tmp_path: Path) -> None:
    (path,) = [one for one in zip_confusions(tmp_path) if one.name == "hidden.zip"]
    try:
        seen = recognise(path).open(path, Opening()).inventory
    except Refused:
        return
    assert seen.overhead["unreferenced"] > 0


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, 93])
def test_a_flipped_bit_in_a_body_of_any_method_is_refused(
    method: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stored = packed(BODY, "zstd") if method == 93 else None
    path = tmp_path / "app.zip"
    if stored is None:
        zip_of(path, {"a": BODY}, method)
    else:
        raw_zip(path, [Part(b"a", BODY, method=93, stored=stored)])
    whole, seen = path.read_bytes(), content(path)
    for place in range(31, whole.index(b"PK\1\2")):
        path.write_bytes(whole[:place] + bytes((whole[place] ^ 1 << place % 8,)) + whole[place + 1 :])
        if run(["weigh", str(path), "--quiet"]) == 4:
            assert str(path) in capsys.readouterr().err
        else:
            assert content(path) == seen


def test_a_wheel_whose_record_lies_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = wheel_files({"thing.py": BODY})
    files["thing.py"] = b"evil()\n"
    refused(zip_of(tmp_path / "thing-1.0-py3-none-any.whl", files), capsys, "own list")


def test_members_that_are_not_whole_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    odd = {
        "no-name": member(block(b"", 3), b"abc") + END,
        "long-name-of-nothing": member(block(b"././@LongLink", 5, b"L"), b"name\0") + END,
        "endless-name": block(b"././@LongLink", 1 << 30, b"L") + END,
        "endless-pax": block(b"pax", 1 << 30, b"x") + END,
        "damaged-pax": member(block(b"pax", 6, b"x"), b"99 a=b") + member(block(b"a", 1), b"1") + END,
        "octal": sized(b"a", b"9999999999\0\0") + END,
        "negative": sized(b"a", b"\xff" * 12) + END,
        "volume": block(b"a", 0, b"M") + END,
        "lone-zeros": member(block(b"a", 1), b"1") + bytes(512) + member(block(b"b", 1), b"1") + END,
    }
    for name, body in odd.items():
        path = tmp_path / f"{name}.tar"
        path.write_bytes(member(block(b"first", 1), b"1") + body)
        refused(path, capsys)


def test_a_device_or_fifo_in_an_archive_is_never_opened(tmp_path: Path) -> None:
    items = [Item("zero", kind="character", device=(1, 5)), Item("pipe", kind="fifo"), Item("disk", kind="block")]
    path = tar_at(tmp_path / "nodes.tar", [*items, Item("a", BODY)])
    assert run(["slim", str(path), "-o", str(tmp_path / "out"), "--quiet", "--no-cache"]) == 0
    with tarfile.open(tmp_path / "out") as made:
        assert {one.name for one in made} == {"zero", "pipe", "disk", "a"}
