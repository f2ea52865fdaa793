"""What an installed distribution says of itself, against importlib.metadata and packaging as oracles."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.metadata import parse_email
from packaging.utils import canonicalize_name

from deadweight.core.errors import Corrupt
from deadweight.owners.dist_info import (
    RecordRow,
    entry_point_groups,
    folder_identity,
    identity,
    metadata_fields,
    normalised,
    record_path,
    record_rows,
    stated_lines,
    top_level_names,
)


def installed() -> Iterator[tuple[importlib.metadata.Distribution, Path]]:
    """The distributions that these tests run with, and their dist-info folders."""
    for distribution in importlib.metadata.distributions():
        folder = getattr(distribution, "_path", None)
        if isinstance(folder, Path) and (folder / "RECORD").is_file():
            yield distribution, folder


def test_rows_are_those_that_importlib_metadata_reads() -> None:
    seen = 0
    for distribution, folder in installed():
        rows = record_rows((folder / "RECORD").read_bytes())
        expected = [
            (str(file), f"{file.hash.mode}={file.hash.value}" if file.hash else "", file.size)
            for file in distribution.files or ()
        ]
        listed = {name for name, _, _ in expected}
        assert [(row.path, row.hash, row.size) for row in rows if row.path in listed] == expected
        seen += 1
    assert seen >= 5


def test_recorded_paths_are_files_that_are_there() -> None:
    for distribution, folder in installed():
        for file in distribution.files or ():
            path = record_path(str(folder.parent), str(file))
            assert path is not None
            assert (Path("/") / path).exists() or file.suffix == ".pyc"


def test_fields_are_those_that_packaging_reads() -> None:
    for _, folder in installed():
        body = (folder / "METADATA").read_bytes()
        fields = metadata_fields(body)
        raw, _ = parse_email(body)
        assert fields["name"] == (raw["name"],)
        assert fields["version"] == (raw["version"],)
        assert fields.get("requires-dist", ()) == tuple(raw.get("requires_dist", ()))
        assert fields.get("provides-extra", ()) == tuple(raw.get("provides_extra", ()))


def test_entry_points_are_those_that_importlib_metadata_reads() -> None:
    for distribution, folder in installed():
        file = folder / "entry_points.txt"
        groups = entry_point_groups(file.read_bytes()) if file.is_file() else {}
        expected = {(point.group, point.name, point.value) for point in distribution.entry_points}
        assert {(group, name, value) for group, named in groups.items() for name, value in named.items()} == expected


def test_a_name_in_quotes_may_hold_a_comma_and_a_quote() -> None:
    assert record_rows(b'"a,b.py",sha256=x,3\n"c""d.py",,\n') == (
        RecordRow("a,b.py", "sha256=x", 3),
        RecordRow('c"d.py', "", None),
    )


def test_short_rows_and_blank_lines_are_read() -> None:
    assert record_rows(b"a.py\r\n\r\nb.py,sha256=x\r\nc.py,,-3\r\n") == (
        RecordRow("a.py"),
        RecordRow("b.py", "sha256=x"),
        RecordRow("c.py"),
    )


def test_a_name_that_is_no_utf8_keeps_its_bytes() -> None:
    (row,) = record_rows(b"caf\xe9.py,,\n")
    assert row.path.encode("utf-8", "surrogateescape") == b"caf\xe9.py"


def test_a_record_that_is_no_csv_is_corrupt() -> None:
    with pytest.raises(Corrupt, match="no CSV"):
        record_rows(b'"' + b"x" * 200_000 + b'",,\n')


@pytest.mark.parametrize(
    ("site", "row", "path"),
    [
        ("lib/python3.12/site-packages", "a/b.py", "lib/python3.12/site-packages/a/b.py"),
        ("lib/python3.12/site-packages", "../../../bin/tool", "bin/tool"),
        ("lib/site", "/usr/share/doc/x", "usr/share/doc/x"),
        ("lib/site", "a//b/./c", "lib/site/a/b/c"),
        ("lib/site", "../../../out", None),
        ("lib/site", "a\\b.py", "lib/site/a/b.py"),
        ("", "a/b.py", "a/b.py"),
        ("", "../a", None),
    ],
)
def test_a_row_is_relative_to_the_site_or_absolute(site: str, row: str, path: str | None) -> None:
    assert record_path(site, row) == path


def test_a_folded_field_is_one_value_and_the_description_is_none() -> None:
    fields = metadata_fields(b"Name: x\nLicense: one\n  two\nRequires-Dist: a\nRequires-Dist: b\n\nName: not a field\n")
    assert fields == {"name": ("x",), "license": ("one\ntwo",), "requires-dist": ("a", "b")}


def test_metadata_of_windows_and_with_a_mark_is_read() -> None:
    assert metadata_fields(b"\xef\xbb\xbfName: x\r\nVersion: 1\r\n\r\nbody: 1\r\n") == {
        "name": ("x",),
        "version": ("1",),
    }


def test_the_metadata_names_the_distribution_before_its_folder_does() -> None:
    assert identity("site/foo_bar-1.dist-info", b"Name: Foo.Bar_Baz\nVersion: 2\n") == ("foo-bar-baz", "2")
    assert identity("site/Foo_Bar-1.dist-info", None) == ("foo-bar", "1")
    assert identity("site/Foo_Bar-1.dist-info", b"junk") == ("foo-bar", "1")


def test_a_folder_of_egg_info_tells_name_version_and_python() -> None:
    assert folder_identity("site/PyYAML-5.3-py3.8-linux-x86_64.egg-info") == ("pyyaml", "5.3")
    assert folder_identity("app/my_project.egg-info") == ("my-project", "")


def test_comments_and_spaces_in_entry_points_are_no_names() -> None:
    body = b"# c\n[console_scripts]\n a = m:f \n; d\n\n[x.y]\nb=m\n"
    assert entry_point_groups(body) == {"console_scripts": {"a": "m:f"}, "x.y": {"b": "m"}}


def test_blank_lines_are_not_stated() -> None:
    assert stated_lines(b"a\r\n\n b \n") == ("a", "b")


def test_top_level_names_are_modules_and_packages() -> None:
    names = ["pkg/a.py", "one.py", "_c.cpython-312-x86_64-linux-gnu.so", "__pycache__/one.cpython-312.pyc"]
    others = ["pkg-1.dist-info/RECORD", "numpy.libs/x.so", "../../bin/x", "x.data/scripts/y", "README.txt"]
    assert top_level_names([*names, *others]) == {"pkg", "one", "_c"}


@given(st.text(alphabet="aZ0-_.", min_size=1, max_size=12))
@settings(max_examples=100, derandomize=True, database=None)
def test_names_are_normalised_as_packaging_does(name: str) -> None:
    assert normalised(name) == canonicalize_name(name)
