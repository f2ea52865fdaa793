"""Tools that are configured: `[tool.black]`, `mypy.ini`, `.flake8`. What has a configuration is run by someone.

Sources: each tool's page on its configuration; PEP 518 (the `tool` table).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from deadweight.core.project import Project
from deadweight.core.requirement import Place, Role
from deadweight.core.requirement_seams import Evidence
from deadweight.core.usage import Strength, Usage
from deadweight.facts.known_tools import category
from deadweight.facts.role_words import role_of_tool
from deadweight.facts.settings import settings

_NAME = "configured tools"
_SPELLED: Mapping[str, str] = MappingProxyType(
    {"pytest": "pytest", "coverage": "coverage", "importlinter": "import-linter", "pydantic-mypy": "pydantic"}
    | {"pytest-ini-options": "pytest", "flake8": "flake8", "semantic-release": "python-semantic-release"}
    | {"django-stubs": "django-stubs", "mypy-django-plugin": "django-stubs", "pycodestyle": "pycodestyle"}
)
_FILES: Mapping[str, str] = MappingProxyType(
    {
        "pytest.ini": "pytest",
        "mypy.ini": "mypy",
        ".mypy.ini": "mypy",
        ".flake8": "flake8",
        ".pylintrc": "pylint",
        "pylintrc": "pylint",
        ".isort.cfg": "isort",
        ".coveragerc": "coverage",
        "ruff.toml": "ruff",
        ".ruff.toml": "ruff",
        "tox.ini": "tox",
        "noxfile.py": "nox",
        "pyrightconfig.json": "pyright",
        ".pre-commit-config.yaml": "pre-commit",
        "bandit.yaml": "bandit",
        ".bandit": "bandit",
        ".importlinter": "import-linter",
        ".style.yapf": "yapf",
        ".yamllint": "yamllint",
        ".bumpversion.cfg": "bump2version",
        "mkdocs.yml": "mkdocs",
        "alembic.ini": "alembic",
        "dvc.yaml": "dvc",
        "gunicorn.conf.py": "gunicorn",
        "manage.py": "django",
        "scrapy.cfg": "scrapy",
        "dbt_project.yml": "dbt-core",
        "locustfile.py": "locust",
        "fabfile.py": "fabric",
        "tasks.py": "invoke",
        "dodo.py": "doit",
        "SConstruct": "scons",
        "MLproject": "mlflow",
    }
)
_WORDS = re.compile(r"[\w.]+")


def _find(project: Project) -> Iterator[Usage]:
    for path in project.matching(*_FILES):
        name = _FILES[path.rpartition("/")[2]]
        if name:
            yield _usage(name, Place(path, 1), f"is configured by {path}")
    for path in project.matching("pyproject.toml", "setup.cfg", "tox.ini"):
        seen: set[str] = set()
        for one in settings(project, path, _NAME):
            name = _tool(one.keys)
            if name and name not in seen:
                seen.add(name)
                yield _usage(name, Place(path, one.line, ".".join(one.keys[:2])), "is configured")
            if one.key == "plugins" and "mypy" in one.keys:
                yield from _mypy_plugins(one.value, Place(path, one.line, one.spot))


def _tool(keys: tuple[str, ...]) -> str:
    """The distribution that the table configures, empty for a table of none."""
    section = keys[1] if keys[0] == "tool" and len(keys) > 2 else keys[0].partition(":")[2] or keys[0]
    section = section.partition(":")[0].partition("-*")[0].replace("_", "-").lower()
    if keys[0] in ("project", "build-system", "metadata", "options", "dependency-groups"):
        return ""
    return _SPELLED.get(section, section if keys[0] == "tool" or category(section) else "")


def _mypy_plugins(value: str, place: Place) -> Iterator[Usage]:
    for module in _WORDS.findall(value):
        yield Usage("is a plug-in of mypy", place, _NAME, Role.TYPING, Strength.HINT, module=module)


def _usage(name: str, place: Place, says: str) -> Usage:
    role = role_of_tool(name) or (Role.DEVELOPMENT if category(name) else Role.CORE)
    return Usage(says, place, _NAME, role, Strength.HINT, distribution=name)


EVIDENCE: Evidence = Evidence(_NAME, "tools that have a section or a file of configuration", _find)
