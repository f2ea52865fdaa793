"""Modules need what they import."""

from __future__ import annotations

import pytest

from builders.reaching import SITE, entered, reached
from builders.scenes import distribution_files
from deadweight.needs.entrances import NEED as ENTRANCES
from deadweight.needs.imports import NEED as IMPORTS

PACKAGE = {
    "library/__init__.py": b"",
    "library/one.py": b"",
    "library/two.py": b"",
    "library/deep/__init__.py": b"from ..two import name\n",
    "library/deep/three.py": b"from . import four\n",
    "library/deep/four.py": b"from .. import one\n",
    "library/relative.py": b"from .deep import three\n",
}
INSTALLED = distribution_files(SITE, "library", files=PACKAGE)
TOOL = distribution_files(SITE, "pytest", files={"pytest/__init__.py": b"import library.one\n"})


def modules(app: bytes, extra: dict[str, bytes] | None = None) -> set[str]:
    """The modules of the library that the application reaches, relative to the site."""
    scene = entered({"app.py": app, **INSTALLED, **(extra or {})})
    found = reached(scene, [ENTRANCES, IMPORTS])
    return {path.removeprefix(f"{SITE}/") for path in found if path.startswith(SITE)}


def inner(*names: str) -> set[str]:
    """The files of the library with its own `__init__`."""
    return {f"library/{name}" for name in ("__init__.py", *names)}


@pytest.mark.parametrize(
    "source",
    [
        b"import library.one\n",
        b"import os, library.one as l\n",
        b"from library import one\n",
        b"from library import (\n    name,  # a remark)\n    one,\n)\n",
        b"from library import name, \\\n    one\n",
        b"def f():\n    from library import one\n",
        b"try: import library.one\nexcept ImportError: pass\n",
        b"x = 1; import library.one\n",
        b"lazy import library.one\n",
        b"if TYPE_CHECKING:\n    import os\n\nimport library.one\n",
        b"if not TYPE_CHECKING:\n    import library.one\n",
        b"if TYPE_CHECKING or True:\n    import library.one\n",
        b"import importlib\nimportlib.import_module('library.one')\n",
        b"name = 'library.one'\nmodule = __import__(name)\n",
        b"TABLE = {'a': 'library.one:thing'}\n",
        b"CLASS = 'library.one.Thing'\n",
        b"import subprocess\nsubprocess.run([x, '-m', 'library.one'])\n",
        b'"""A text with import library.two in it."""\nimport library.one\n',
        b"import library.one\r\n",
    ],
)
def test_a_module_that_is_asked_for_is_reached(source: bytes) -> None:
    assert modules(source) == inner("one.py")


@pytest.mark.parametrize(
    "source",
    [
        b"# import library.one\n",
        b'"""\nimport library.one\n"""\n',
        b"text = '''\nfrom library import one\n'''\n",
        b"from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import library.one\n    import os\n",
        b"if typing.TYPE_CHECKING: import library.one\n",
        b"x = 'we import library.one here'\n",
        b"from library_two import one\n",
    ],
)
def test_what_only_reads_as_an_import_reaches_nothing(source: bytes) -> None:
    assert modules(source) == set()


def test_relative_imports_are_followed_with_all_packages_above() -> None:
    names = ("relative.py", "deep/__init__.py", "two.py", "deep/three.py", "deep/four.py", "one.py")
    assert modules(b"import library.relative\n") == inner(*names)


def test_a_module_beside_a_package_is_not_reached_by_the_package_alone() -> None:
    assert modules(b"import library\n") == inner()


def test_a_tool_is_reached_by_an_import_without_condition_only() -> None:
    assert "pytest/__init__.py" in modules(b"import pytest\n", TOOL)
    assert modules(b"def f():\n    import pytest\n", TOOL) == set()
    assert modules(b"try:\n    import pytest\nexcept ImportError: pass\n", TOOL) == set()


def test_a_plug_in_for_a_tool_is_not_reached_under_a_condition() -> None:
    plugin = distribution_files(SITE, "other", files={"other/__init__.py": b"", "other/plugin.py": b"import pytest\n"})
    assert "other/plugin.py" not in modules(b"try:\n    import other.plugin\nexcept ImportError: pass\n", TOOL | plugin)
    assert "pytest/__init__.py" in modules(b"import other.plugin\n", TOOL | plugin)


def test_scripts_find_what_lies_beside_them() -> None:
    scene = entered({"jobs/run.py": b"import near\n", "jobs/near.py": b"", "jobs/far.py": b""}, "python jobs/run.py")
    assert set(reached(scene, [ENTRANCES, IMPORTS])) == {"jobs/run.py", "jobs/near.py"}


def test_the_step_says_where_the_import_stands() -> None:
    found = reached(entered({"app.py": b"x = 1\n\nimport library.one\n", **INSTALLED}), [ENTRANCES, IMPORTS])
    assert found[f"{SITE}/library/one.py"].says == "imported in line 3"


_LIBRARY = "usr/lib/python3.11"


