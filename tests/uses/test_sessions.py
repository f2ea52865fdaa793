from __future__ import annotations

from builders.evidence import lines, project_of, roles, subjects
from deadweight.core.requirement import Role
from deadweight.uses.sessions import EVIDENCE

TOX = """\
[testenv]
deps = pytest
commands =
    py{311,312}: pytest -n 4 {posargs}
    - coverage report

[testenv:docs]
commands = mkdocs build
"""
NOX = """\
import nox

@nox.session
def lint(session):
    session.install("x")
    session.run("ruff", "check", "--fix")

@nox.session
def unit(session: nox.Session) -> None:
    session.run("python", "-m", "ward", *session.posargs)
"""


def test_finds_what_environments_run() -> None:
    project = project_of({"tox.ini": TOX})
    assert {"pytest", "pytest-xdist", "coverage", "mkdocs"} <= subjects(EVIDENCE, project)
    assert roles(EVIDENCE, project)["mkdocs"] is Role.DOCUMENTATION
    assert lines(EVIDENCE, project)["coverage"] == 5


def test_finds_tox_in_tables() -> None:
    text = '[tool.tox]\nlegacy_tox_ini = """\n[testenv:type]\ncommands = pyright\n"""\n'
    assert "pyright" in subjects(EVIDENCE, project_of({"pyproject.toml": text}))


def test_finds_what_sessions_run() -> None:
    told = roles(EVIDENCE, project_of({"noxfile.py": NOX}))
    assert told == {"ruff": Role.DEVELOPMENT, "ward": Role.TEST}


def test_leaves_what_is_no_command() -> None:
    files = {"setup.cfg": "[flake8]\ncommands = pytest\n", "nox.py": NOX, "noxfile.py": "def broken("}
    assert subjects(EVIDENCE, project_of(files)) == set()
