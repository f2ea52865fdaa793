from __future__ import annotations

import io
import shutil
import tarfile
import zipfile
from pathlib import Path

import pytest

from builders.findings import found_by, paths_of, tree_of
from builders.scenes import distribution_files
from deadweight.core.edit import Safety
from deadweight.core.finding import Confidence
from deadweight.rules.unread_archives import RULE

SITE = "usr/lib/python3/site-packages"


def _zip(files: dict[str, bytes]) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return body.getvalue()


def _tar(files: dict[str, bytes], mode: str) -> bytes:
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode=mode) as archive:  # type: ignore[call-overload]  # the mode is a parameter
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return body.getvalue()


@pytest.mark.parametrize("name", ["my_tool-1.0-py3-none-any.whl", "my_tool-1.0.tar.gz", "my-tool-1.0.zip"])
def test_finds_the_archive_of_an_installed_distribution_without_reading_it(name: str) -> None:
    files = {**distribution_files(SITE, "my-tool"), f"wheels/{name}": b"PK\3\4 body"}
    (finding,) = found_by(RULE, files, reads=0)
    assert finding.paths == (f"wheels/{name}",)
    assert (finding.confidence, finding.safety) == (Confidence.CERTAIN, Safety.PROVEN)


@pytest.mark.parametrize(("ending", "mode"), [("tar", "w"), ("tar.gz", "w:gz"), ("tar.xz", "w:xz"), ("tgz", "w:gz")])
def test_finds_a_tar_beside_all_of_its_content(ending: str, mode: str) -> None:
    body = _tar({"model/a.bin": b"12", "model/b.bin": b"345"}, mode)
    files = {f"app/model.{ending}": body, "app/model/a.bin": b"12", "app/model/b.bin": b"345"}
    (finding,) = found_by(RULE, files, reads=len(body))
    assert finding.paths == (f"app/model.{ending}",)
    assert "all of its 2 files" in finding.evidence[0].says


def test_finds_a_data_set_that_was_unpacked_where_it_was_downloaded() -> None:
    body = _zip({"train.csv": b"12"})
    assert paths_of(found_by(RULE, {"data/set.zip": body, "data/set/train.csv": b"12"}, reads=len(body))) == {
        "data/set.zip"
    }


def test_finds_a_zip_without_a_first_directory() -> None:
    body = _zip({"a.bin": b"12"})
    assert paths_of(found_by(RULE, {"model.zip": body, "model/a.bin": b"12"}, reads=len(body))) == {"model.zip"}


def test_leaves_an_archive_that_is_not_wholly_unpacked() -> None:
    body = _zip({"model/a.bin": b"12", "model/b.bin": b"345"})
    files = {"app/model.zip": body, "app/model/a.bin": b"12"}
    assert found_by(RULE, files, reads=len(body)) == ()
    assert found_by(RULE, {**files, "app/model/b.bin": b"other size"}, reads=len(body)) == ()


def test_leaves_an_archive_with_nothing_of_its_name_beside_it_unread() -> None:
    assert found_by(RULE, {"app/assets.zip": _zip({"a": b"1"}), "app/a": b"1"}, reads=0) == ()


def test_leaves_a_wheel_of_another_version_or_of_nothing_installed() -> None:
    files = distribution_files(SITE, "my-tool")
    assert found_by(RULE, {**files, "w/my_tool-2.0-py3-none-any.whl": b"1", "w/other-1.0.tar.gz": b"1"}) == ()


def test_leaves_an_index_of_mostly_other_distributions() -> None:
    others = {f"srv/index/other{number}-1.0.tar.gz": b"1" for number in range(3)}
    files = {**distribution_files(SITE, "my-tool"), "srv/index/my_tool-1.0.tar.gz": b"1", **others}
    assert found_by(RULE, files, reads=0) == ()


def test_leaves_the_wheels_that_ensurepip_installs_from() -> None:
    files = distribution_files(SITE, "pip", "24.0")
    bundled = "usr/local/lib/python3.12/ensurepip/_bundled/pip-24.0-py3-none-any.whl"
    assert found_by(RULE, {**files, bundled: b"1"}) == ()


@pytest.mark.parametrize("name", ["app.jar", "app.pyz", "weights.npz", "report.docx", "old.egg", "data.json.gz"])
def test_leaves_archives_that_are_read_as_they_are(name: str) -> None:
    stem = name.partition(".")[0]
    assert found_by(RULE, {name: _zip({"a": b"1"}), f"{stem}/a": b"1"}, reads=0) == ()


def test_leaves_the_archives_of_packages_and_tests() -> None:
    body = _zip({"a": b"1"})
    wheel = distribution_files(SITE, "pkg", files={"pkg/data.zip": body, "pkg/data/a": b"1"})
    assert found_by(RULE, {**wheel, "app/tests/x.zip": body, "app/tests/x/a": b"1"}, reads=0) == ()


@pytest.mark.parametrize("form", ["zip", "tar", "gztar", "bztar", "xztar"])
def test_finds_what_the_standard_library_packs_of_a_folder(tmp_path: Path, form: str) -> None:
    (tmp_path / "model" / "inner").mkdir(parents=True)
    (tmp_path / "model" / "a.bin").write_bytes(b"12")
    (tmp_path / "model" / "inner" / "b.bin").write_bytes(b"345")
    made = Path(shutil.make_archive(str(tmp_path / "model"), form, root_dir=tmp_path, base_dir="model"))
    assert paths_of(found_by(RULE, tree_of(tmp_path), reads=made.stat().st_size)) == {made.name}
