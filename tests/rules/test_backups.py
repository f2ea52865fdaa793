from __future__ import annotations

import io
import tarfile
import zipfile

import pytest

from builders.findings import found_by, paths_of
from builders.scenes import distribution_files, scene_of
from deadweight.core.edit import Safety
from deadweight.core.finding import Confidence
from deadweight.rules.backups import RULE


def _zip(files: dict[str, bytes]) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return body.getvalue()


def _tar(files: dict[str, bytes]) -> bytes:
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode="w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return body.getvalue()


@pytest.mark.parametrize(
    ("copy", "original"),
    [
        ("config.yaml.bak", "config.yaml"),
        ("config.yaml~", "config.yaml"),
        ("main.py.orig", "main.py"),
        ("main.py.old", "main.py"),
        ("main.py.save", "main.py"),
        ("main (copy).py", "main.py"),
        ("main copy.py", "main.py"),
        ("main copy 2.py", "main.py"),
        ("main - Copy.py", "main.py"),
        ("Copy of main.py", "main.py"),
        ("model_backup.bin", "model.bin"),
        ("model.bak.bin", "model.bin"),
        ("nginx.conf.dpkg-old", "nginx.conf"),
    ],
)
def test_finds_a_copy_beside_its_original(copy: str, original: str) -> None:
    (finding,) = found_by(RULE, {f"app/{copy}": b"old one", f"app/{original}": b"new"})
    assert finding.paths == (f"app/{copy}",)
    assert finding.size == 7
    assert finding.confidence is Confidence.LIKELY
    assert finding.safety is Safety.PROVEN


def test_finds_a_copy_with_the_same_bytes_as_certain() -> None:
    (finding,) = found_by(RULE, {"app/model.bin.bak": b"same", "app/model.bin": b"same"})
    assert finding.confidence is Confidence.CERTAIN
    assert "the same bytes as app/model.bin" in finding.evidence[0].says


@pytest.mark.parametrize("copy", ["photo (1).jpg", "photo_old.jpg", "photo-copy.jpg", "photo.copy.jpg"])
def test_finds_names_that_say_little_with_a_proof_only_where_the_bytes_are_the_same(copy: str) -> None:
    (same,) = found_by(RULE, {f"app/{copy}": b"1", "app/photo.jpg": b"1"})
    (other,) = found_by(RULE, {f"app/{copy}": b"2", "app/photo.jpg": b"1"})
    assert (same.safety, same.confidence) == (Safety.PROVEN, Confidence.CERTAIN)
    assert (other.safety, other.confidence) == (Safety.SUGGESTED, Confidence.POSSIBLE)


def test_finds_a_name_without_its_original_as_a_suggestion() -> None:
    (finding,) = found_by(RULE, {"app/gone.py.bak": b"1"})
    assert (finding.confidence, finding.safety) == (Confidence.POSSIBLE, Safety.SUGGESTED)


def test_finds_a_directory_that_was_copied() -> None:
    files = {"app/model/a.bin": b"1", "app/model/b.bin": b"2", "app/model_backup/a.bin": b"1"}
    (finding,) = found_by(RULE, {**files, "app/model_backup/b.bin": b"old"})
    assert finding.paths == ("app/model_backup",)
    assert finding.confidence is Confidence.LIKELY
    assert "1 of its 2 files" in finding.evidence[0].says


@pytest.mark.parametrize("name", ["backup_2024.zip", "project-backup.zip", "BACKUP.zip", "bak 3.zip"])
def test_finds_an_archive_called_backup_and_counts_what_stands_beside(name: str) -> None:
    body = _zip({"app/main.py": b"print()", "app/gone.py": b""})
    (finding,) = found_by(RULE, {f"app/{name}": body, "app/main.py": b"print()"}, reads=len(body))
    assert finding.paths == (f"app/{name}",)
    assert finding.confidence is Confidence.CERTAIN
    assert "1 of its 2 files" in finding.evidence[1].says


def test_finds_a_compressed_tar_called_backup() -> None:
    body = _tar({"./main.py": b"print()"})
    (finding,) = found_by(RULE, {"app/backup-2024.tar.gz": body, "app/main.py": b"print()"}, reads=len(body))
    assert finding.confidence is Confidence.CERTAIN


def test_a_damaged_archive_is_a_gap_and_found_by_its_name() -> None:
    scene = scene_of({"app/backup.zip": b"PK\3\4 and then nothing"})
    (finding,) = RULE.find(scene)
    assert finding.confidence is Confidence.LIKELY
    assert [gap.where for gap in scene.gaps] == ["app/backup.zip"]


@pytest.mark.parametrize(
    "path",
    [
        "app/backup.py",
        "app/copy.py",
        "app/db_backup.py",
        "app/threshold.py",
        "app/old/x.py",
        "app/backup/__init__.py",
        "app/report (1).pdf",
        "app/deepcopy.json",
        "app/scaffold.yaml",
        "app/tests/data/x.bak",
    ],
)
def test_leaves_names_that_are_words_of_programs(path: str) -> None:
    assert found_by(RULE, {path: b"x"}) == ()


def test_leaves_the_backup_module_and_the_copies_of_an_installed_package() -> None:
    files = {"pkg/backup.py": b"1", "pkg/x.py": b"", "pkg/x.py.orig": b"1", "pkg/x_old.py": b"1"}
    assert found_by(RULE, distribution_files("lib/site-packages", "pkg", files=files)) == ()


def test_leaves_archives_that_are_not_called_backup_unread() -> None:
    assert found_by(RULE, {"app/release.zip": _zip({"a": b"1"})}, reads=0) == ()


def test_the_copies_inside_a_copied_directory_are_found_once() -> None:
    files = {"app/src/a.py": b"1", "app/src_old/a.py": b"1", "app/src_old/a.py.bak": b"1"}
    assert paths_of(found_by(RULE, files)) == {"app/src_old"}
