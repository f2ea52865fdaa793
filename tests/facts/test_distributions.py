from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from builders.scenes import distribution_files
from builders.sites import SITE, site_scene
from deadweight.facts.distributions import DISTRIBUTIONS, Distribution


def the_one(*parts: dict[str, bytes]) -> Distribution:
    (found,) = site_scene(*parts).ask(DISTRIBUTIONS)
    return found


def test_a_dist_info_tells_name_version_needs_and_modules() -> None:
    files = {"ruamel/yaml/__init__.py": b"", "_ruamel_yaml.cpython-312-x86_64-linux-gnu.so": b"\x7fELF"}
    found = the_one(distribution_files(SITE, "Ruamel.YAML", "0.18", files, requires=["numpy>=2", "x ; extra == 'y'"]))
    assert (found.name, found.version, found.site) == ("ruamel-yaml", "0.18", SITE)
    assert found.requires == ("numpy>=2", "x ; extra == 'y'")
    assert found.modules == ("_ruamel_yaml", "ruamel")
    assert found.owner == "ruamel-yaml 0.18"


def test_files_are_those_of_the_record_that_are_there_scripts_included() -> None:
    files = {"app/__init__.py": b"", "../../../bin/app": b"#!python\n"}
    parts = distribution_files(SITE, "app", "1", files)
    parts["bin/app"] = parts.pop(f"{SITE}/../../../bin/app")
    del parts[f"{SITE}/app/__init__.py"]
    found = the_one(parts)
    assert "bin/app" in found.files
    assert f"{SITE}/app/__init__.py" not in found.files
    assert f"{SITE}/app-1.dist-info/METADATA" in found.files


def test_entry_points_and_the_request_are_read() -> None:
    parts = distribution_files(SITE, "app", entry_points="[console_scripts]\nrun = app.cli:main\n")
    parts[f"{SITE}/app-1.0.dist-info/REQUESTED"] = b""
    found = the_one(parts)
    assert found.entry_points == {"console_scripts": {"run": "app.cli:main"}}
    assert found.requested


def test_a_copy_that_another_distribution_carries_is_no_distribution() -> None:
    inner = distribution_files(f"{SITE}/setuptools/_vendor", "wheel")
    outer = distribution_files(
        SITE, "setuptools", files={path.removeprefix(f"{SITE}/"): body for path, body in inner.items()}
    )
    scene = site_scene(outer)
    assert [one.name for one in scene.ask(DISTRIBUTIONS)] == ["setuptools"]


def test_an_egg_info_without_a_record_has_the_files_of_its_top_level_modules() -> None:
    info = f"{SITE}/old.egg-info"
    found = the_one(
        {
            f"{info}/PKG-INFO": b"Metadata-Version: 1.0\nName: old\nVersion: 3\n",
            f"{info}/top_level.txt": b"old\n../../etc\n",
            f"{info}/requires.txt": b"six\n\n[test:python_version < '4']\npytest\n",
            f"{SITE}/old/__init__.py": b"",
            f"{SITE}/other/__init__.py": b"",
        }
    )
    assert found.modules == ("old",)
    assert f"{SITE}/other/__init__.py" not in found.files
    assert found.requires == ("six", "pytest ; (python_version < '4') and extra == \"test\"")


def test_an_egg_info_that_is_one_file_is_read() -> None:
    found = the_one({f"{SITE}/lone-2.egg-info": b"Name: lone\nVersion: 2\n"})
    assert (found.name, found.version, found.files) == ("lone", "2", (f"{SITE}/lone-2.egg-info",))


def test_installed_files_are_relative_to_their_egg_info() -> None:
    info = f"{SITE}/old.egg-info"
    found = the_one(
        {
            f"{info}/PKG-INFO": b"Name: old\nVersion: 3\n",
            f"{info}/installed-files.txt": b"../old.py\nPKG-INFO\n",
            f"{SITE}/old.py": b"",
        }
    )
    assert found.files == (f"{info}/PKG-INFO", f"{info}/installed-files.txt", f"{SITE}/old.py")


def test_a_record_that_cannot_be_read_is_a_gap() -> None:
    parts = distribution_files(SITE, "app")
    parts[f"{SITE}/app-1.0.dist-info/RECORD"] = b'"' + b"x" * 200_000
    scene = site_scene(parts)
    scene.ask(DISTRIBUTIONS)
    assert {gap.where for gap in scene.gaps} == {f"{SITE}/app-1.0.dist-info/RECORD"}


def test_two_sites_keep_their_own_distribution_of_one_name() -> None:
    scene = site_scene(distribution_files(SITE, "app"), distribution_files("venv/" + SITE, "app", "2.0"))
    assert [(one.version, one.site) for one in scene.ask(DISTRIBUTIONS)] == [("1.0", SITE), ("2.0", "venv/" + SITE)]


def test_this_environment_reads_as_importlib_reads_it() -> None:
    own_site = Path(pytest.__file__).parent.parent
    parts: dict[str, bytes] = {}
    for info in own_site.glob("*.dist-info"):
        for path in info.iterdir():
            if path.is_file():
                parts[f"{SITE}/{info.name}/{path.name}"] = path.read_bytes()
    found = {(one.name, one.version) for one in site_scene(parts).ask(DISTRIBUTIONS)}
    program = (
        "import re, sys\nfrom importlib import metadata\n"
        "for one in metadata.distributions(path=[sys.argv[1]]):\n"
        "    print(re.sub('[-_.]+', '-', one.name).lower(), one.version)\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", program, str(own_site)], check=True, capture_output=True, text=True
    ).stdout
    assert found == {tuple(line.split()) for line in told.splitlines()}
