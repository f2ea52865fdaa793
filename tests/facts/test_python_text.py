"""What a source says is found without parsing it, and Python's own parser is of the same mind."""

from __future__ import annotations

import ast
import io
import sysconfig
import tokenize
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deadweight.facts.python_text import PythonText, from_record, read

LIBRARY = Path(sysconfig.get_path("stdlib"))
SOURCES = sorted(
    path for folder in ("", "asyncio", "json", "email", "importlib") for path in (LIBRARY / folder).glob("*.py")
)
PIECES = st.lists(
    st.sampled_from(
        ["'", '"', '"""', "'''", "\\", "\n", "#", "import a", "from . import b", "if ", ";", ":", " ", "x.y", "("]
    )
)

Imported = tuple[int, str, int, tuple[str, ...]]


def imports_of(tree: ast.AST) -> Iterator[Imported]:
    """What the parser says of imports; those of one line as several statements."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield node.lineno, node.module or "", node.level, tuple(one.name for one in node.names)
        elif isinstance(node, ast.Import):
            yield from ((node.lineno, one.name, 0, ()) for one in node.names)


def said(text: PythonText) -> list[Imported]:
    return sorted((one.line, one.module, one.dots, one.names) for one in text.statements)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(LIBRARY)))
def test_the_imports_are_those_that_the_parser_finds(path: Path) -> None:
    body = path.read_bytes()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parsed = sorted(imports_of(ast.parse(body)))
    found = said(read(body))
    systems = b"sys.platform" in body or b"os.name" in body or b"TYPE_CHECKING" in body
    assert set(found) <= set(parsed) if systems else found == parsed


@pytest.mark.parametrize("name", ["argparse.py", "json/encoder.py", "logging/config.py", "ssl.py"])
def test_the_strings_are_those_that_the_tokenizer_finds(name: str) -> None:
    body = (LIBRARY / name).read_bytes()
    tokens = tokenize.tokenize(io.BytesIO(body).readline)
    plain = (one.string for one in tokens if one.type == tokenize.STRING and one.string[:1] in "'\"")
    named = {ast.literal_eval(one) for one in plain if one[:3] not in ('"""', "'''") and "\\" not in one}
    dotted = {one for one in named if all(part.isidentifier() for part in one.split(".")) and "." in one}
    assert dotted <= read(body).dotted


@given(PIECES)
def test_whatever_stands_there_is_read(pieces: list[str]) -> None:
    found = read("".join(pieces).encode())
    assert all(one.line >= 1 for one in found.statements)


@given(PIECES)
def test_what_stands_in_a_string_or_a_comment_imports_nothing(pieces: list[str]) -> None:
    text = "".join(pieces)
    quoted = text.replace("\\", "").replace('"', "").rstrip()
    assert not read(f'x = """{quoted}"""'.encode()).statements
    assert not read("".join(f"# {line}\n" for line in text.split("\n")).encode()).statements


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("from a import (b,  # don't, c\n    d as e,\n)\n", ("b", "d")),
        ("from a import b, \\\n    c\n", ("b", "c")),
        ("from a import *\n", ("*",)),
        ("from a import b; x = 'c'\n", ("b",)),
        ("from a import (\n)\n", ()),
    ],
)
def test_what_is_taken_from_a_module_is_each_name_of_the_list(text: str, names: tuple[str, ...]) -> None:
    assert [(one.module, one.names) for one in read(text.encode()).statements] == [("a", names)]


@pytest.mark.parametrize(
    ("text", "guarded"),
    [("import a", False), ("x = 1; import a", False), ("if x: import a", True), ("try:\n    import a", True)],
)
def test_an_import_is_guarded_where_it_is_indented_or_behind_a_colon(text: str, guarded: bool) -> None:
    assert [(one.module, one.guarded) for one in read(text.encode()).statements] == [("a", guarded)]


