"""Which modules are of use only with a development tool."""

from __future__ import annotations

from builders.reaching import SITE, entered
from builders.scenes import distribution_files
from deadweight.facts.tools import TOOL_BOUND

SETUPTOOLS = distribution_files(
    SITE, "setuptools", files={"setuptools/__init__.py": b"", "pkg_resources/__init__.py": b""}
)
_LIBRARY = "usr/lib/python3.11"


def bound(files: dict[str, bytes], requires: tuple[str, ...] = ()) -> set[str]:
    """The names of the modules of a distribution that are bound to a tool."""
    library = distribution_files(SITE, "library", files=files, requires=requires)
    scene = entered({"app.py": b"", **SETUPTOOLS, **library, f"{_LIBRARY}/os.py": b"", **DISTUTILS})
    held = scene.ask(TOOL_BOUND)
    return {name for name in files if held.holds(f"{SITE}/{name}")}


DISTUTILS = {f"{_LIBRARY}/distutils/{name}.py": b"" for name in ("__init__", "core", "ccompiler", "version")}


def test_a_module_that_asks_for_a_tool_at_once_is_the_tools() -> None:
    files = {"library/a.py": b"import setuptools\n", "library/b.py": b"try:\n    import setuptools\nexcept E: pass\n"}
    assert bound(files) == {"library/a.py"}


def test_what_asks_for_a_tool_through_its_own_distribution_is_the_tools() -> None:
    files = {
        "library/build/__init__.py": b"from . import ccompiler\n",
        "library/build/ccompiler.py": b"from distutils.ccompiler import CCompiler\n",
        "library/back.py": b"from library.build.ccompiler import x\n",
        "library/late.py": b"def f():\n    from . import back\n",
    }
    assert bound(files) == files.keys() - {"library/late.py"}


def test_what_distutils_has_besides_building_binds_nobody() -> None:
    assert bound({"library/a.py": b"from distutils.version import LooseVersion\n"}) == set()


def test_a_tool_that_is_required_is_a_library() -> None:
    files = {"library/a.py": b"import setuptools\n"}
    assert bound(files, ("setuptools",)) == set()
    assert bound({"library/a.py": b"import pkg_resources\n"}) == set()


def test_the_front_of_a_library_does_not_bind_what_lies_behind_it() -> None:
    files = {"library/__init__.py": b"import setuptools\n", "library/a.py": b"import library\n"}
    assert "library/a.py" not in bound(files)


def test_modules_that_import_each_other_are_followed_once() -> None:
    assert bound({"library/a.py": b"from . import b\n", "library/b.py": b"from . import a\n"}) == set()
