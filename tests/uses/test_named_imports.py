from __future__ import annotations

import pytest

from builders.evidence import found, lines, project_of, roles, subjects
from deadweight.core.requirement import Role
from deadweight.core.usage import Strength
from deadweight.uses.named_imports import EVIDENCE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("importlib.import_module('a.b')", {"a.b"}),
        ("x = import_module('a').f()", {"a"}),
        ("x = [g(import_module(name='a'))]", {"a"}),
        ("__import__('a')", {"a"}),
        ("runpy.run_module('a')", {"a"}),
        ("pkgutil.resolve_name('a.b:c')", {"a.b.c"}),
        ("lazy_loader.load('a')", {"a"}),
        ("lazy.load('a.b', error_on_import=True)", {"a.b"}),
        ("LazyLoader('x', globals(), 'a.b')", {"a.b"}),
        ("for n in ('a', 'b'): import_module(n)", {"a", "b"}),
        ("import_module({'x': 'a'}[y])", {"a"}),
        ("N = 'b'\nimport_module(f'a.{N}')", {"a.b"}),
    ],
)
def test_finds_what_is_imported_by_a_name_that_can_be_told(text: str, expected: set[str]) -> None:
    project = project_of({"app/a.py": text})
    assert subjects(EVIDENCE, project, Strength.NEEDED) == expected
    assert not project.gaps


@pytest.mark.parametrize(
    "text",
    [
        "find_spec('a')",
        "importlib.util.find_spec('a')",
        "pytest.importorskip('a')",
        "mock.patch('a')",
        "@patch('a')\ndef f(): ...",
        "monkeypatch.setattr('a', 1)",
        "optional_import('a')",
        "import_optional_dependency('a')",
        "_is_package_available('a')",
        "lazy_import('a')",
        "x = LazyModule('a')",
        "try_import('a')",
        "try:\n    x = import_module('a')\nexcept ImportError:\n    x = None",
    ],
)
def test_finds_what_the_code_can_do_without_as_optional(text: str) -> None:
    project = project_of({"app/a.py": text})
    assert subjects(EVIDENCE, project, Strength.OPTIONAL) == {"a"}
    assert not subjects(EVIDENCE, project, Strength.NEEDED)


@pytest.mark.parametrize(
    "text",
    ["import_module('.a', __name__)", "import_module(f'{__name__}.a')", "load('a')", "setattr(x, 'a', 1)", "patch(x)",
     "find_spec('no module')", "print('import a')", "import_module()"],
)  # fmt: skip
def test_leaves_what_names_no_module_of_another(text: str) -> None:
    assert not found(EVIDENCE, project_of({"app/a.py": text}))


def test_finds_what_a_module_gives_late() -> None:
    text = "_BY = {'A': ('a.b', 'A'), 'C': ('c', 'C')}\ndef __getattr__(name):\n    module, thing = _BY[name]\n"
    project = project_of({"app/a.py": text + "    return getattr(import_module(module), thing)\n"})
    assert subjects(EVIDENCE, project) >= {"a.b", "c"}


def test_a_name_that_only_a_run_can_tell_is_a_gap_with_its_line() -> None:
    project = project_of({"app/a.py": "import sys\nimport_module(sys.argv[1])\n"})
    assert not found(EVIDENCE, project)
    assert [(gap.where, gap.reason) for gap in project.gaps] == [
        ("app/a.py:2", "it imports a module whose name only a run can tell")
    ]


def test_finds_what_a_name_is_known_to_begin_with_as_a_hint() -> None:
    project = project_of({"app/a.py": "import_module(f'google.cloud.{x}')\nimport_module('app.plugins.' + x)\n"})
    assert subjects(EVIDENCE, project) == {"google.cloud"}
    assert subjects(EVIDENCE, project, Strength.HINT) == {"google.cloud"}
    assert not project.gaps


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("Dockerfile", "FROM x\nENV BACKEND=a.b\n"),
        ("Dockerfile", "FROM x\nENV BACKEND a.b\n"),
        ("compose.yaml", "services:\n  x:\n    environment:\n      BACKEND: a.b\n"),
        (".env", 'BACKEND="a.b"\n'),
        ("run.sh", "export BACKEND=a.b\n"),
    ],
)
def test_finds_the_module_that_a_setting_of_the_deployment_names(path: str, text: str) -> None:
    project = project_of({"app/a.py": "import_module(os.environ['BACKEND'])\n", path: text})
    assert subjects(EVIDENCE, project) == {"a.b"}
    assert not project.gaps


def test_finds_with_the_role_and_line_of_the_place() -> None:
    project = project_of(
        {"tests/a.py": "\nimport_module('a')\n", "app/a.py": "if TYPE_CHECKING:\n    import_module('b')\n"}
    )
    assert roles(EVIDENCE, project) == {"a": Role.TEST, "b": Role.TYPING}
    assert lines(EVIDENCE, project) == {"a": 2, "b": 2}


def test_leaves_a_source_that_cannot_be_parsed_to_the_text() -> None:
    assert not found(EVIDENCE, project_of({"app/a.py": "import_module('a'\n"}))