def test_lines_are_counted_from_one_past_strings_of_several() -> None:
    text = b'"""one\nimport not\n"""\nimport a\n\n\nif x:\n    import b\nx = 1; import c\n'
    assert [(one.module, one.line) for one in read(text).statements] == [("a", 4), ("b", 8), ("c", 9)]
    assert said(read(text.replace(b"\n", b"\r\n"))) == said(read(text))


@pytest.mark.parametrize(
    "block",
    [
        "if TYPE_CHECKING:\n    import gone\n",
        "if typing.TYPE_CHECKING:  # types\n    from gone import x\n",
        'if sys.platform == "win32":\n    import gone\n',
        "if os.name == 'nt':\n\n    # Windows\n    import gone\n",
        'if sys.platform.startswith("win"):\n    import gone\n',
    ],
)
def test_a_block_that_never_runs_here_imports_nothing_and_what_is_behind_it_does(block: str) -> None:
    assert [one.module for one in read(f"import a\n{block}import b\n".encode()).statements] == ["a", "b"]


@pytest.mark.parametrize("condition", ["not TYPE_CHECKING", "TYPE_CHECKING or x", "MY_TYPE_CHECKING", "TYPE_CHECKINGS"])
def test_a_condition_that_says_more_or_another_keeps_its_block(condition: str) -> None:
    assert [one.module for one in read(f"if {condition}:\n    import a\n".encode()).statements] == ["a"]


@pytest.mark.parametrize(
    "call",
    [
        "import_module('a.b')",
        'LAZY_load("a.b")',
        "x.requires_backends(name='a.b')",
        "load_plugin( 'a.b')",
        "load(b'a.b')",
    ],
)
def test_a_name_is_asked_for_where_what_it_is_handed_to_says_so(call: str) -> None:
    found = read(call.encode())
    assert found.asked == found.dotted == {"a.b"}


@pytest.mark.parametrize("call", ["print('a.b')", "load(x, 'a.b')", "x = 'a.b'", "('a.b')"])
def test_a_name_is_not_asked_for_where_nothing_says_so(call: str) -> None:
    found = read(call.encode())
    assert not found.asked
    assert found.dotted == {"a.b"}


def test_words_are_of_interest_where_something_is_imported_by_name() -> None:
    assert read(b"__all__ = ['one', \"two\", 'no name', '3', '']\n").words == {"one", "two"}
    assert not read(b"every = ['one']\n").words


def test_names_have_dots_before_and_in_them_and_an_attribute_behind_a_colon() -> None:
    text = b"x = ['.a', '...a.b', 'a.b:c.d', 'a:b', '....a', 'a..b', 'a.', 'a b.c', 'a.1']\n"
    assert read(text).dotted == {".a", "...a.b", "a.b:c.d", "a:b"}


def test_all_short_strings_are_told_of_a_source_that_asks_for_entry_points() -> None:
    text = b"for one in entry_points(group='my group'): pass\nx = '%s'\n" % (b"y" * 101)
    assert read(text).texts == {"my group"}
    assert not read(text.replace(b"entry_points", b"points")).texts


def test_what_is_run_as_a_module_stands_behind_its_option() -> None:
    assert read(b"run([python, '-m', 'a.b'], \"-m\", \"c\")\nx = ['-m c', 'd']\n").run == {"a.b", "c"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_a_text_is_the_same_after_its_way_through_a_record(path: Path) -> None:
    text = read(path.read_bytes())
    again = from_record(text.record())
    assert again == text
    assert {id(name) for name in again.dotted | again.words} == {id(name) for name in text.dotted | text.words}


@pytest.mark.parametrize(
    ("statement", "package", "base"),
    [
        ("import a.b", "p.q", "a.b"),
        ("from a import b", "", "a"),
        ("from . import b", "p.q", "p.q"),
        ("from .a import b", "p.q", "p.q.a"),
        ("from ..a import b", "p.q", "p.a"),
        ("from ...a import b", "p.q", ""),
        ("from . import b", "", ""),
    ],
)
def test_what_is_imported_has_an_absolute_name(statement: str, package: str, base: str) -> None:
    (one,) = read(statement.encode()).statements
    assert one.base(package) == base
