"""The lines of keys and strings in TOML, against tomllib."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from builders.declared import project_of
from deadweight.core.errors import UsageError
from deadweight.requirements.reading import Reading
from deadweight.requirements.toml_document import document
from deadweight.requirements.toml_lines import spots

TEXT = """\
# head = "no"
top = "a"  # "comment"

[project]
name = 'x'
"quoted key".inner = "b"
dependencies = [
    "one", # with "quotes" [
    "two", "three",
    'four; python_version < "3"',
    \"\"\"five\"\"\",
]
long = \"\"\"
[not.a.table]
key = "no"
\"\"\"
table = { a = "in", b = { c = ["deep"] }, "d.e" = 1.5 }
[[many]]
at = "first"
[[many]]
at = "second"
[a.b."c.d"]
escaped = "tab\\there"
date = 2026-01-01T00:00:00Z
"""


def strings_in(value: Any, keys: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:  # noqa: ANN401
    if isinstance(value, str):
        yield keys, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from strings_in(inner, (*keys, key))
    elif isinstance(value, list):
        for inner in value:
            yield from strings_in(inner, keys)


def told(text: str) -> list[tuple[tuple[str, ...], str]]:
    return sorted((spot.keys, spot.text) for spot in spots(text) if spot.text is not None)


def test_every_string_is_found_under_its_key() -> None:
    assert told(TEXT) == sorted(strings_in(tomllib.loads(TEXT)))


@pytest.mark.parametrize(
    ("keys", "said", "line"),
    [
        (("top",), "a", 2),
        (("project", "quoted key", "inner"), "b", 6),
        (("project", "dependencies"), "one", 8),
        (("project", "dependencies"), "three", 9),
        (("project", "dependencies"), 'four; python_version < "3"', 10),
        (("project", "dependencies"), "five", 11),
        (("project", "table", "b", "c"), "deep", 17),
        (("many", "at"), "second", 21),
        (("a", "b", "c.d", "escaped"), "tab\there", 23),
    ],
)
def test_a_string_is_found_on_its_line(keys: tuple[str, ...], said: str, line: int) -> None:
    assert (keys, said, line) in [(spot.keys, spot.text, spot.line) for spot in spots(TEXT)]


NAMES = some.from_regex(r"[a-z][a-z-]{0,5}", fullmatch=True)
SAID = some.text(alphabet="ab [],{}=#\"'\\\t\né", max_size=8)


def basic(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


@settings(max_examples=150, derandomize=True, deadline=None)
@given(some.dictionaries(NAMES, some.dictionaries(NAMES, some.lists(SAID, max_size=3), max_size=3), max_size=3))
def test_whatever_is_written_is_found_again(tables: dict[str, dict[str, list[str]]]) -> None:
    text = "".join(
        f"[{name}]\n" + "".join(f"{key} = [{', '.join(map(basic, said))}] # end\n" for key, said in table.items())
        for name, table in tables.items()
    )
    assert told(text) == sorted(strings_in(tomllib.loads(text)))


def test_a_string_that_stands_twice_has_both_its_lines(tmp_path: Path) -> None:
    text = '[project]\ndependencies = [\n  "flask",\n  "numpy",\n  "flask",\n]\n'
    toml = document(project_of(tmp_path, {"a.toml": text}), "a.toml")
    reading = Reading(tmp_path, "a.toml")
    assert [place.line for _, place in toml.texts(reading, "project", "dependencies")] == [3, 4, 5]


def test_a_place_is_that_of_the_key_or_of_what_is_above_it(tmp_path: Path) -> None:
    toml = document(project_of(tmp_path, {"a.toml": TEXT}), "a.toml")
    assert toml.place("project", "name").line == 5
    assert toml.place("project", "nothing").line == 4
    assert str(toml.place("project", "name")) == "a.toml:5 (project.name)"


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("[project]\nname = \n", "a.toml:2:8", "Invalid value"),
        ("[project\n", "a.toml:1:9", "Expected"),
        ("a = 1\na = 2\n", "a.toml:2:6", "Cannot overwrite"),
        ("<<<<<<< HEAD\n", "a.toml:1:1", "Invalid statement"),
        ('a = "no end', "a.toml:1", "Unterminated string"),
    ],
)
def test_broken_toml_is_told_with_line_and_column(tmp_path: Path, text: str, where: str, what: str) -> None:
    with pytest.raises(UsageError, match="no TOML") as caught:
        document(project_of(tmp_path, {"a.toml": text}), "a.toml")
    assert caught.value.where == where
    assert what in caught.value.what


def test_a_file_that_is_missing_or_no_text_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        document(tmp_path, "nowhere.toml")
    with pytest.raises(UsageError, match="no UTF-8 text at byte 4"):
        document(project_of(tmp_path, {"a.toml": b"a = \xff"}), "a.toml")


def test_windows_lines_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    toml = document(project_of(tmp_path, {"a.toml": b'\xef\xbb\xbf[a]\r\nb = "c"\r\n'}), "a.toml")
    assert toml.get("a", "b") == "c"
    assert toml.place("a", "b").line == 2
