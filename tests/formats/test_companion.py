import io
import json
import shutil
import subprocess
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.scenes import artifact_of, entry_of
from deadweight.codecs.detection import codec_named
from deadweight.core.artifact import Artifact
from deadweight.core.changes import Changes, Link, Linking
from deadweight.core.entry import Entry, Kind
from deadweight.core.errors import Corrupt, Refused, UsageError
from deadweight.core.inventory import Cause, Shadow
from deadweight.formats.companion import read_companion
from deadweight.formats.companion_manifest import Change, Item, Manifest, manifest_from_json, manifest_to_json
from deadweight.formats.companion_writing import write_companion

FILES: dict[str, bytes | Entry] = {
    "app/main.py": b"main",
    "app/tests/a.py": entry_of("app/tests/a.py", b"test a", mode=0o640, uid=7, gid=8, mtime=1234.5),
    "app/tests/link": Entry("app/tests/link", Kind.SYMLINK, mode=0o777, target="a.py"),
    "lib/x.so": b"library with symbols",
    "lib/y.so": b"same",
    "lib/z.so": b"same",
}
REASONS = {"app/tests": ("tests", "app"), "lib/x.so": ("native-symbols", "x 1.0"), "lib/z.so": ("duplicates", "")}


def artifact() -> Artifact:
    made = artifact_of({**FILES, "app/tests/a.py": b"test a"})
    by_path = {path: entry for path, entry in FILES.items() if isinstance(entry, Entry)}
    visible = tuple(by_path.get(entry.path, entry) for entry in made.inventory.visible)
    return replace(made, inventory=replace(made.inventory, visible=visible))


def changes(folder: Path) -> Changes:
    staged = folder / "staged"
    staged.write_bytes(b"library")
    return Changes(
        removed=frozenset({"app/tests"}),
        replaced={"lib/x.so": staged},
        linked={"lib/z.so": Link("lib/y.so", Linking.HARD)},
    )


def companion(folder: Path) -> Path:
    out = folder / "out.removed.tar.zst"
    write_companion(artifact(), changes(folder), REASONS, out)
    return out


def unpacked(path: Path) -> bytes:
    with path.open("rb") as stream:
        return codec_named("zstd").reader(stream).read()


def test_tarfile_reads_what_was_cut_as_it_was(tmp_path: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(unpacked(companion(tmp_path)))) as archive:
        members = {info.name: info for info in archive}
        assert set(members) == {
            "manifest.json",
            "files/app/tests",
            "files/app/tests/a.py",
            "files/app/tests/link",
            "files/lib/x.so",
            "files/lib/z.so",
        }
        cut = members["files/app/tests/a.py"]
        assert (cut.mode, cut.uid, cut.gid, cut.mtime) == (0o640, 7, 8, 1234.5)
        assert members["files/app/tests/link"].linkname == "a.py"
        original = archive.extractfile("files/lib/x.so")
        assert original is not None
        assert original.read() == b"library with symbols"


def test_gnu_tar_reads_it(tmp_path: Path) -> None:
    if shutil.which("tar") is None or shutil.which("zstd") is None:
        pytest.skip("needs tar and zstd")
    listed = subprocess.run(
        ["tar", "-tf", str(companion(tmp_path)), "--zstd"], capture_output=True, text=True, check=True
    )
    assert listed.stdout.splitlines()[0] == "manifest.json"


def test_the_manifest_stands_first_and_says_why(tmp_path: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(unpacked(companion(tmp_path)))) as archive:
        first = archive.next()
        assert first is not None
        body = archive.extractfile(first)
        assert body is not None
        said = json.loads(body.read())
    assert (first.name, said["schema"], said["artifact"]) == ("manifest.json", 1, artifact().digest)
    told = {item["path"]: (item["change"], item["rule"], item["owner"]) for item in said["items"]}
    assert told == {
        "app/tests": ("removed", "tests", "app"),
        "app/tests/a.py": ("removed", "tests", "app"),
        "app/tests/link": ("removed", "tests", "app"),
        "lib/x.so": ("replaced", "native-symbols", "x 1.0"),
        "lib/z.so": ("linked", "duplicates", ""),
    }


def test_it_is_read_back_with_bodies_and_attributes(tmp_path: Path) -> None:
    found = read_companion(companion(tmp_path))
    bodies = {path: stream.read() for path, stream in found.bodies(["lib/z.so", "app/tests/a.py", "app/tests", "no"])}
    assert bodies == {"lib/z.so": b"same", "app/tests/a.py": b"test a"}
    entry = found.entries["app/tests/a.py"]
    assert (entry.mode, entry.uid, entry.gid, entry.mtime) == (0o640, 7, 8, 1234.5)
    assert found.entries["app/tests"].kind is Kind.DIRECTORY


def test_the_same_changes_give_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert companion(tmp_path / "a").read_bytes() == companion(tmp_path / "b").read_bytes()


