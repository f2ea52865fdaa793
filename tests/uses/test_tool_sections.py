from __future__ import annotations

from builders.evidence import found, lines, project_of, roles, subjects
from deadweight.core.requirement import Role
from deadweight.core.usage import Strength
from deadweight.uses.tool_sections import EVIDENCE


def test_finds_tools_that_are_configured_and_what_for() -> None:
    text = (
        "[tool.black]\nline-length = 100\n[tool.mypy]\nplugins = ['pydantic.mypy']\n[tool.pytest.ini_options]\na = 1\n"
    )
    project = project_of({"pyproject.toml": text, ".flake8": "[flake8]\n", "setup.cfg": "[isort]\nprofile = black\n"})
    told = roles(EVIDENCE, project)
    assert told["black"] is told["flake8"] is told["isort"] is Role.DEVELOPMENT
    assert told["mypy"] is told["pydantic.mypy"] is Role.TYPING
    assert told["pytest"] is Role.TEST
    assert lines(EVIDENCE, project)["mypy"] == 4


def test_finds_what_runs_by_the_file_that_it_reads() -> None:
    told = roles(EVIDENCE, project_of({"alembic.ini": "", "gunicorn.conf.py": "", "manage.py": ""}))
    assert told == {"alembic": Role.CORE, "gunicorn": Role.CORE, "django": Role.CORE}


def test_leaves_tables_of_the_project_and_is_no_more_than_a_hint() -> None:
    files = {"pyproject.toml": "[project]\nname = 'x'\n[tool.mypy]\na = 1\n", "setup.cfg": "[metadata]\nname = x\n"}
    uses = found(EVIDENCE, project_of(files))
    assert {(use.subject, use.strength) for use in uses} == {("mypy", Strength.HINT)}
    assert subjects(EVIDENCE, project_of({"notes.ini": "[black]\na = 1\n"})) == set()
