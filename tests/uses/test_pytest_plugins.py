from __future__ import annotations

from builders.evidence import installed, project_of, roles, subjects
from deadweight.core.requirement import Role
from deadweight.core.usage import Strength
from deadweight.uses.pytest_plugins import EVIDENCE


def test_finds_plug_ins_of_options_and_settings() -> None:
    files = {
        "pyproject.toml": "[tool.pytest.ini_options]\naddopts = '--cov=app -n auto -p no:x'\nasyncio_mode = 'auto'\n",
        "setup.cfg": "[tool:pytest]\naddopts = -p pytest_homeassistant\ntimeout = 3\n",
    }
    project = project_of(files)
    wanted = {"pytest", "pytest-cov", "pytest-xdist", "pytest-asyncio", "pytest-timeout", "pytest_homeassistant"}
    assert wanted == subjects(EVIDENCE, project)
    assert set(roles(EVIDENCE, project).values()) == {Role.TEST}


def test_finds_plug_ins_of_markers_fixtures_and_lists() -> None:
    text = """\
import pytest
pytest_plugins = ["sybil.integration.pytest", "celery.contrib.pytest"]

@pytest.mark.asyncio
async def test_a(mocker, *, benchmark): ...

@pytest.fixture
def b(requests_mock): ...
"""
    project = project_of({"tests/conftest.py": text})
    found = {"pytest-asyncio", "pytest-mock", "pytest-benchmark", "requests-mock", "sybil.integration.pytest"}
    assert found <= subjects(EVIDENCE, project)


def test_finds_what_pytest_loads_by_itself() -> None:
    plugin = installed("pytest-sugar", entry_points={"pytest11": {"sugar": "pytest_sugar"}})
    assert subjects(EVIDENCE, project_of({}, declares="pytest pytest-sugar", installed=[plugin])) == {"pytest-sugar"}


def test_leaves_other_functions_and_sections() -> None:
    files = {"app/a.py": "def run(mocker, snapshot): ...\n", "setup.cfg": "[flake8]\ntimeout = 1\naddopts = --cov\n"}
    project = project_of(files, declares="pytest-sugar", installed=[installed("pytest-sugar")])
    assert subjects(EVIDENCE, project, *Strength) == set()
