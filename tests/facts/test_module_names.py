from __future__ import annotations

import keyword

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deadweight.facts.module_names import is_reached, module_name, regular_packages

_PARTS = st.lists(
    st.from_regex(r"[a-z_]{1,6}", fullmatch=True).filter(lambda one: not keyword.iskeyword(one)), min_size=1
)


@settings(max_examples=50, derandomize=True, deadline=None)
@given(_PARTS)
def test_the_name_of_a_module_is_its_path_with_dots(parts: list[str]) -> None:
    dotted = ".".join(parts)
    assert module_name("/".join(parts) + ".py") == (".".join(parts[:-1]) if parts[-1] == "__init__" else dotted)
    assert module_name("/".join(parts) + "/__init__.py") == dotted
    assert module_name("/".join(parts) + ".cpython-312-x86_64-linux-gnu.so") in (dotted, ".".join(parts[:-1]))


@pytest.mark.parametrize("path", ["a-b/c.py", "a/1.py", "a/class.py", "numpy.libs/lib.so", "import/x.py", "a/b.c/d.py"])
def test_what_no_import_statement_can_say_has_no_name(path: str) -> None:
    assert module_name(path) == ""


@pytest.mark.parametrize(
    ("directory", "reached"),
    [
        ("", True),
        ("a", True),
        ("a/b", True),
        ("a/data", False),
        ("a/data/b", False),
        ("space", True),
        ("space/c", True),
        ("space/c/data", False),
    ],
)
def test_a_folder_of_data_in_a_package_is_reached_by_no_import(directory: str, reached: bool) -> None:
    regular = regular_packages(["a/__init__.py", "a/b/__init__.py", "space/c/__init__.py", "a/data/b/__init__.py"])
    assert is_reached(directory, regular) is reached


def test_a_regular_package_is_a_directory_with_an_init() -> None:
    assert regular_packages(["a/__init__.py", "a/b.py", "c/d/__init__.py", "__init__.py"]) == {"a", "c/d"}
