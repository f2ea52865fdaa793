"""Environments of all kinds, against importlib.metadata."""

from __future__ import annotations

import os
import sys
from importlib import metadata
from pathlib import Path

import pytest

from builders.installations import PYTHON, install, virtual_environment
from deadweight.core.environment import Environment, Installed
from deadweight.core.errors import Corrupt, Unknown, UsageError
from deadweight.requirements.environment import find_environment, read_environment


def only(environment: Environment) -> Installed:
    (one,) = environment.distributions
    return one


def test_it_says_of_every_distribution_what_importlib_metadata_says() -> None:
    """The environment that runs the tests."""
    root = Path(sys.prefix)
    found = read_environment(root).by_name
    sites = [str(site) for site in (root / "lib").glob("python*/site-packages")]
    theirs = {
        one.metadata["Name"].lower().replace("_", "-").replace(".", "-"): one
        for one in metadata.distributions(path=sites)
    }
    assert found.keys() == theirs.keys()
    for name, one in theirs.items():
        mine = found[name]
        assert mine.version == one.version
        assert list(mine.requires) == (one.requires or [])
        points = {(group, key, value) for group, named in mine.entry_points.items() for key, value in named.items()}
        assert points == {(point.group, point.name, point.value) for point in one.entry_points}


def test_its_modules_are_those_that_are_imported() -> None:
    """packages_distributions knows the top level; of what runs here every module that is loaded is known."""
    found = read_environment(Path(sys.prefix))
    loaded = [name for name in sys.modules if name.split(".")[0] in ("packaging", "click", "attr", "msgspec")]
    assert [name for name in loaded if name not in found.by_module] == []


def test_its_bytes_are_those_on_disk(tmp_path: Path) -> None:
    site = virtual_environment(tmp_path)
    install(site, "one", files={"one/__init__.py": b"x" * 100, "one/data.bin": b"y" * 900})
    found = only(read_environment(tmp_path))
    on_disk = sum(path.stat().st_size for path in site.rglob("*") if path.is_file())
    assert found.size == on_disk
    assert found.files == sum(path.is_file() for path in site.rglob("*"))


def test_a_file_is_looked_at_only_where_its_row_states_no_size(tmp_path: Path) -> None:
    site = virtual_environment(tmp_path)
    install(site, "one", files={"one.py": b"x" * 100, "two.py": b"y" * 50}, unsized=["two.py"])
    before = only(read_environment(tmp_path)).size
    (site / "one.py").write_bytes(b"")
    (site / "two.py").write_bytes(b"y" * 60)
    after = only(read_environment(tmp_path)).size
    assert before is not None
    assert after == before + 10


def test_modules_are_known_to_every_depth_with_namespaces_and_bare_extension_modules(tmp_path: Path) -> None:
    site = virtual_environment(tmp_path)
    files = ("google/cloud/storage/__init__.py", "google/cloud/storage/blob.py", "_c.cpython-312-x86_64-linux-gnu.so")
    data = ("google/cloud/my-data/x.py", "share/words.txt", "google/__pycache__/x.cpython-312.pyc")
    install(site, "storage", files=dict.fromkeys((*files, *data), b""))
    wanted = {"google", "google.cloud", "google.cloud.storage", "google.cloud.storage.blob", "_c"}
    assert only(read_environment(tmp_path)).modules == wanted


def test_two_distributions_share_a_namespace_and_each_has_its_own_part(tmp_path: Path) -> None:
    site = virtual_environment(tmp_path)
    install(site, "azure-core", files={"azure/core/__init__.py": b""})
    install(site, "azure-storage", files={"azure/storage/__init__.py": b""})
    by_module = read_environment(tmp_path).by_module
    assert set(by_module["azure"]) == {"azure-core", "azure-storage"}
    assert by_module["azure.core"] == ("azure-core",)


