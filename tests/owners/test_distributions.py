"""Whose the files of Python distributions are, with importlib.metadata over a real pip environment as oracle."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from builders.scenes import distribution_files, scene_of
from builders.trees import files_of
from deadweight.core.owner import Owner, OwnerKind
from deadweight.core.scene import Scene
from deadweight.owners.distributions import installed

SITE = "usr/local/lib/python3.12/site-packages"


def owned(scene: Scene, name: str) -> set[str]:
    """The paths of files that the owner of this name has."""
    by_path = scene.listing.by_path
    return {path for path, owner in scene.ownership.owners.items() if owner.name == name and by_path[path].size}


def owner_at(scene: Scene, path: str) -> Owner:
    assert path in scene.listing
    return scene.ownership.of(path)


def wheel_of(folder: Path, name: str, files: dict[str, bytes], entry_points: str = "") -> Path:
    """A wheel of these files, written by zipfile."""
    wheel = folder / f"{name}-1.5-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, body in distribution_files("", name, "1.5", files, entry_points=entry_points).items():
            archive.writestr(path.lstrip("/"), body)
    return wheel


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real virtual environment with two wheels of packages, a module, data and a script, installed by pip."""
    root = tmp_path_factory.mktemp("environment")
    tool = {
        "tool/__init__.py": b"def main(): ...\n",
        "single.py": b"x = 1\n",
        "tool-1.5.data/data/share/tool.txt": b"d",
    }
    wheels = [
        wheel_of(root, "tool", tool, "[console_scripts]\ntool = tool:main\n"),
        wheel_of(root, "space_part", {"space/part/__init__.py": b"y = 1\n", "space/part/odd name.txt": b"z"}),
    ]
    venv.create(root / "venv", symlinks=True)
    pip = [sys.executable, "-m", "pip", "--python", f"{root}/venv/bin/python", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "-q", "--no-index", *wheels], check=True)
    return root / "venv"


def listed(environment: Path, site: Path) -> dict[str, set[str]]:
    """By distribution, the files with content that importlib.metadata lists, relative to the environment."""
    found: dict[str, set[str]] = {}
    for distribution in importlib.metadata.distributions(path=[str(site)]):
        files = {Path(str(distribution.locate_file(file))).resolve() for file in distribution.files or ()}
        there = {str(file.relative_to(environment)) for file in files if file.exists() and file.stat().st_size}
        found[distribution.name.replace("_", "-")] = there
    return found


def test_a_real_environment_is_attributed_as_importlib_metadata_lists_it(environment: Path) -> None:
    (site,) = environment.glob("lib/python3*/site-packages")
    scene = scene_of(files_of(environment))
    expected = listed(environment.resolve(), site)
    assert expected.keys() == {"tool", "space-part"}
    assert {"bin/tool", "share/tool.txt"} <= expected["tool"]
    assert {name: owned(scene, name) for name in expected} == expected
    assert not scene.ownership.contests


def test_recorded_files_scripts_and_data_belong_to_the_distribution() -> None:
    files = {"big/__init__.py": b"x", "../../../bin/big": b"#!", "../../../share/big/data": b"d", "/etc/big.conf": b"c"}
    made = distribution_files(SITE, "Big_Thing", "2.0", {"big/__init__.py": b"x"})
    record = f"{SITE}/Big_Thing-2.0.dist-info/RECORD"
    made[record] += "".join(f"{path},,\n" for path in files if not path.startswith("big")).encode()
    others = {"usr/local/bin/big": b"#!", "usr/local/share/big/data": b"d", "etc/big.conf": b"c"}
    scene = scene_of({**made, **others})
    assert owned(scene, "big-thing") == {*made, *others}
    assert scene.ownership.sources[Owner(OwnerKind.DISTRIBUTION, "big-thing", "2.0")] == record


def test_bytecode_made_at_run_time_goes_with_its_recorded_source() -> None:
    files = {**distribution_files(SITE, "one", files={"one.py": b"1"}), **distribution_files(SITE, "two")}
    files[f"{SITE}/__pycache__/one.cpython-312.pyc"] = b"pyc"
    files[f"{SITE}/two/__pycache__/__init__.cpython-312.opt-1.pyc"] = b"pyc"
    files[f"{SITE}/__pycache__/gone.cpython-312.pyc"] = b"pyc"
    scene = scene_of(files)
    assert owner_at(scene, f"{SITE}/__pycache__/one.cpython-312.pyc").name == "one"
    assert owner_at(scene, f"{SITE}/two/__pycache__/__init__.cpython-312.opt-1.pyc").name == "two"
    assert owner_at(scene, f"{SITE}/__pycache__/gone.cpython-312.pyc").kind is not OwnerKind.DISTRIBUTION


def test_an_unrecorded_file_in_a_package_is_the_packages() -> None:
    files = distribution_files(SITE, "deep", files={"deep/__init__.py": b"1", "deep.libs/a.so": b"so"})
    files[f"{SITE}/deep/downloaded/weights.bin"] = b"w"
    files[f"{SITE}/deep.libs/b.so"] = b"so"
    scene = scene_of(files)
    assert owner_at(scene, f"{SITE}/deep/downloaded/weights.bin").name == "deep"
    assert owner_at(scene, f"{SITE}/deep.libs/b.so").name == "deep"


def test_an_unrecorded_file_in_a_shared_namespace_is_nobodys_guess() -> None:
    files = distribution_files(SITE, "space-a", files={"space/a/__init__.py": b"1"})
    files |= distribution_files(SITE, "space-b", files={"space/b/__init__.py": b"1"})
    files |= {f"{SITE}/space/c/new.py": b"1", f"{SITE}/space/b/new.py": b"1"}
    scene = scene_of(files)
    assert owner_at(scene, f"{SITE}/space/c/new.py").kind is not OwnerKind.DISTRIBUTION
    assert owner_at(scene, f"{SITE}/space/b/new.py").name == "space-b"


