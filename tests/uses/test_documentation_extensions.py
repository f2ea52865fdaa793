from __future__ import annotations

from builders.evidence import found, installed, project_of, subjects
from deadweight.core.requirement import Role
from deadweight.core.usage import Strength
from deadweight.uses.documentation_extensions import EVIDENCE

SPHINX = "extensions = ['sphinx.ext.autodoc', 'myst_parser']\nextensions += ['sphinx_design']\nhtml_theme = 'furo'\n"
MKDOCS = """\
site_name: x
theme:
  name: material
plugins:
  - search
  - mkdocstrings:
      handlers: {python: {}}
  - own-plugin
markdown_extensions:
  - pymdownx.superfences:
      custom_fences:
        - format: !!python/name:pymdownx.superfences.fence_code_format
"""


def test_finds_extensions_and_the_theme_of_sphinx() -> None:
    project = project_of({"docs/conf.py": SPHINX})
    assert subjects(EVIDENCE, project, Strength.NEEDED) == {"myst_parser", "sphinx_design", "furo"}
    assert {use.role for use in found(EVIDENCE, project)} == {Role.DOCUMENTATION}


def test_finds_plug_ins_and_the_theme_of_mkdocs() -> None:
    own = installed("mkdocs-own", entry_points={"mkdocs.plugins": {"own-plugin": "own:Plugin"}})
    project = project_of({"mkdocs.yml": MKDOCS}, installed=[own])
    assert {"mkdocs", "mkdocs-material", "mkdocs-own"} <= subjects(EVIDENCE, project)
    assert not project.gaps


def test_leaves_a_conf_of_something_else() -> None:
    assert subjects(EVIDENCE, project_of({"app/conf.py": "DEBUG = True\n", "notes.yml": MKDOCS})) == set()