def test_commands_are_those_of_entry_points_and_those_that_lie_in_a_folder_of_programs(tmp_path: Path) -> None:
    points = "[console_scripts]\nserve = one:main\n[gui_scripts]\nshow = one:main\n[other]\nplug = one\n"
    site = virtual_environment(tmp_path)
    info = install(site, "one", more={"entry_points.txt": points})
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "compiled").write_bytes(b"elf")
    with (info / "RECORD").open("a") as record:
        record.write("../../../bin/compiled,,\n../../Scripts/tool.exe,,5\none/bin/inner.py,,1\n")
    found = read_environment(tmp_path)
    assert only(found).commands == {"serve", "show", "compiled", "tool"}
    assert list(found.offering("other")) == [("one", "plug", "one")]


def test_a_folder_of_pip_install_target_is_one_too(tmp_path: Path) -> None:
    install(tmp_path, "one", more={"WHEEL": "Tag: cp310-cp310-manylinux_2_17_aarch64\n"})
    found = read_environment(tmp_path)
    assert only(found).name == "one"
    assert (found.markers["python_version"], found.markers["platform_machine"]) == ("3.10", "aarch64")


def test_the_site_of_an_environment_is_for_the_python_of_that_environment(tmp_path: Path) -> None:
    site = virtual_environment(tmp_path, "version_info = 3.12.9.final.0")
    install(site, "one")
    assert read_environment(site).markers["python_full_version"] == "3.12.9"


def test_an_interpreter_stands_for_its_environment(tmp_path: Path) -> None:
    install(virtual_environment(tmp_path), "one")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to("/usr/bin/python3")
    assert only(read_environment(tmp_path / "bin" / "python")).name == "one"


def test_a_file_system_gives_the_sites_of_its_python_in_the_order_of_its_path(tmp_path: Path) -> None:
    local, system = tmp_path / "usr/local/lib" / PYTHON / "dist-packages", tmp_path / "usr/lib/python3/dist-packages"
    install(local, "one", "2.0")
    install(system, "one", "1.0")
    install(system, "two")
    found = read_environment(tmp_path).by_name
    assert {name: one.version for name, one in found.items()} == {"one": "2.0", "two": "1.0"}


def test_several_pythons_with_distributions_are_no_one_environment(tmp_path: Path) -> None:
    for version in ("3.10", "3.12"):
        install(tmp_path / "lib" / f"python{version}" / "site-packages", "one")
    with pytest.raises(UsageError, match=r"3\.10, 3\.12"):
        read_environment(tmp_path)


def test_what_an_environment_shares_with_its_base_counts_behind_its_own(tmp_path: Path) -> None:
    base = tmp_path / "base" / "lib" / PYTHON / "site-packages"
    install(base, "one", "1.0")
    install(base, "two", "1.0")
    settings = f"include-system-site-packages = true\nhome = {tmp_path}/base/bin\nversion = 3.12.4"
    install(virtual_environment(tmp_path / "own", settings), "one", "2.0")
    found = read_environment(tmp_path / "own").by_name
    assert {name: one.version for name, one in found.items()} == {"one": "2.0", "two": "1.0"}


def test_an_environment_for_windows_is_read_here(tmp_path: Path) -> None:
    (tmp_path / "pyvenv.cfg").write_text("version = 3.11.2\n")
    install(tmp_path / "Lib" / "site-packages", "one", more={"WHEEL": "Tag: cp311-cp311-win_amd64\n"})
    markers = read_environment(tmp_path).markers
    assert (markers["sys_platform"], markers["platform_machine"], markers["os_name"]) == ("win32", "AMD64", "nt")


def test_without_any_sign_of_a_python_the_one_that_runs_us_is_assumed_and_said(tmp_path: Path) -> None:
    install(tmp_path, "one")
    found = read_environment(tmp_path)
    assert found.markers["python_version"] == ".".join(map(str, sys.version_info[:2]))
    assert "assumed" in found.gaps[0].reason


