import hashlib
import io
import tarfile
from pathlib import Path
from typing import BinaryIO

import pytest

from deadweight.formats.images.sink import FolderSink, Sink, TarSink, Writing, blob_name
from deadweight.formats.tars.fields import file_header


def writing(*pieces: bytes) -> Writing:
    def write(stream: BinaryIO) -> None:
        for piece in pieces:
            stream.write(piece)

    return write


def failing(stream: BinaryIO) -> None:
    stream.write(b"x" * (3 << 20))
    raise ValueError("broken")


@pytest.mark.parametrize("algorithm", ["sha256", "sha512"])
def test_a_blob_is_named_by_its_digest(tmp_path: Path, algorithm: str) -> None:
    stream = io.BytesIO()
    sinks: list[Sink] = [FolderSink(tmp_path), TarSink(stream)]
    for sink in sinks:
        stored = sink.blob(writing(b"one", b" two"), algorithm)
        assert stored.digest == f"{algorithm}:{hashlib.new(algorithm, b'one two').hexdigest()}"
        assert stored.size == 7
        sink.file("index.json", b"{}")
    assert (tmp_path / blob_name(stored.digest)).read_bytes() == b"one two"
    stream.write(bytes(1024))
    with tarfile.open(fileobj=io.BytesIO(stream.getvalue())) as archive:
        assert archive.getnames() == [blob_name(stored.digest), "index.json"]
        found = archive.extractfile(blob_name(stored.digest))
        assert found is not None
        assert found.read() == b"one two"


def test_a_blob_that_is_there_already_is_not_kept_twice(tmp_path: Path) -> None:
    stream = io.BytesIO()
    archive, folder = TarSink(stream), FolderSink(tmp_path)
    for body in (b"same", b"other", b"same"):
        assert archive.blob(writing(body)) == folder.blob(writing(body))
    archive.finish()
    with tarfile.open(fileobj=io.BytesIO(stream.getvalue())) as read:
        assert (
            len(read.getnames()) == len(set(read.getnames())) == len(list((tmp_path / "blobs/sha256").iterdir())) == 2
        )


def test_long_bodies_arrive_whole_whatever_the_pieces(tmp_path: Path) -> None:
    pieces = [bytes([number % 251]) * (number * 9973 % 300_000) for number in range(60)]
    stored = FolderSink(tmp_path).blob(writing(*pieces))
    assert (tmp_path / blob_name(stored.digest)).read_bytes() == b"".join(pieces)


def test_an_error_of_the_writer_comes_through() -> None:
    with pytest.raises(ValueError, match="broken"):
        TarSink(io.BytesIO()).blob(failing)


@pytest.mark.parametrize("size", [0, 8**11 - 1, 8**11, 1 << 40])
def test_a_header_of_one_block_holds_any_size(size: int) -> None:
    header = file_header("blobs/sha256/" + "a" * 64, size)
    assert len(header) == 512
    info = tarfile.TarInfo.frombuf(header, "utf-8", "strict")
    assert (info.size, info.name) == (size, "blobs/sha256/" + "a" * 64)
