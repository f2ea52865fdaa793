"""Exact versions through uv: preferences kept, targets united, locks that pip and uv read."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.pylock import Pylock

from builders.indexes import demand, index_of, offline_uv
from builders.wheels import wheel_file
from deadweight.core.errors import UsageError
from deadweight.requirements.resolving.resolution import resolve
from deadweight.requirements.resolving.targets import targets
from deadweight.requirements.writing.pylock_file import pylock_text
from deadweight.requirements.writing.requirements_file import requirements_text, unhashed

EVERYWHERE = targets(("3.11",), ())
RELEASES = {
    "alpha==1.0": ["beta>=1"],
    "alpha==2.0": ["beta>=1"],
    "beta==1.0": [],
    "beta==1.5": ["gamma; sys_platform == 'win32'"],
    "gamma==1.0": [],
}


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return index_of(tmp_path / "index", RELEASES)


def versions(text: str) -> list[str]:
    return [line.split(" ")[0] for line in text.splitlines() if line and line[0] not in "# "]


def test_the_newest_that_go_together_are_found_with_who_asks_for_them(tmp_path: Path, index: Path) -> None:
    found = resolve(offline_uv(tmp_path), demand(index, "alpha"), EVERYWHERE)
    assert [(pin.name, pin.version) for pin in found.pins] == [("alpha", "2.0"), ("beta", "1.5"), ("gamma", "1.0")]
    assert found.via == {"alpha": (), "beta": ("alpha",), "gamma": ("beta",)}
    assert found.pins[2].marker == "sys_platform == 'win32'"


def test_preferred_versions_are_kept_unless_they_do_not_fit(tmp_path: Path, index: Path) -> None:
    uv = offline_uv(tmp_path)
    kept = resolve(uv, demand(index, "alpha", alpha="1.0", beta="1.0"), EVERYWHERE)
    assert versions(requirements_text(kept)) == ["alpha==1.0", "beta==1.0"]
    must = resolve(uv, demand(index, "alpha>1", alpha="1.0", beta="1.0"), EVERYWHERE)
    assert versions(requirements_text(must)) == ["alpha==2.0", "beta==1.0"]


def test_what_holds_for_some_platforms_has_their_marker(tmp_path: Path, index: Path) -> None:
    wanted = targets(("3.11", "3.12"), ("x86_64-manylinux_2_28", "windows"))
    text = requirements_text(resolve(offline_uv(tmp_path), demand(index, "alpha"), wanted))
    assert versions(text) == ["alpha==2.0", "beta==1.5", "gamma==1.0"]
    assert "gamma==1.0 ; sys_platform == 'win32' and platform_machine == 'AMD64' \\\n" in text


def test_only_files_that_the_platform_installs_have_a_hash(tmp_path: Path, index: Path) -> None:
    for tag in ("cp311-cp311-win_amd64", "cp311-cp311-manylinux_2_17_x86_64"):
        wheel_file(index, "delta", tag=tag)
    uv = offline_uv(tmp_path)
    one = resolve(uv, demand(index, "delta"), targets(("3.11",), ("x86_64-manylinux_2_28",)))
    assert [file.name for file in one.pins[0].files] == ["delta-1.0-cp311-cp311-manylinux_2_17_x86_64.whl"]
    both = resolve(uv, demand(index, "delta"), targets(("3.11",), ("x86_64-manylinux_2_28", "windows")))
    assert requirements_text(both).count("--hash=sha256:") == 2


def test_the_same_demand_gives_the_same_bytes(tmp_path: Path, index: Path) -> None:
    uv, asked = offline_uv(tmp_path), demand(index, "alpha", "gamma")
    first, second = (resolve(uv, asked, EVERYWHERE) for _ in "12")
    assert requirements_text(first) == requirements_text(second)
    assert pylock_text(first) == pylock_text(second)


def test_pip_installs_the_list_by_its_hashes(tmp_path: Path, index: Path) -> None:
    found = resolve(offline_uv(tmp_path), demand(index, "alpha<2"), EVERYWHERE)
    listed = tmp_path / "requirements.txt"
    listed.write_text(requirements_text(found, ("for a test",)), "utf-8")
    words = ["install", "--no-index", "--find-links", str(index), "--require-hashes", "-r", str(listed)]
    target = ["--target", str(tmp_path / "site"), "--no-compile", "--disable-pip-version-check", "-q"]
    subprocess.run([sys.executable, "-m", "pip", *words, *target], check=True, capture_output=True)
    assert sorted(one.name for one in (tmp_path / "site").glob("*.dist-info")) == [
        "alpha-1.0.dist-info",
        "beta-1.5.dist-info",
    ]


def test_a_pylock_is_one_to_who_wrote_the_standard(tmp_path: Path, index: Path) -> None:
    wanted = targets(("3.11",), ("x86_64-manylinux_2_28", "windows"))
    text = pylock_text(resolve(offline_uv(tmp_path), demand(index, "alpha"), wanted))
    read = Pylock.from_dict(tomllib.loads(text))
    assert [(one.name, str(one.version)) for one in read.packages] == [
        ("alpha", "2.0"),
        ("beta", "1.5"),
        ("gamma", "1.0"),
    ]
    assert len(read.environments or ()) == 2
    assert all(wheel.hashes for one in read.packages for wheel in one.wheels or ())


def test_nothing_asked_for_is_an_empty_lock_that_reads(tmp_path: Path, index: Path) -> None:
    nothing = resolve(offline_uv(tmp_path), demand(index), EVERYWHERE)
    assert nothing.pins == ()
    assert nothing.download == 0
    assert not Pylock.from_dict(tomllib.loads(pylock_text(nothing))).packages


def test_a_folder_has_no_hash_and_is_named(tmp_path: Path, index: Path) -> None:
    project = tmp_path / "mine"
    project.mkdir()
    (project / "pyproject.toml").write_text('[project]\nname = "mine"\nversion = "1"\ndependencies = ["beta"]\n')
    found = resolve(offline_uv(tmp_path), demand(index, f"mine @ {project.as_uri()}"), EVERYWHERE)
    assert [pin.name for pin in unhashed(found)] == ["mine"]
    assert [pin.name for pin in found.pins] == ["beta", "gamma", "mine"]


@pytest.mark.parametrize(
    ("requirements", "says"),
    [
        (("alpha==9",), "there is no version of alpha==9"),
        (("nowhere",), "nowhere was not found"),
        (("alpha", "beta<1"), "beta<1"),
    ],
)
def test_what_cannot_be_satisfied_is_told_with_the_reason(
    tmp_path: Path, index: Path, requirements: tuple[str, ...], says: str
) -> None:
    with pytest.raises(UsageError, match="no versions satisfy all that is asked") as told:
        resolve(offline_uv(tmp_path), demand(index, *requirements), EVERYWHERE)
    assert says in told.value.message