def test_names_of_one_body_are_stored_once_and_remembered(tmp_path: Path) -> None:
    files: dict[str, bytes | Entry] = {"a": b"body" * 1000, "b": Entry("b", Kind.HARDLINK, target="a"), "c": b"c"}
    files["d"] = Entry("d", Kind.HARDLINK, target="a")
    out = tmp_path / "out"
    write_companion(artifact_of(files), Changes(removed=frozenset("bd")), {}, out)
    found = read_companion(out)
    assert found.manifest.items == (
        Item("b", Change.REMOVED, kind=Kind.HARDLINK, target="a", names=("a", "d")),
        Item("d", Change.REMOVED, kind=Kind.HARDLINK, target="a", names=("a", "b")),
    )
    assert [entry.kind for entry in found.entries.values()] == [Kind.FILE, Kind.HARDLINK]
    assert {path: stream.read() for path, stream in found.bodies("bd")} == dict.fromkeys("bd", b"body" * 1000)


def test_copies_that_became_links_to_one_file_are_stored_once(tmp_path: Path) -> None:
    link = Link("a", Linking.SYMBOLIC, "a")
    out = tmp_path / "out"
    write_companion(artifact_of(dict.fromkeys("abc", b"same" * 500)), Changes(linked={"b": link, "c": link}), {}, out)
    found = read_companion(out)
    assert [item.kind for item in found.manifest.items] == [Kind.FILE, Kind.FILE]
    assert [found.entries[path].kind for path in "bc"] == [Kind.FILE, Kind.HARDLINK]
    assert {path: stream.read() for path, stream in found.bodies("bc")} == dict.fromkeys("bc", b"same" * 500)


def test_what_a_higher_layer_hid_is_not_kept(tmp_path: Path) -> None:
    hidden = Shadow(entry_of("gone", b"gone"), Cause.REMOVED_FILE, 1)
    out = tmp_path / "out"
    write_companion(artifact_of({"a": b"a"}, [(hidden, b"gone")]), Changes(dropped=frozenset({(0, "gone")})), {}, out)
    assert read_companion(out).manifest.items == ()


def test_paths_that_are_no_utf_8_come_back_as_they_were(tmp_path: Path) -> None:
    name = b"caf\xe9\xff.txt".decode("utf-8", "surrogateescape")
    out = tmp_path / "out"
    write_companion(artifact_of({name: b"x"}), Changes(removed=frozenset({name})), {}, out)
    found = read_companion(out)
    assert [item.path for item in found.manifest.items] == [name]
    assert [(path, stream.read()) for path, stream in found.bodies([name])] == [(name, b"x")]


def test_an_output_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(b"precious")
    with pytest.raises(UsageError):
        write_companion(artifact_of({"a": b"a"}), Changes(removed=frozenset("a")), {}, tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == b"precious"


def test_a_tar_that_is_no_companion_is_refused(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "other.tar", "w") as archive:
        archive.add(__file__, "files/a")
    with pytest.raises(Corrupt, match="no companion archive"):
        read_companion(tmp_path / "other.tar")


def test_a_manifest_that_names_what_is_not_there_is_refused(tmp_path: Path) -> None:
    body = manifest_to_json(Manifest("blake3:0", "directory", "1", (Item("a", Change.REMOVED),)))
    info = tarfile.TarInfo("manifest.json")
    info.size = len(body)
    with tarfile.open(tmp_path / "other.tar", "w") as archive:
        archive.addfile(info, io.BytesIO(body))
    with pytest.raises(Corrupt, match="'a', which it does not hold"):
        read_companion(tmp_path / "other.tar")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"items": 3}', b"\xff\xfe"])
def test_a_damaged_manifest_is_refused(body: bytes) -> None:
    with pytest.raises(Corrupt, match="manifest can't be read"):
        manifest_from_json(body, "here")


def test_a_manifest_of_a_newer_deadweight_is_refused_with_advice() -> None:
    body = manifest_to_json(Manifest("blake3:0", "directory", "9", (), schema=99))
    with pytest.raises(Corrupt, match="schema 99") as caught:
        manifest_from_json(body, "here")
    assert "newer" in caught.value.advice


ITEMS = st.builds(
    Item,
    st.text(min_size=1, max_size=20),
    st.sampled_from(Change),
    st.sampled_from(["tests", ""]),
    st.text(max_size=5),
    st.sampled_from(Kind),
    layer=st.integers(0, 5),
    names=st.lists(st.text(max_size=5), max_size=3).map(tuple),
)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.lists(ITEMS, max_size=4))
def test_a_manifest_is_the_same_after_json(items: list[Item]) -> None:
    manifest = Manifest("blake3:" + "0" * 64, "oci-layout", "0.1.0", tuple(items))
    assert manifest_from_json(manifest_to_json(manifest), "here") == manifest


@pytest.mark.parametrize("end", [0, 1, 20, 100, -1, -5])
def test_an_archive_that_is_cut_short_is_refused(end: int, tmp_path: Path) -> None:
    whole = companion(tmp_path).read_bytes()
    (tmp_path / "cut").write_bytes(whole[:end])
    with pytest.raises(Refused):
        read_companion(tmp_path / "cut")


def test_flipped_bits_are_refused_or_change_nothing(tmp_path: Path) -> None:
    whole = companion(tmp_path).read_bytes()
    expected = read_companion(companion_at(tmp_path / "whole", whole)).manifest
    for place in range(0, len(whole), 7):
        flipped = bytes((*whole[:place], whole[place] ^ 0x10, *whole[place + 1 :]))
        try:
            found = read_companion(companion_at(tmp_path / "flipped", flipped))
        except Refused:
            continue
        assert found.manifest == expected


def companion_at(path: Path, body: bytes) -> Path:
    path.write_bytes(body)
    return path
