from __future__ import annotations

import io
import subprocess
import tarfile
from pathlib import Path

import pytest

from deadweight.core.artifact import Artifact
from deadweight.core.changes import Changes
from deadweight.core.entry import Entry, Kind
from deadweight.core.errors import Corrupt, Hostile, Refused
from deadweight.core.inventory import Cause
from deadweight.core.seams import Opening, Packing
from deadweight.formats.directory import FORMAT as DIRECTORY
from deadweight.formats.recognition import recognise
from deadweight.formats.sdist import FORMAT as SDIST
from deadweight.formats.tar import FORMAT
from deadweight.formats.tars.members import MAX_SMALL

Member = tuple[str, bytes | None, str]


def tar_of(path: Path, members: list[Member], mode: str = "w") -> Path:
    """A tar by tarfile; None for a body is a link to the target (a hard one after =), or a folder without one."""
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]  # the mode is one of its literals
        for name, body, target in members:
            info = tarfile.TarInfo(name)
            if body is None:
                hard = target.startswith("=")
                info.type = tarfile.LNKTYPE if hard else tarfile.SYMTYPE if target else tarfile.DIRTYPE
                info.linkname = target.removeprefix("=")
            info.size = len(body or b"")
            archive.addfile(info, io.BytesIO(body) if body is not None else None)
    return path


def opened(path: Path) -> Artifact:
    return FORMAT.open(path, Opening(keep=("**/METADATA", "METADATA")))


def entries(artifact: Artifact) -> dict[str, Entry]:
    return {entry.path: entry for entry in artifact.inventory.visible}


def bodies(artifact: Artifact) -> dict[str, bytes]:
    wanted = [one for one in artifact.inventory.visible if one.kind in (Kind.FILE, Kind.HARDLINK)]
    return {entry.path: body.read() for entry, body in artifact.contents.stream(wanted)}


def unpacked(artifact: Artifact, out: Path) -> dict[str, bytes]:
    assert DIRECTORY.pack is not None
    DIRECTORY.pack(artifact, Changes(), out, Packing())
    return {str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()}


def test_the_last_member_of_a_path_is_seen_and_the_first_is_dead_weight(tmp_path: Path) -> None:
    path = tar_of(tmp_path / "a.tar", [("x", b"first" * 100, ""), ("x", b"second", "")])
    artifact = opened(path)
    assert bodies(artifact) == {"x": b"second"}
    assert [(one.entry.size, one.cause) for one in artifact.inventory.shadowed] == [(500, Cause.OVERWRITTEN)]
    assert artifact.inventory.total == path.stat().st_size


def test_a_hard_link_to_a_member_that_was_replaced_keeps_the_old_body_as_tar_does(tmp_path: Path) -> None:
    members: list[Member] = [("x", b"old", ""), ("y", None, "=x"), ("x", b"new!", "")]
    artifact = opened(tar_of(tmp_path / "a.tar", members))
    (tmp_path / "by-tar").mkdir()
    subprocess.run(["tar", "-xf", tmp_path / "a.tar", "-C", tmp_path / "by-tar"], check=True)
    by_tar = {path.name: path.read_bytes() for path in (tmp_path / "by-tar").iterdir()}
    assert bodies(artifact) == unpacked(artifact, tmp_path / "out") == by_tar == {"x": b"new!", "y": b"old"}


def test_links_to_links_share_what_the_first_holds(tmp_path: Path) -> None:
    members: list[Member] = [("z", b"body", ""), ("b", None, "=z"), ("a", None, "=b")]
    artifact = opened(tar_of(tmp_path / "a.tar", members))
    assert [entries(artifact)[path].target for path in "ab"] == ["z", "z"]
    assert unpacked(artifact, tmp_path / "out") == {"a": b"body", "b": b"body", "z": b"body"}
    assert len({path.stat().st_ino for path in (tmp_path / "out").iterdir()}) == 1


def test_metadata_under_a_hard_link_is_kept_too(tmp_path: Path) -> None:
    artifact = opened(tar_of(tmp_path / "a.tar", [("x", b"Name: x\n", ""), ("d/METADATA", None, "=x")]))
    assert artifact.small == {"d/METADATA": b"Name: x\n"}


