from __future__ import annotations

import pytest

from builders.findings import found_by, paths_of
from builders.scenes import artifact_of, distribution_files, entry_of
from deadweight.core.artifact import Image
from deadweight.core.edit import Safety
from deadweight.core.entry import Entry, Kind
from deadweight.rules.temporary_files import RULE

DAY = 86400.0
SYSTEM: dict[str, bytes | Entry] = {"etc/os-release": b"ID=debian\n"}


@pytest.mark.parametrize(
    "path",
    ["app/x.tmp", "app/x.TEMP", "home/me/model.bin.crdownload", "app/model.safetensors.part", "app/a.incomplete"],
)
def test_finds_temporary_files_by_their_ending(path: str) -> None:
    (finding,) = found_by(RULE, {path: b"12345", "app/main.py": b""})
    assert finding.paths == (path,)
    assert finding.size == 5
    assert finding.safety is Safety.PROVEN


def test_finds_the_swap_file_of_an_editor_by_its_content() -> None:
    files = {"app/.main.py.swp": b"b0VIM 9.0" + bytes(20), "app/pages.swp": b"the app's own swap"}
    assert paths_of(found_by(RULE, files)) == {"app/.main.py.swp"}


def test_finds_what_a_system_left_in_its_temporary_directories() -> None:
    files = {**SYSTEM, "tmp/build/a.o": b"1", "tmp/x": b"2", "var/tmp/y": b"3", "tmp/z.tmp": b"4"}
    findings = found_by(RULE, files)
    assert paths_of(findings) == {"tmp/build", "tmp/x", "tmp/z.tmp", "var/tmp/y"}
    assert sum(finding.size for finding in findings) == 4


def test_finds_old_files_by_their_last_access_and_change() -> None:
    files: dict[str, bytes | Entry] = {
        "app/main.py": entry_of("app/main.py", b"", mtime=100 * DAY),
        "app/tmp/old": entry_of("app/tmp/old", b"1", mtime=10 * DAY, atime=20 * DAY),
        "app/tmp/read": entry_of("app/tmp/read", b"2", mtime=10 * DAY, atime=99 * DAY),
        "app/tmp/unknown": entry_of("app/tmp/unknown", b"3", mtime=10 * DAY),
    }
    assert paths_of(found_by(RULE, files)) == {"app/tmp/old"}
    assert paths_of(found_by(RULE, files, {"temporary-age-days": "90"})) == set()


def test_leaves_a_part_that_belongs_to_a_series_or_names_no_download() -> None:
    assert found_by(RULE, {"app/x.bin.part": b"1", "app/x.bin.part1": b"2", "app/board.part": b"3"}) == ()


def test_leaves_the_application_that_lives_in_the_temporary_directory() -> None:
    image = Image("amd64", "linux", {}, {}, working_directory="/tmp/app")
    assert found_by(RULE, artifact_of({**SYSTEM, "tmp/app/main.py": b"1"}, image=image)) == ()


def test_a_temporary_directory_that_is_named_as_such_is_still_found() -> None:
    link = Entry("usr/tmp", Kind.SYMLINK, target="../tmp")
    image = Image("amd64", "linux", {}, {}, environment=("TMPDIR=/tmp", "CONFIG=/tmp/kept/config"))
    files = {**SYSTEM, "usr/tmp": link, "tmp/x": b"1", "tmp/kept/config": b"2"}
    assert paths_of(found_by(RULE, artifact_of(files, image=image))) == {"tmp/x"}


def test_leaves_a_models_cache_that_the_environment_names() -> None:
    image = Image("amd64", "linux", {}, {}, environment=("HF_HOME=/tmp/models",))
    assert found_by(RULE, artifact_of({**SYSTEM, "tmp/models/x.bin": b"1"}, image=image)) == ()


def test_leaves_installed_files_and_test_data() -> None:
    wheel = distribution_files("lib/site-packages", "pkg", files={"pkg/tmp/x.py": b"1", "pkg/template.tmp": b"2"})
    assert found_by(RULE, {**wheel, "app/tests/data/x.tmp": b"3", "app/tmp/.keep": b""}) == ()


def test_leaves_the_directory_called_tmp_of_what_is_no_system() -> None:
    assert found_by(RULE, {"tmp/x": b"1"}) == ()
