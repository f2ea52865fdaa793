"""Poetry's versions as PEP 440."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from deadweight.requirements.poetry_dependency import dependencies, python_markers
from deadweight.requirements.poetry_version import Converted, converted


@pytest.mark.parametrize(
    ("text", "specifier"),
    [
        ("*", ""),
        ("^1.2.3", ">=1.2.3,<2"),
        ("^1.2", ">=1.2,<2"),
        ("^1", ">=1,<2"),
        ("^0.2.3", ">=0.2.3,<0.3"),
        ("^0.0.3", ">=0.0.3,<0.0.4"),
        ("^0.0", ">=0.0,<0.1"),
        ("^0", ">=0,<1"),
        ("~1.2.3", ">=1.2.3,<1.3"),
        ("~1.2", ">=1.2,<1.3"),
        ("~1", ">=1,<2"),
        ("1.2.3", "==1.2.3"),
        ("1.*", "==1.*"),
        ("1.2.x", "==1.2.*"),
        ("==1.2.*", "==1.2.*"),
        ("!=1.2.*", "!=1.2.*"),
        ("=1.2", "==1.2"),
        ("===1.2", "===1.2"),
        ("~=1.2", "~=1.2"),
        (">=1.2,<2.0,!=1.5", ">=1.2,<2.0,!=1.5"),
        (">= 1.2, < 2.0", ">=1.2,<2.0"),
        (">=1.2 <2", ">=1.2,<2"),
        ("^2.0rc1", ">=2.0rc1,<3"),
    ],
)
def test_a_version_becomes_a_specifier(text: str, specifier: str) -> None:
    assert converted(text) == Converted(specifier)


@pytest.mark.parametrize(
    ("text", "specifier"),
    [("^1.0 || ^2.0", ">=1.0,<=3"), ("^1.0|^3", ">=1.0,<=4"), ("<1 || >2", ""), ("1.5 || 1.7", ">=1.5")],
)
def test_alternatives_become_what_lies_around_them(text: str, specifier: str) -> None:
    assert converted(text) == Converted(specifier, is_wider=True)


@pytest.mark.parametrize("text", ["x y", "^", "^a.b", ">=", "1.2 is it"])
def test_what_is_no_version_is_said_to_be_none(text: str) -> None:
    with pytest.raises(ValueError, match="no version"):
        converted(text)


RELEASES = some.lists(some.integers(0, 4), min_size=1, max_size=3).map(lambda numbers: ".".join(map(str, numbers)))


def first_not_nought(version: Version) -> int:
    numbers = (version.major, version.minor, version.micro)
    return next((place for place, number in enumerate(numbers) if number), 2)


@settings(max_examples=200, derandomize=True, deadline=None)
@given(RELEASES.filter(lambda text: any(c in text for c in "1234")), RELEASES)
def test_a_caret_allows_what_leaves_the_first_number_that_is_not_nought(least: str, other: str) -> None:
    lower, one = Version(least), Version(other)
    place = first_not_nought(lower) + 1
    same = (lower.major, lower.minor, lower.micro)[:place] == (one.major, one.minor, one.micro)[:place]
    assert SpecifierSet(converted(f"^{least}").specifier).contains(one) == (one >= lower and same)


@pytest.mark.parametrize(
    ("stated", "requirement"),
    [
        ("^1.0", "x<2,>=1.0"),
        ({"version": "*", "extras": ["b", "a"]}, "x[a,b]"),
        ({"version": ">1", "python": "^3.8"}, 'x>1; python_version >= "3.8" and python_version < "4"'),
        ({"git": "git@h:o/r.git", "rev": "abc"}, "x @ git+ssh://git@h/o/r.git@abc"),
        ({"git": "https://h/r", "tag": "v1", "subdirectory": "s"}, "x @ git+https://h/r@v1#subdirectory=s"),
        ({"url": "https://h/x.whl", "extras": ["a"]}, "x[a] @ https://h/x.whl"),
        ({"file": "https://h/x.whl"}, "x @ https://h/x.whl"),
        ({"path": "./lib/"}, "x"),
        ({"version": "==1", "sys_platform": "== 'win32'"}, 'x==1; sys_platform == "win32"'),
        ({"version": "*", "markers": "os_name == 'a' or os_name == 'b'", "platform": "linux"},
         'x; (os_name == "a" or os_name == "b") and sys_platform == "linux"'),
    ],
)  # fmt: skip
def test_a_table_becomes_a_requirement(stated: object, requirement: str) -> None:
    assert [one.named.requirement for one in dependencies("x", stated)] == [requirement]


def test_a_full_version_of_python_has_a_marker_of_its_own() -> None:
    assert list(python_markers(">=3.8.1")) == ["python_full_version >= '3.8.1'"]


def test_alternatives_are_said_to_be_wider() -> None:
    (one,) = dependencies("x", "^1 || ^2")
    assert "has alternatives" in one.named.unknown


@pytest.mark.parametrize("stated", [1, None, {"version": "nope nope"}, {"version": "*", "markers": "nonsense"}])
def test_what_is_no_dependency_is_told(stated: object) -> None:
    with pytest.raises(ValueError, match=r"no (version|requirement)"):
        list(dependencies("x", stated))
