from __future__ import annotations

import json

from builders.evidence import found, project_of, roles, subjects
from builders.hard_cases import notebook
from deadweight.core.requirement import Role
from deadweight.core.usage import Strength
from deadweight.uses.notebooks import EVIDENCE


def test_finds_the_imports_of_each_cell_with_its_number() -> None:
    project = project_of({"look.ipynb": notebook("import a\n", "x = 1\n", "from b import c\n")})
    assert {(use.module, str(use.place)) for use in found(EVIDENCE, project)} == {
        ("a", "look.ipynb (cell 1)"),
        ("b.c", "look.ipynb (cell 3)"),
    }


def test_finds_imports_between_magics_and_shell_lines() -> None:
    cell = "%matplotlib inline\n!ls -l\nimport a\nx = !ls\nif x:\n    %time import_module('b')\nimport c\na.b?\n"
    project = project_of({"look.ipynb": notebook(cell, "%%time\nimport d\n", "%%bash\nimport no\n")})
    assert subjects(EVIDENCE, project) == {"a", "c", "d"}
    assert not project.gaps


def test_finds_what_a_cell_installs_as_a_hint() -> None:
    cell = "%pip install -q 'a>=1' b\n!pip install c[d]\n!pip install -r requirements.txt ./e  # f\n%conda install g\n"
    project = project_of({"look.ipynb": notebook(cell)})
    assert subjects(EVIDENCE, project, Strength.HINT) == {"a", "b", "c", "g"}


def test_finds_imports_by_name() -> None:
    project = project_of({"look.ipynb": notebook("import importlib\nx = importlib.import_module('a')\n")})
    assert subjects(EVIDENCE, project) == {"importlib", "a"}


def test_a_notebook_beside_sources_is_for_developers_and_one_without_is_what_runs() -> None:
    look = notebook("import a\n")
    assert roles(EVIDENCE, project_of({"look.ipynb": look, "app.py": ""})) == {"a": Role.DEVELOPMENT}
    assert roles(EVIDENCE, project_of({"look.ipynb": look})) == {"a": Role.CORE}
    assert roles(EVIDENCE, project_of({"docs/look.ipynb": look, "app.py": ""})) == {"a": Role.DOCUMENTATION}


def test_a_broken_cell_is_a_gap_and_takes_no_other_with_it() -> None:
    project = project_of({"look.ipynb": notebook("import a\n", "def f(:\n", "import b\n")})
    assert subjects(EVIDENCE, project) == {"a", "b"}
    assert len(project.gaps) == 1


def test_what_is_no_notebook_is_a_gap() -> None:
    project = project_of({"a.ipynb": "{", "b.ipynb": "[]", "c.ipynb": '{"cells": [1]}', "d.ipynb": "x" * (5 << 20)})
    assert not found(EVIDENCE, project)
    assert sorted(gap.where for gap in project.gaps)[:3] == ["a.ipynb", "b.ipynb", "c.ipynb"]


def test_leaves_notebooks_of_other_languages() -> None:
    body = json.loads(notebook("import a\n")) | {"metadata": {"kernelspec": {"language": "R"}}}
    assert not found(EVIDENCE, project_of({"look.ipynb": json.dumps(body)}))
