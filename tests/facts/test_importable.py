from __future__ import annotations

import json
import subprocess
import sys
from importlib import metadata

import pytest

from builders.scenes import distribution_files
from builders.sites import SITE, site_scene
from deadweight.facts.importable import IMPORTABLE
from deadweight.facts.module_names import module_name


def modules_of(*paths: str) -> tuple[str, ...]:
    return site_scene(distribution_files(SITE, "pkg", files=dict.fromkeys(paths, b""))).ask(IMPORTABLE)["pkg"]


def test_modules_are_sources_and_extensions_of_packages() -> None:
    assert modules_of("pkg/__init__.py", "pkg/a.py", "pkg/_b.cpython-312-x86_64-linux-gnu.so", "_c.abi3.so") == (
        "_c",
        "pkg",
        "pkg._b",
        "pkg.a",
    )


def test_a_namespace_package_is_importable() -> None:
    assert modules_of("google/cloud/storage/__init__.py") == ("google.cloud.storage",)


def test_a_folder_of_scripts_inside_a_package_is_none() -> None:
    assert modules_of("pkg/__init__.py", "pkg/templates/project/main.py") == ("pkg",)


def test_tests_and_programs_are_left_out() -> None:
    paths = ("pkg/__init__.py", "pkg/__main__.py", "pkg/tests/__init__.py", "pkg/conftest.py", "pkg/test_a.py")
    assert modules_of(*paths, "../../../bin/tool.py") == ("pkg",)


def test_shared_libraries_that_no_import_reaches_are_left_out() -> None:
    assert modules_of("pkg.libs/libx-1.so", "pkg/__init__.py", "pkg/lib-x.so", "pkg/data-1.py") == ("pkg",)


@pytest.mark.parametrize(
    ("path", "name"),
    [("a/__init__.py", "a"), ("a/b.py", "a.b"), ("a/class.py", ""), ("a.py", "a"), ("a/1.py", ""), ("x-y/a.py", "")],
)
def test_a_path_has_one_dotted_name(path: str, name: str) -> None:
    assert module_name(path) == name


@pytest.mark.parametrize("name", ["packaging", "click", "pluggy", "pytest", "msgspec"])
def test_every_module_that_is_told_is_found_by_the_import_system(name: str) -> None:
    files = {str(path): b"" for path in metadata.files(name) or () if ".dist-info" not in str(path)}
    told = site_scene(distribution_files(SITE, name, files=files)).ask(IMPORTABLE)[name]
    program = (
        "import importlib.util, json, sys\n"
        "print(all(importlib.util.find_spec(name) is not None for name in json.load(sys.stdin)))\n"
    )
    command = [sys.executable, "-W", "ignore", "-c", program]
    ran = subprocess.run(command, input=json.dumps(told), capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "True"
    assert told


def test_modules_that_only_work_with_a_tool_are_left_out() -> None:
    """pandas.util._test_decorators imports pytest: it goes dead when pytest goes, and nothing else does."""
    files = {"pandas/__init__.py": b"", "pandas/_decorators.py": b"import pytest\n", "pandas/core.py": b"import json\n"}
    scene = site_scene(distribution_files(SITE, "pandas", files=files), distribution_files(SITE, "pytest"))
    assert scene.ask(IMPORTABLE)["pandas"] == ("pandas", "pandas.core")


def test_modules_that_import_tests_are_left_out() -> None:
    """scipy.special._precompute.hyp2f1_data imports scipy.special.tests.test_hyp2f1."""
    files = {
        "scipy/__init__.py": b"",
        "scipy/data.py": b"from scipy.tests.test_x import y\n",
        "scipy/tests/test_x.py": b"",
    }
    assert site_scene(distribution_files(SITE, "scipy", files=files)).ask(IMPORTABLE)["scipy"] == ("scipy",)


def test_a_distribution_that_is_all_for_a_tool_is_told_whole() -> None:
    scene = site_scene(
        distribution_files(SITE, "plugin", files={"plugin.py": b"import pytest\n"}), distribution_files(SITE, "pytest")
    )
    assert scene.ask(IMPORTABLE)["plugin"] == ("plugin",)
