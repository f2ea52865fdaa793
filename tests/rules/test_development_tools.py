from __future__ import annotations

from builders.scenes import distribution_files
from builders.sites import SITE, found_paths, image_running, only, site_scene
from deadweight.core.edit import Safety
from deadweight.core.finding import Confidence
from deadweight.rules.development_tools import RULE

PYTEST = distribution_files(
    SITE, "pytest", files={"pytest/__init__.py": b"import pluggy\n"}, requires=["pluggy"],
    entry_points="[console_scripts]\npytest = pytest:main\n",
)  # fmt: skip
PLUGGY = distribution_files(SITE, "pluggy")
SERVICE = distribution_files(SITE, "fastapi")


def test_finds_a_tool_with_its_metadata_and_what_only_it_needs() -> None:
    found = only(RULE, site_scene(PYTEST, PLUGGY, SERVICE))
    names = ("pluggy", "pluggy-1.0.dist-info", "pytest", "pytest-1.0.dist-info")
    assert found.paths == tuple(f"{SITE}/{name}" for name in names)
    assert (found.owner, found.safety, found.confidence) == ("pytest 1.0", Safety.PROVEN, Confidence.LIKELY)
    assert "test framework" in found.says
    assert len(found.edits) == 1


def test_finds_scripts_and_data_of_a_tool() -> None:
    files = {"notebook/__init__.py": b"", "../../../bin/notebook": b"", "../../../share/jupyter/x.json": b""}
    parts = distribution_files(SITE, "notebook", files=files)
    plain = {path.replace(f"{SITE}/../../../", ""): body for path, body in parts.items()}
    found = found_paths(RULE, site_scene(plain, SERVICE, {"bin/python": b""}))
    assert {"bin/notebook", "share"} <= found


def test_finds_what_two_tools_share_as_one_more_thing() -> None:
    black = distribution_files(SITE, "black", requires=["pluggy"])
    found = {one.owner: one.paths for one in RULE.find(site_scene(PYTEST, PLUGGY, black, SERVICE))}
    assert found["development tools"] == (f"{SITE}/pluggy", f"{SITE}/pluggy-1.0.dist-info")
    assert set(found) == {"black 1.0", "development tools", "pytest 1.0"}


def test_no_path_is_found_twice() -> None:
    black = distribution_files(SITE, "black", requires=["pluggy"])
    paths = [path for one in RULE.find(site_scene(PYTEST, PLUGGY, black, SERVICE)) for path in one.paths]
    assert len(paths) == len(set(paths))


def test_leaves_a_tool_that_the_application_imports() -> None:
    assert not found_paths(RULE, site_scene(PYTEST, PLUGGY, {"app/main.py": b"import pytest\n"}))


def test_leaves_a_tool_that_the_image_runs() -> None:
    assert not found_paths(RULE, site_scene(PYTEST, PLUGGY, image=image_running("pytest", "-q")))


def test_leaves_a_tool_that_something_kept_requires() -> None:
    torch = distribution_files(SITE, "torch", requires=["setuptools ; python_version >= '3.12'"])
    assert not found_paths(RULE, site_scene(torch, distribution_files(SITE, "setuptools")))


def test_leaves_a_file_that_a_kept_distribution_has_too() -> None:
    pytest_too = distribution_files(SITE, "pytest", files={"pytest/__init__.py": b"", "shared.py": b""})
    service = distribution_files(SITE, "service", files={"service/__init__.py": b"", "shared.py": b""})
    assert f"{SITE}/shared.py" not in found_paths(RULE, site_scene(pytest_too, service))


def test_leaves_the_distributions_of_the_operating_system() -> None:
    system = distribution_files("usr/lib/python3/dist-packages", "setuptools")
    assert not found_paths(RULE, site_scene(system))
