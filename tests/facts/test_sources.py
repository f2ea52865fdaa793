from __future__ import annotations

import ast
import keyword

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.scenes import MemoryContents, distribution_files
from builders.sites import SITE, site_scene
from deadweight.facts.sources import MAX_SOURCE, SOURCES, SPOKEN, Source, application


def source_of(body: str, path: str = "pkg/sub/module.py") -> Source:
    scene = site_scene(distribution_files(SITE, "pkg", files={path: body.encode()}))
    return scene.ask(SOURCES)[f"{SITE}/{path}"]


@pytest.mark.parametrize(
    ("statement", "names"),
    [
        ("import a.b, c as d  # e", {"a.b", "c"}),
        ("from a import b as c, d", {"a", "a.b", "a.d"}),
        ("from a import (\n    b,  # first\n    c,\n)", {"a", "a.b", "a.c"}),
        ("from a import b, \\\n    c", {"a", "a.b", "a.c"}),
        ("from . import x", {"pkg.sub", "pkg.sub.x"}),
        ("from ..other import y", {"pkg.other", "pkg.other.y"}),
        ("from a import(b)", {"a", "a.b"}),
        ("from a import *", {"a"}),
        ("'''\nnothing to import here\n'''", set()),
    ],
)
def test_imports_are_absolute_dotted_names(statement: str, names: set[str]) -> None:
    assert source_of(statement + "\n").imports == names


def test_an_import_that_is_indented_is_nested() -> None:
    read = source_of("import a\ntry:\n    import b\nexcept ImportError:\n    b = None\n")
    assert (sorted(read.imports), sorted(read.nested)) == (["a"], ["b"])


_NAMES = st.from_regex(r"[a-z][a-z_]{0,5}", fullmatch=True).filter(lambda name: not keyword.iskeyword(name))
_DOTTED = st.lists(_NAMES, min_size=1, max_size=3).map(".".join)
_STATEMENTS = st.one_of(
    st.lists(_DOTTED, min_size=1, max_size=3).map(lambda names: "import " + ", ".join(names)),
    st.tuples(_DOTTED, st.lists(_NAMES, min_size=1, max_size=3)).map(
        lambda two: f"from {two[0]} import {', '.join(two[1])}"
    ),
    st.tuples(_DOTTED, st.lists(_NAMES, min_size=1, max_size=3)).map(
        lambda two: f"from {two[0]} import (\n    " + ",\n    ".join(two[1]) + ",\n)"
    ),
)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.lists(_STATEMENTS, max_size=5))
def test_imports_are_those_that_the_parser_of_python_sees(statements: list[str]) -> None:
    body = "\n".join(statements) + "\n"
    expected: set[str] = set()
    for node in ast.parse(body).body:
        if isinstance(node, ast.Import):
            expected.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            expected.update([str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)])
    assert source_of(body).imports == expected


def test_names_of_tests_in_quotes_are_kept() -> None:
    assert source_of("run('numpy.tests.core', \"x.y\", a.tests)").quoted == {"numpy.tests.core"}


def test_the_tests_themselves_are_not_read() -> None:
    files = {"pkg/__init__.py": b"", "pkg/tests/test_a.py": b"import pytest\n"}
    scene = site_scene(
        distribution_files(SITE, "pkg", files=files), {"app/main.py": b"import pkg\n", "app/test_m.py": b""}
    )
    sources = scene.ask(SOURCES)
    assert sorted(sources) == ["app/main.py", f"{SITE}/pkg/__init__.py"]
    contents = scene.artifact.contents
    assert isinstance(contents, MemoryContents)
    assert contents.read_bytes == len(b"import pkg\n")


def test_what_belongs_to_no_distribution_is_the_application() -> None:
    scene = site_scene(distribution_files(SITE, "pkg"), {"app/main.py": b"import pkg\n"})
    assert [source.path for source in application(scene.ask(SOURCES).values())] == ["app/main.py"]


def test_a_source_speaks_of_the_files_that_its_distribution_has() -> None:
    files = {"pkg/__init__.py": b"import lazy\nlazy.attach_stub(__name__)\n", "pkg/__init__.pyi": b"", "pkg/x.c": b""}
    scene = site_scene(distribution_files(SITE, "pkg", files=files))
    assert scene.ask(SPOKEN) == {(f"{SITE}/pkg-1.0.dist-info", ".pyi"): (f"{SITE}/pkg/__init__.py",)}


