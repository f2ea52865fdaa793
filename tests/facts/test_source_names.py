from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deadweight.facts.developers_programs import is_developers
from deadweight.facts.source_names import names_of, without_documents


@pytest.mark.parametrize(
    "name", ["libfoo.so.1", "libfoo.so", "libcublas.so.*[0-9]", "/opt/x/libfoo.so", "$ORIGIN/a.so"]
)
def test_a_library_in_quotes_is_named(name: str) -> None:
    assert names_of(f"ctypes.CDLL({name!r})\n".encode()).libraries == {name}


def test_words_are_looked_up_only_where_libraries_are() -> None:
    assert {"sndfile", "c"} <= names_of(b"n = 'sndfile'\nfind_library(n) or find_library(\"c\")\n").looked_up
    assert names_of(b"n = 'sndfile'\n").looked_up == frozenset()


@pytest.mark.parametrize(
    ("source", "program"),
    [
        ('subprocess.run(["ffmpeg", "-i", path])', "ffmpeg"),
        ("subprocess.check_output('pdfinfo %s' % path, shell=True)", "pdfinfo"),
        ('os.system("dot -Tpng < a | convert - b")', "dot"),
        ('os.system("dot -Tpng < a | convert - b")', "convert"),
        ("import subprocess\ncommand = ['tesseract', name]", "tesseract"),
        ("shutil.which('gs')", "gs"),
        ('await asyncio.create_subprocess_exec("sox", "-")\nimport subprocess', "sox"),
        ("subprocess.Popen(args=['node', 'x.js'])", "node"),
    ],
)
def test_what_is_run_is_named(source: str, program: str) -> None:
    assert program in names_of(source.encode()).run


def test_every_word_of_a_source_that_runs_programs_is_told_apart_from_what_it_runs() -> None:
    found = names_of(b"import subprocess\nTOOL = 'ffprobe'\nsubprocess.run([TOOL])\n")
    assert (found.run, "ffprobe" in found.words) == (frozenset(), True)


def test_a_source_that_runs_nothing_names_no_program() -> None:
    found = names_of(b"kind = 'sort'\nopen('/etc/hosts')\nlibrary = 'x.so'\n")
    assert (found.run, found.words) == (frozenset(), frozenset())


def test_absolute_paths_are_named() -> None:
    assert names_of(b"open('/etc/mime.types'), \"/usr/share/dict/words\", '/', '/a b'\n").paths == {
        "/etc/mime.types",
        "/usr/share/dict/words",
    }


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.binary(max_size=400))
def test_any_bytes_are_read(body: bytes) -> None:
    assert names_of(b"subprocess find_library .so" + body) is not None


@pytest.mark.parametrize(
    "name", ["gcc", "g++-12", "x86_64-linux-gnu-gcc", "git", "apt-get", "dpkg-query", "cmake", "less"]
)
def test_a_tool_of_developers_is_told(name: str) -> None:
    assert is_developers(name)


@pytest.mark.parametrize("name", ["ffmpeg", "sh", "cat", "tesseract", "dot", "lscpu", "node", "asdf", "gs", "ldconfig"])
def test_a_program_of_services_is_none(name: str) -> None:
    assert not is_developers(name)


def test_comments_and_docstrings_name_nothing() -> None:
    source = b'''"""Run it: os.system('ls')"""
import subprocess  # subprocess.run(["sed"])
def f():
    r\'\'\'Popen(["cat"]) \\'\'\'
    text = """
subprocess.run(["awk"])
"""
    return subprocess.run(["tr", "# no comment"])
'''.replace(b"\\'", b"'")
    assert names_of(source).run >= {"ls", "sed", "awk", "tr"}
    assert names_of(without_documents(source)).run == {"awk", "tr"}


def test_only_what_stands_by_itself_is_a_docstring() -> None:
    source = b'x = 1; """a"""\ny = f("""b""")\n    """c"""  # d\ns = "# e"\n'
    assert without_documents(source) == b'x = 1; """a"""\ny = f("""b""")\n\ns = "# e"\n'


@pytest.mark.parametrize("name", ["gio", "xdg-open", "display", "eog", "x-www-browser"])
def test_what_opens_a_file_on_a_desk_is_a_persons(name: str) -> None:
    assert is_developers(name)
