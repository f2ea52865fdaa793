from __future__ import annotations

import pytest

from builders.evidence import found, lines, project_of, roles, subjects
from deadweight.core.requirement import Role
from deadweight.core.usage import Strength
from deadweight.uses.imports import EVIDENCE


def test_finds_each_imported_module_down_to_the_name_that_is_taken() -> None:
    project = project_of({"app/a.py": "import a.b, c as d\nfrom e.f import g, h as i\nfrom j import *\n"})
    assert subjects(EVIDENCE, project) == {"a.b", "c", "e.f.g", "e.f.h", "j"}
    assert lines(EVIDENCE, project)["e.f.h"] == 2


def test_leaves_relative_imports() -> None:
    project = project_of({"app/a.py": "from . import b\nfrom ..c import d\nfrom .e import f\n"})
    assert not found(EVIDENCE, project)


def test_finds_what_is_optional_and_what_is_for_typing() -> None:
    text = "import a\ntry:\n    import b\nexcept ImportError:\n    b = None\nif TYPE_CHECKING:\n    import c\n"
    project = project_of({"app/a.py": text})
    assert subjects(EVIDENCE, project, Strength.NEEDED) == {"a", "c"}
    assert subjects(EVIDENCE, project, Strength.OPTIONAL) == {"b"}
    assert roles(EVIDENCE, project) == {"a": Role.CORE, "b": Role.CORE, "c": Role.TYPING}


def test_finds_that_a_test_stays_a_test_behind_a_type_checker() -> None:
    project = project_of({"tests/a.py": "if TYPE_CHECKING:\n    import c\n"})
    assert roles(EVIDENCE, project) == {"c": Role.TEST}


def test_finds_the_imports_of_stubs() -> None:
    project = project_of({"app/a.pyi": "import numpy\n"}, roles={"app/a.pyi": Role.TYPING})
    assert roles(EVIDENCE, project) == {"numpy": Role.TYPING}


@pytest.mark.parametrize(
    "text", ["lazy import a\nlazy from b import c\n", "if x:\n    lazy from b import c\nlazy import a"]
)
def test_finds_lazy_imports(text: str) -> None:
    project = project_of({"app/a.py": text})
    assert subjects(EVIDENCE, project) == {"a", "b.c"}
    assert not project.gaps


def test_a_name_that_is_lazy_is_no_statement() -> None:
    project = project_of({"app/a.py": "lazy = 1\nimport lazy\nlazy_import = lazy\n"})
    assert subjects(EVIDENCE, project) == {"lazy"}


def test_finds_the_imports_of_a_source_that_this_python_cannot_parse_and_says_so() -> None:
    text = 'import a\nprint "old"\nfrom b import c, d\nif x:\n    import e\n"""\nimport no\n"""\n'
    project = project_of({"app/a.py": text})
    assert subjects(EVIDENCE, project, Strength.NEEDED) == {"a", "b.c", "b.d"}
    assert subjects(EVIDENCE, project, Strength.OPTIONAL) == {"e"}
    assert [(gap.stage, gap.where) for gap in project.gaps] == [("imports", "app/a.py")]


def test_says_how_each_is_imported() -> None:
    text = "import a\ndef f():\n    import b\nif TYPE_CHECKING:\n    import c\nif PY3:\n    import d\n"
    said = {use.module: use.says for use in found(EVIDENCE, project_of({"a.py": text}))}
    assert said == {
        "a": "is imported",
        "b": "is imported when a function is called",
        "c": "is imported for type checkers alone",
        "d": "is imported where it is there",
    }


def test_a_source_that_begins_with_a_mark_of_its_encoding_is_read() -> None:
    assert subjects(EVIDENCE, project_of({"a.py": "\ufeffimport a\n"})) == {"a"}