def test_a_folder_is_spoken_of_only_where_the_source_asks_for_its_own_place() -> None:
    table = {"pkg/list.py": b"KINDS = ['docs', 'tests']\n", "pkg/docs/a.html": b""}
    place = {"pkg/help.py": b"HERE = join(dirname(__file__), 'docs')\n", "pkg/docs/a.html": b""}
    assert site_scene(distribution_files(SITE, "pkg", files=table)).ask(SPOKEN) == {}
    assert len(site_scene(distribution_files(SITE, "pkg", files=place)).ask(SPOKEN)) == 1


def test_a_source_too_big_to_read_is_a_gap() -> None:
    scene = site_scene({"app/big.py": b"#" * (MAX_SOURCE + 1)})
    assert scene.ask(SOURCES) == {}
    assert [gap.where for gap in scene.gaps] == ["app/big.py"]


def spoken_of(body: str, other: str) -> set[str]:
    """The sources of a package with one more file that speak of files such as that one."""
    files = {"pkg/a.py": body.encode(), f"pkg/{other}": b"x"}
    named = site_scene(distribution_files(SITE, "pkg", files=files)).ask(SPOKEN)
    return {key[1] for key in named}


@pytest.mark.parametrize(
    ("body", "other", "spoken"),
    [
        ("open('x.txt')", "x.txt", {".txt"}),
        ("SUFFIX = '.md'", "x.md", {".md"}),
        ("C = '#include <a/b.hpp>'", "b.hpp", {".hpp"}),
        ("lazy.attach_stub(__name__)", "__init__.pyi", {".pyi"}),
        ("# see x.txt for more", "x.txt", set()),
        ("open('x.txt')", "x.rst", set()),
        ("'a.hpp is a header'", "b.hpp", set()),
        ("Path(__file__).parent / 'docs'", "docs/x.html", {"docs"}),
        ("os.path.join(HERE, 'examples', name)", "examples/x.json", {"examples"}),
        ("files(__package__).joinpath('docs/x.html')", "docs/x.html", {"docs"}),
        ("WORDS = ['docs', 'examples']", "docs/x.html", set()),
    ],
)
def test_a_source_speaks_of_a_file_where_it_could_open_it(body: str, other: str, spoken: set[str]) -> None:
    assert spoken_of(f"{body}\n", other) == spoken


@pytest.mark.parametrize(
    ("body", "top", "deep"),
    [
        ("if TYPE_CHECKING:\n    import a\nimport b\n", {"b"}, {"a"}),
        ("try:\n    import a\nexcept ImportError:\n    a = None\n", set(), {"a"}),
        ("class C:\n\tfrom a import b\n", set(), {"a", "a.b"}),
        ("x = 1; y = 2\nimport a\n", {"a"}, set()),
        ("important = 'import a'\n", set(), set()),
        ("from a import (\n    b,", {"a", "a.b"}, set()),
        ("import a, \\", {"a"}, set()),
        ("from ....far import x\n", {"far", "far.x"}, set()),
        ("", set(), set()),
    ],
)
def test_what_is_no_statement_of_its_own_is_told_from_what_is(body: str, top: set[str], deep: set[str]) -> None:
    read = source_of(body)
    assert read.imports == top
    assert read.nested == deep


@settings(max_examples=100, derandomize=True, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([b"import ", b"from a import (", b"'.tests", b"\\\n"]))
def test_no_bytes_of_a_source_are_too_odd_to_read(body: bytes, sign: bytes) -> None:
    scene = site_scene(distribution_files(SITE, "pkg", files={"pkg/a.py": body + sign + body}))
    assert scene.ask(SOURCES)[f"{SITE}/pkg/a.py"].distribution == f"{SITE}/pkg-1.0.dist-info"


def test_each_source_is_read_once_however_many_facts_ask() -> None:
    scene = site_scene(distribution_files(SITE, "pkg", files={"pkg/a.py": b"import b\n"}))
    contents = scene.artifact.contents
    assert isinstance(contents, MemoryContents)
    for _ in range(3):
        scene.ask(SOURCES)
        scene.ask(SPOKEN)
    assert contents.read_bytes == len(b"import b\n")
