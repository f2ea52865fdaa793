"""Plug-ins that their host loads by entry points: keyring's back ends, dialects of SQLAlchemy, commands of Flask.

A declared distribution that offers a plug-in to a declared or imported host is a hint; one whose host loads all that is
there is loaded for sure, though nothing names it. Sources: packaging.python.org/en/latest/specifications/entry-points;
the pages of the hosts that `_HOSTS` names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from deadweight.core.project import Project
from deadweight.core.requirement import Declared, Role
from deadweight.core.requirement_seams import Evidence
from deadweight.core.usage import Strength, Usage

_NAME = "plug-ins by entry points"
_HOSTS: Mapping[str, tuple[str, Role]] = MappingProxyType(
    {
        "keyring.backends": ("keyring", Role.CORE),
        "sqlalchemy.dialects": ("sqlalchemy", Role.CORE),
        "flask.commands": ("flask", Role.CORE),
        "celery.commands": ("celery", Role.CORE),
        "celery.result_backends": ("celery", Role.CORE),
        "kombu.serializers": ("kombu", Role.CORE),
        "fsspec.specs": ("fsspec", Role.CORE),
        "xarray.backends": ("xarray", Role.CORE),
        "pandas_plotting_backends": ("pandas", Role.CORE),
        "intake.drivers": ("intake", Role.CORE),
        "babel.extractors": ("babel", Role.BUILD),
        "pygments.lexers": ("pygments", Role.DOCUMENTATION),
        "pygments.styles": ("pygments", Role.DOCUMENTATION),
        "sphinx.html_themes": ("sphinx", Role.DOCUMENTATION),
        "mkdocs.plugins": ("mkdocs", Role.DOCUMENTATION),
        "mkdocs.themes": ("mkdocs", Role.DOCUMENTATION),
        "markdown.extensions": ("markdown", Role.DOCUMENTATION),
        "flake8.extension": ("flake8", Role.DEVELOPMENT),
        "flake8.report": ("flake8", Role.DEVELOPMENT),
        "pytest11": ("pytest", Role.TEST),
        "hypothesis": ("hypothesis", Role.TEST),
        "setuptools.finalize_distribution_options": ("setuptools", Role.BUILD),
        "distutils.commands": ("setuptools", Role.BUILD),
        "hatch": ("hatchling", Role.BUILD),
        "poetry.plugin": ("poetry", Role.DEVELOPMENT),
        "tox": ("tox", Role.TEST),
        "airflow.plugins": ("apache-airflow", Role.CORE),
        "apache_airflow_provider": ("apache-airflow", Role.CORE),
        "dbt.adapters": ("dbt-core", Role.CORE),
        "mlflow.tracking_store": ("mlflow", Role.CORE),
        "opentelemetry_instrumentor": ("opentelemetry-distro", Role.CORE),
        "opentelemetry_traces_exporter": ("opentelemetry-sdk", Role.CORE),
        "jupyter_serverproxy_servers": ("jupyter-server-proxy", Role.DEVELOPMENT),
        "spacy_factories": ("spacy", Role.CORE),
        "spacy_models": ("spacy", Role.CORE),
        "llm": ("llm", Role.CORE),
        "datasette": ("datasette", Role.CORE),
        "vllm.general_plugins": ("vllm", Role.CORE),
        "click_plugins": ("click", Role.CORE),
        "mypy": ("mypy", Role.TYPING),
        "pylint.plugins": ("pylint", Role.DEVELOPMENT),
        "nbconvert.exporters": ("nbconvert", Role.DOCUMENTATION),
        "napari.manifest": ("napari", Role.CORE),
    }
)
_FAMILIES = (
    ("pytest-*", "pytest", Role.TEST),
    ("flake8-*", "flake8", Role.DEVELOPMENT),
    ("keyrings-*", "keyring", Role.CORE),
    ("mkdocs-*", "mkdocs", Role.DOCUMENTATION),
    ("sphinx-*", "sphinx", Role.DOCUMENTATION),
    ("sphinxcontrib-*", "sphinx", Role.DOCUMENTATION),
    ("apache-airflow-providers-*", "apache-airflow", Role.CORE),
    ("dbt-*", "dbt-core", Role.CORE),
    ("opentelemetry-instrumentation-*", "opentelemetry-distro", Role.CORE),
    ("pylint-*", "pylint", Role.DEVELOPMENT),
    ("tox-*", "tox", Role.TEST),
)
_IMPORT = re.compile(r"^[ \t]*(?:import|from)[ \t]+([A-Za-z_]\w*)", re.MULTILINE)


def _find(project: Project) -> Iterator[Usage]:
    hosts = set(project.declared) | _imported(project)
    for one in project.declarations.items:
        if not one.is_constraint:
            yield from _of(project, one, hosts)


def _of(project: Project, one: Declared, hosts: set[str]) -> Iterator[Usage]:
    """What the declared distribution offers, by its entry points where it is installed, else by its name."""
    installed = project.environment.by_name.get(one.name) if project.environment else None
    if installed is not None:
        for group in sorted(installed.entry_points):
            host, role = _HOSTS.get(group, ("", Role.CORE))
            if host in hosts and host != one.name:
                yield _usage(one, f"is loaded by {host}: it has entry points of {group}", role)
        return
    for pattern, host, role in _FAMILIES:
        if one.name.startswith(pattern[:-1]) and host in hosts:
            yield _usage(one, f"is loaded by {host}, as its name says", role)


def _imported(project: Project) -> set[str]:
    return {found[1].lower().replace("_", "-") for source in project.sources for found in _IMPORT.finditer(source.text)}


def _usage(one: Declared, says: str, role: Role) -> Usage:
    return Usage(says, one.place, _NAME, role, Strength.HINT, distribution=one.name)


EVIDENCE: Evidence = Evidence(_NAME, "what hosts load by entry points, though nothing names it", _find)