def test_a_file_that_two_records_name_is_contested() -> None:
    files = distribution_files(SITE, "first", files={"tests/__init__.py": b"1"})
    files |= distribution_files(SITE, "second", files={"tests/__init__.py": b"1"})
    (contest,) = scene_of(files).ownership.contests
    assert contest.path == f"{SITE}/tests/__init__.py"
    assert [owner.name for owner in contest.owners] == ["first", "second"]


def test_a_vendored_distribution_belongs_to_the_one_that_records_it() -> None:
    inner = distribution_files("big/_vendor", "small")
    scene = scene_of(distribution_files(SITE, "big", files={"big/__init__.py": b"1", **inner}))
    assert owned(scene, "small") == set()
    assert {f"{SITE}/{path}" for path in inner} <= owned(scene, "big")
    assert scene.ownership.contests == ()


def test_several_pythons_have_each_their_own() -> None:
    other = "opt/venv/lib/python3.11/site-packages"
    scene = scene_of({**distribution_files(SITE, "same", "1"), **distribution_files(other, "same", "2")})
    assert owner_at(scene, f"{SITE}/same/__init__.py").version == "1"
    assert owner_at(scene, f"{other}/same/__init__.py").version == "2"


def test_a_wheel_is_owned_from_its_root() -> None:
    files = distribution_files("", "flat", files={"flat/__init__.py": b"1", "flat-1.0.data/purelib/x.py": b"2"})
    scene = scene_of({path.lstrip("/"): body for path, body in files.items()})
    assert {owner.name for owner in scene.ownership.owners.values() if owner.kind is OwnerKind.DISTRIBUTION} == {"flat"}
    assert owner_at(scene, "flat-1.0.data/purelib/x.py").name == "flat"


def test_the_handler_beside_packages_in_a_zip_is_the_applications() -> None:
    files = distribution_files("", "flat")
    scene = scene_of({**{path.lstrip("/"): body for path, body in files.items()}, "handler.py": b"h"})
    assert owner_at(scene, "handler.py").kind is OwnerKind.APPLICATION


def test_installed_files_are_relative_to_the_egg_info() -> None:
    info = f"{SITE}/Old_Thing-1.0-py3.12.egg-info"
    files = {
        f"{info}/PKG-INFO": b"Name: Old-Thing\nVersion: 1.0\n",
        f"{info}/installed-files.txt": b"../old/__init__.py\n../../../../bin/old\nPKG-INFO\n",
        f"{SITE}/old/__init__.py": b"1",
        "usr/local/bin/old": b"2",
    }
    assert owned(scene_of(files), "old-thing") == set(files)


@pytest.mark.parametrize("stated", [{"top_level.txt": b"old\n"}, {"SOURCES.txt": b"setup.py\nsrc/old/__init__.py\n"}])
def test_an_egg_info_without_files_owns_its_top_level_packages(stated: dict[str, bytes]) -> None:
    site = "usr/lib/python3/dist-packages"
    info = f"{site}/old_thing-1.0.egg-info"
    files = {f"{info}/PKG-INFO": b"Name: old_thing\nVersion: 1.0\n", f"{site}/old/__init__.py": b"1"}
    files |= {f"{info}/{name}": body for name, body in stated.items()}
    assert owned(scene_of(files), "old-thing") == set(files)


def test_an_egg_info_that_is_one_file_owns_itself_and_the_module_of_its_name() -> None:
    site = "usr/lib/python3/dist-packages"
    files = {f"{site}/six-1.16.0.egg-info": b"Name: six\nVersion: 1.16.0\n", f"{site}/six.py": b"1"}
    assert owned(scene_of(files), "six") == set(files)


def test_an_egg_owns_all_that_lies_in_it() -> None:
    egg = f"{SITE}/hatch_ling-0.1-py3.12.egg"
    files = {f"{egg}/EGG-INFO/PKG-INFO": b"Name: hatch-ling\nVersion: 0.1\n", f"{egg}/ling/__init__.py": b"1"}
    assert owned(scene_of(files), "hatch-ling") == set(files)


def test_the_egg_info_of_a_project_in_place_stays_with_the_project() -> None:
    files = {"app/src/mine.egg-info/PKG-INFO": b"Name: mine\n", "app/src/mine/__init__.py": b"1", "etc/passwd": b"x"}
    assert not list(installed(scene_of(files).listing))


def test_a_record_that_cannot_be_read_is_a_gap() -> None:
    files = distribution_files(SITE, "torn")
    files[f"{SITE}/torn-1.0.dist-info/RECORD"] = b'"' + b"x" * 200_000
    scene = scene_of(files)
    assert owner_at(scene, f"{SITE}/torn-1.0.dist-info/METADATA").name == "torn"
    assert owner_at(scene, f"{SITE}/torn/__init__.py").kind is not OwnerKind.DISTRIBUTION
    assert [gap.where for gap in scene.gaps] == [f"{SITE}/torn-1.0.dist-info/RECORD"]


def test_a_row_that_climbs_out_is_no_path() -> None:
    files = distribution_files("lib/site-packages", "evil")
    files["lib/site-packages/evil-1.0.dist-info/RECORD"] += b"../../../../etc/shadow,,\n"
    scene = scene_of({**files, "etc/shadow": b"root"})
    assert owner_at(scene, "etc/shadow").kind is not OwnerKind.DISTRIBUTION