def test_a_hard_link_to_nothing_is_a_gap_and_never_written(tmp_path: Path) -> None:
    artifact = opened(tar_of(tmp_path / "a.tar", [("x", None, "=nothing")]))
    assert [gap.where for gap in artifact.gaps] == ["x"]
    with pytest.raises(Corrupt):
        unpacked(artifact, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_every_compression_is_recognised_read_and_kept_when_packed(mode: str, tmp_path: Path) -> None:
    path = tar_of(tmp_path / "a", [("d/x", b"body " * 1000, ""), ("d/y", b"other", "")], mode)
    assert recognise(path).name == "tar"
    artifact = opened(path)
    assert bodies(artifact) == {"d/x": b"body " * 1000, "d/y": b"other"}
    assert artifact.inventory.total == path.stat().st_size
    assert FORMAT.pack is not None
    FORMAT.pack(artifact, Changes(), tmp_path / "out", Packing())
    assert (tmp_path / "out").read_bytes()[:2] == path.read_bytes()[:2] or mode == "w"
    with tarfile.open(tmp_path / "out") as oracle:
        assert [one.name for one in oracle.getmembers() if one.isfile()] == ["d/x", "d/y"]


def test_an_empty_tar_is_one_and_text_is_none(tmp_path: Path) -> None:
    tar_of(tmp_path / "empty.tar", [])
    assert recognise(tmp_path / "empty.tar").name == "tar"
    assert opened(tmp_path / "empty.tar").inventory.visible == ()
    (tmp_path / "text").write_bytes(b"hello " * 1000)
    assert not FORMAT.recognise(tmp_path / "text")
    assert not FORMAT.recognise(tmp_path)


def test_a_tar_that_is_written_to_after_it_was_opened_is_refused(tmp_path: Path) -> None:
    path = tar_of(tmp_path / "a.tar", [("x", b"body", "")])
    artifact = opened(path)
    tar_of(path, [("x", b"BODY", "")])
    with pytest.raises(Corrupt):
        bodies(artifact)


@pytest.mark.parametrize("name", ["../x", "a/../../x", "x" * 300])
def test_a_member_whose_name_would_harm_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(Hostile):
        opened(tar_of(tmp_path / "a.tar", [(name, b"", "")]))


def sdist(path: Path, files: dict[str, bytes], mode: str = "w:gz") -> Path:
    return tar_of(path, [(name, body, "") for name, body in files.items()], mode)


def test_one_top_directory_with_pkg_info_is_a_source_distribution(tmp_path: Path) -> None:
    files = {"thing-1.0/setup.py": b"", "thing-1.0/PKG-INFO": b"Name: thing\n"}
    assert recognise(sdist(tmp_path / "a", files)).name == "sdist"
    assert recognise(sdist(tmp_path / "b", files, "w:bz2")).name == "sdist"


@pytest.mark.parametrize(
    "files",
    [
        {"thing-1.0/setup.py": b""},
        {"thing-1.0/PKG-INFO": b"", "other/x": b""},
        {"PKG-INFO": b""},
        {"folder/PKG-INFO": b""},
        {"thing-1.0/deep/PKG-INFO": b""},
    ],
)
def test_other_tars_are_no_source_distributions(files: dict[str, bytes], tmp_path: Path) -> None:
    assert recognise(sdist(tmp_path / "a", files)).name == "tar"


def test_a_packed_source_distribution_is_gzip_and_the_same_bytes_each_time(tmp_path: Path) -> None:
    path = sdist(tmp_path / "a", {"thing-1.0/PKG-INFO": b"Name: thing\n", "thing-1.0/x.py": b"x = 1\n" * 100})
    artifact = SDIST.open(path, Opening())
    assert SDIST.pack is not None
    for name in ("one", "two"):
        SDIST.pack(artifact, Changes(), tmp_path / name, Packing())
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert (tmp_path / "one").read_bytes()[:2] == b"\x1f\x8b"


def test_a_damaged_source_distribution_is_refused(tmp_path: Path) -> None:
    path = sdist(tmp_path / "a", {"thing-1.0/PKG-INFO": b"Name: thing\n", "thing-1.0/x": bytes(range(256)) * 400})
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(Refused):
        recognise(path).open(path, Opening())


def test_a_metadata_file_that_is_written_again_too_big_has_no_body_of_before(tmp_path: Path) -> None:
    members: list[Member] = [("x/METADATA", b"Name: x\n", ""), ("x/METADATA", bytes(MAX_SMALL + 1), "")]
    artifact = opened(tar_of(tmp_path / "t.tar", members))
    assert artifact.small == {}
    assert [gap.where for gap in artifact.gaps] == ["x/METADATA"]
