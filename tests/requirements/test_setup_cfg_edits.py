"""setup.cfg edited line by line."""

from __future__ import annotations

import configparser

import pytest

from deadweight.core.errors import UsageError
from deadweight.requirements.editing.change import Addition, FileEdit, Removal
from deadweight.requirements.editing.setup_cfg import edited_setup_cfg

TEXT = """[metadata]
name = service

[options]
packages = find:
install_requires =
    flask>=3
    # values
    attrs>=20  # old
    requests

[options.extras_require]
test =
    pytest
"""


def edit(*changes: Removal | Addition, text: str = TEXT) -> str:
    removals = tuple(one for one in changes if isinstance(one, Removal))
    additions = tuple(one for one in changes if isinstance(one, Addition))
    return edited_setup_cfg(text, FileEdit("setup.cfg", removals, additions))


def asked(text: str, section: str, option: str) -> list[str]:
    parser = configparser.RawConfigParser(inline_comment_prefixes=(" #",))
    parser.read_string(text)
    return parser.get(section, option).split()


def test_a_line_goes_and_all_others_stay() -> None:
    assert edit(Removal("attrs", "attrs>=20", 9)) == TEXT.replace("    attrs>=20  # old\n", "")


def test_a_line_comes_at_the_end_of_its_list() -> None:
    after = edit(Addition("numpy", "numpy>=2", "install_requires"))
    assert after == TEXT.replace("    requests\n", "    requests\n    numpy>=2\n")


@pytest.mark.parametrize("extra", ["test", "docs"])
def test_an_extra_is_there_or_is_made(extra: str) -> None:
    after = edit(Addition("sphinx", "sphinx", f"options.extras_require.{extra}"))
    assert asked(after, "options.extras_require", extra) == [*(["pytest"] if extra == "test" else []), "sphinx"]
    assert asked(after, "options", "install_requires") == asked(TEXT, "options", "install_requires")


def test_a_section_that_is_missing_is_made() -> None:
    after = edit(Addition("black", "black", "options.extras_require.dev"), text="[options]\ninstall_requires = flask")
    assert asked(after, "options.extras_require", "dev") == ["black"]


@pytest.mark.parametrize("line", [6, 7, 99])
def test_a_requirement_that_shares_its_line_is_refused(line: int) -> None:
    with pytest.raises(UsageError, match="line of its own"):
        edit(Removal("attrs", "attrs>=20", line))