def test_an_egg_info_says_what_it_requires_and_what_it_has(tmp_path: Path) -> None:
    site = virtual_environment(tmp_path)
    egg = site / "old-1.2.egg-info"
    egg.mkdir()
    (egg / "PKG-INFO").write_text("Name: old\nVersion: 1.2\n")
    (egg / "requires.txt").write_text("six\n\n[fast]\nujson\n")
    (egg / "top_level.txt").write_text("old\n")
    (site / "old").mkdir()
    (site / "old" / "__init__.py").write_bytes(b"x" * 70)
    found = only(read_environment(tmp_path))
    assert found.requires == ("six", 'ujson ; extra == "fast"')
    assert (found.size, set(found.modules), found.modules_known_by) == (70, {"old"}, "top_level.txt")


def test_an_import_name_tells_the_modules_where_nothing_else_does(tmp_path: Path) -> None:
    site = virtual_environment(tmp_path)
    info = install(site, "one", files={"other/__init__.py": b"1", "other/deep.py": b"2"})
    (info / "RECORD").unlink()
    (info / "METADATA").write_text("Name: one\nVersion: 1.0\nImport-Name: other\n")
    found = only(read_environment(tmp_path))
    assert (set(found.modules), found.modules_known_by) == ({"other", "other.deep"}, "Import-Name")


def test_an_editable_install_has_the_modules_of_the_folder_that_its_path_file_names(tmp_path: Path) -> None:
    site = virtual_environment(tmp_path / "venv")
    (tmp_path / "src" / "mine").mkdir(parents=True)
    (tmp_path / "src" / "mine" / "__init__.py").touch()
    direct = '{"url": "file:///x", "dir_info": {"editable": true}}'
    path_file = f"{tmp_path}/src\nimport this\n".encode()
    install(site, "mine", files={"_mine.pth": path_file}, more={"direct_url.json": direct})
    found = only(read_environment(tmp_path / "venv"))
    assert found.is_editable
    assert found.modules == {"mine"}


def test_an_editable_install_by_a_finder_is_read_and_never_run(tmp_path: Path) -> None:
    site = virtual_environment(tmp_path / "venv")
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "deep.py").touch()
    finder = f"raise SystemExit\nMAPPING: dict[str, str] = {{'mine': {str(tmp_path / 'code')!r}}}\n".encode()
    direct = '{"dir_info": {"editable": true}}'
    install(site, "mine", files={"__editable___mine_finder.py": finder}, more={"direct_url.json": direct})
    assert {"mine", "mine.deep"} <= only(read_environment(tmp_path / "venv")).modules


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"__editable___mine_finder.py": b"MAPPING = {"}, "cannot be parsed"),
        ({"__editable___mine_finder.py": b"MAPPING = found()"}, "malformed node"),
        ({"__editable___mine_finder.py": b"MAPPING = ['mine']"}, "no dictionary"),
        ({"__editable___mine_finder.py": b"WHERE = {}"}, "has no MAPPING"),
        ({"_mine.pth": b"/nowhere/at/all\n"}, "/nowhere/at/all"),
        ({"_mine_loader.py": b"install()"}, "no path file and no finder"),
    ],
)
def test_an_editable_install_that_does_not_say_where_its_code_lies_is_a_gap(
    tmp_path: Path, files: dict[str, bytes], reason: str
) -> None:
    site = virtual_environment(tmp_path / "venv")
    install(site, "mine", files=files, more={"direct_url.json": '{"dir_info": {"editable": true}}'})
    (gap,) = read_environment(tmp_path / "venv").gaps
    assert reason in gap.reason


def test_a_path_file_that_is_gone_is_a_gap_of_an_editable_install(tmp_path: Path) -> None:
    site = virtual_environment(tmp_path / "venv")
    direct = '{"dir_info": {"editable": true}}'
    install(site, "mine", files={"_mine.pth": b"/src\n"}, more={"direct_url.json": direct})
    (site / "_mine.pth").unlink()
    (gap,) = read_environment(tmp_path / "venv").gaps
    assert gap.where.endswith("_mine.pth")