def test_what_pickle_knows_of_python_2_loads_nothing() -> None:
    files = {
        "app.py": b"import pickle\n",
        f"{_LIBRARY}/os.py": b"",
        f"{_LIBRARY}/pickle.py": b"import _compat_pickle\n",
        f"{_LIBRARY}/_compat_pickle.py": b"NAMES = {'dbm': 'dbm.ndbm'}\n",
        f"{_LIBRARY}/dbm/__init__.py": b"",
        f"{_LIBRARY}/dbm/ndbm.py": b"",
    }
    found = reached(entered(files), [ENTRANCES, IMPORTS])
    assert f"{_LIBRARY}/_compat_pickle.py" in found
    assert not [path for path in found if "/dbm/" in path]


def test_python_asks_for_its_debugger_at_a_terminal_and_others_may_ask_any_time() -> None:
    late = b"def test():\n    import doctest\n"
    library = {f"{_LIBRARY}/os.py": b"", f"{_LIBRARY}/heapq.py": late, f"{_LIBRARY}/doctest.py": b""}
    doctest = f"{_LIBRARY}/doctest.py"
    assert doctest not in reached(entered({"app.py": b"import heapq\n", **library}), [ENTRANCES, IMPORTS])
    assert doctest in reached(entered({"app.py": late, **library}), [ENTRANCES, IMPORTS])


def test_a_module_at_the_top_has_no_relative_names() -> None:
    files = {"app.py": b"TYPES = {'.xml': 1}\n", "xml/__init__.py": b""}
    assert "xml/__init__.py" not in reached(entered(files), [ENTRANCES, IMPORTS])


@pytest.mark.parametrize(("there", "needed"), [({f"{_LIBRARY}/lib-dynload/_decimal.so": b""}, False), ({}, True)])
def test_what_python_does_without_its_c_code_is_needed_where_that_is_missing(
    there: dict[str, bytes], needed: bool
) -> None:
    late = b"try:\n    from _decimal import *\nexcept ImportError:\n    from _pydecimal import *\n"
    library = {f"{_LIBRARY}/os.py": b"", f"{_LIBRARY}/decimal.py": late, f"{_LIBRARY}/_pydecimal.py": b"", **there}
    found = reached(entered({"app.py": b"import decimal\n", **library}), [ENTRANCES, IMPORTS])
    assert (f"{_LIBRARY}/_pydecimal.py" in found) == needed


def test_names_that_a_package_of_the_library_lists_are_not_loaded_and_those_of_another_may_be() -> None:
    listing = b"__all__ = ['dom']\n"
    library = {f"{_LIBRARY}/{name}": b"" for name in ("os.py", "xml/dom/__init__.py")}
    library[f"{_LIBRARY}/xml/__init__.py"] = listing
    assert f"{_LIBRARY}/xml/dom/__init__.py" not in reached(
        entered({"app.py": b"import xml\n", **library}), [ENTRANCES, IMPORTS]
    )
    other = distribution_files(SITE, "lib", files={"lib/__init__.py": listing, "lib/dom/__init__.py": b""})
    assert f"{SITE}/lib/dom/__init__.py" in reached(entered({"app.py": b"import lib\n", **other}), [ENTRANCES, IMPORTS])


def test_what_edits_a_line_at_a_terminal_is_needed_by_the_application_alone() -> None:
    """flask shell, pdb and sqlite3 take readline where it is there; a service has no terminal."""
    line = b"def shell():\n    try:\n        import readline\n    except ImportError:\n        pass\n"
    files = {
        "usr/lib/python3.11/os.py": b"",
        "usr/lib/python3.11/lib-dynload/readline.cpython-311-x86_64-linux-gnu.so": b"",
    }

    def found(app: bytes, library: bytes) -> bool:
        scene = entered({"app.py": app, **files, **distribution_files(SITE, "shelly", files={"shelly.py": library})})
        return any("readline" in path for path in reached(scene, [ENTRANCES, IMPORTS]))

    assert not found(b"import shelly\n", line)
    assert found(line, b"")


@pytest.mark.parametrize(
    ("condition", "runs"),
    [
        ('sys.platform == "win32"', False),
        ('sys.platform.startswith("win") and WIN', False),
        ("os.name == 'nt'", False),
        ("sys.platform == 'darwin'", False),
        ('sys.platform == "linux"', True),
        ('sys.platform != "win32"', True),
        ('not sys.platform == "win32"', True),
        ('sys.platform == "win32" or debug', True),
        ("sys.platform.startswith(name)", True),
    ],
)
def test_what_only_another_system_imports_is_not_reached(condition: str, runs: bool) -> None:
    source = f"import sys\nif {condition}:\n    import library.one\n\nimport library.two\n".encode()
    assert modules(source) == inner("two.py", *(["one.py"] if runs else []))
    otherwise = (
        f"import sys\ndef f():\n    if {condition}:\n        x = 1\n    else:\n        import library.one\n".encode()
    )
    assert modules(otherwise) == inner("one.py")