def test_a_link_of_setup_py_develop_leads_to_its_egg_info(tmp_path: Path) -> None:
    site = virtual_environment(tmp_path / "venv")
    egg = tmp_path / "code" / "mine.egg-info"
    egg.mkdir(parents=True)
    (egg / "PKG-INFO").write_text("Name: mine\nVersion: 3\n")
    (tmp_path / "code" / "mine.py").touch()
    (site / "mine.egg-link").write_text(f"{tmp_path}/code\n.")
    found = only(read_environment(tmp_path / "venv"))
    assert (found.version, found.is_editable, set(found.modules)) == ("3", True, {"mine"})


def test_who_was_asked_for_by_name_is_told(tmp_path: Path) -> None:
    site = virtual_environment(tmp_path)
    install(site, "one", more={"REQUESTED": ""})
    install(site, "two", files={})
    assert [one.is_requested for one in read_environment(tmp_path).distributions] == [True, False]


def test_a_record_that_is_no_csv_is_a_gap_and_the_rest_is_told(tmp_path: Path) -> None:
    site = virtual_environment(tmp_path)
    info = install(site, "one", more={"top_level.txt": "one\n"})
    (info / "RECORD").write_bytes(b'"' + b"x" * 200_000 + b"\r\n")
    found = read_environment(tmp_path)
    assert only(found).modules == {"one"}
    assert "no CSV" in found.gaps[0].reason


def test_metadata_that_is_missing_or_half_removed_is_a_gap(tmp_path: Path) -> None:
    site = virtual_environment(tmp_path)
    (install(site, "one") / "METADATA").unlink()
    (site / "empty-1.0.dist-info").mkdir()
    install(site, "~wo")
    found = read_environment(tmp_path)
    assert only(found).name == "one"
    assert sorted(gap.reason.split(":")[0].split(" that")[0] for gap in found.gaps) == [
        "it holds no METADATA",
        "it holds no METADATA",
        "left by an install",
    ]


def test_of_two_that_are_recorded_by_one_name_the_fuller_counts_and_it_is_said(tmp_path: Path) -> None:
    site = virtual_environment(tmp_path)
    install(site, "one", "1.0", files={})
    install(site, "one", "0.9", files={"one.py": b"", "two.py": b""})
    found = read_environment(tmp_path)
    assert only(found).version == "0.9"
    assert "recorded twice" in found.gaps[0].reason


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_metadata_that_may_not_be_read_is_a_gap(tmp_path: Path) -> None:
    site = virtual_environment(tmp_path)
    (install(site, "one") / "METADATA").chmod(0)
    assert any("cannot be read" in gap.reason for gap in read_environment(tmp_path).gaps)


def test_a_pipe_in_place_of_metadata_is_never_opened(tmp_path: Path) -> None:
    site = virtual_environment(tmp_path)
    info = install(site, "one")
    (info / "METADATA").unlink()
    os.mkfifo(info / "METADATA")
    assert any("no METADATA" in gap.reason for gap in read_environment(tmp_path).gaps)


def test_what_is_no_environment_is_refused_with_what_and_where(tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "pyvenv.cfg").touch()
    with pytest.raises(Unknown, match="no Python environment"):
        read_environment(tmp_path)
    with pytest.raises(UsageError, match="no such path"):
        read_environment(tmp_path / "gone")
    with pytest.raises(Corrupt, match="no site-packages"):
        read_environment(tmp_path / "broken")
    with pytest.raises(UsageError, match="no directory"):
        read_environment(tmp_path / "broken" / "pyvenv.cfg")


def test_an_empty_environment_holds_nothing_and_is_fine(tmp_path: Path) -> None:
    virtual_environment(tmp_path)
    assert read_environment(tmp_path).distributions == ()


def test_the_environment_of_a_project_is_the_one_of_a_usual_name_first(tmp_path: Path) -> None:
    assert find_environment(tmp_path) is None
    virtual_environment(tmp_path / "a-first")
    assert find_environment(tmp_path) == tmp_path / "a-first"
    virtual_environment(tmp_path / ".venv")
    assert find_environment(tmp_path) == tmp_path / ".venv"
