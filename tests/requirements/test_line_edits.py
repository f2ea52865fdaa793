"""Requirements files edited: what is taken out takes its own lines along, and no other line changes."""

from __future__ import annotations

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deadweight.core.errors import UsageError
from deadweight.requirements.editing.change import Addition, FileEdit, Removal
from deadweight.requirements.editing.files import edited
from deadweight.requirements.editing.lines import edited_lines
from deadweight.requirements.requirement_lines import statements

PATH = "requirements.txt"


def without(text: str, *names: str) -> str:
    asks = {one.asks.split("=")[0].split(">")[0].split("[")[0].strip(): one for one in statements(text) if one.asks}
    removals = tuple(Removal(name, asks[name].asks, asks[name].line) for name in names)
    return edited_lines(text, FileEdit(PATH, removals))


def plus(text: str, *requirements: str) -> str:
    additions = tuple(Addition(one.split(">")[0], one) for one in requirements)
    return edited_lines(text, FileEdit(PATH, additions=additions))


def test_a_requirement_takes_its_hashes_its_continuations_and_its_notes_along() -> None:
    text = (
        "alpha==1 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n    # via beta\n    #   gamma\n"
        "beta==2 \\\n    --hash=sha256:cc\n"
    )
    assert without(text, "alpha") == "beta==2 \\\n    --hash=sha256:cc\n"
    assert without(text, "beta") == text[: text.index("beta==2")]


def test_a_comment_that_heads_just_the_requirement_goes_with_it() -> None:
    text = "flask\n\n# for retries, see the notes\n# of last year\ntenacity>=8\n\nrequests\n"
    assert without(text, "tenacity") == "flask\n\n\nrequests\n"


def test_a_comment_that_heads_more_stays() -> None:
    text = "flask\n# tools\nblack\nruff\n"
    assert without(text, "black") == "flask\n# tools\nruff\n"


def test_the_head_of_the_file_stays() -> None:
    assert without("# what we need\nflask\n", "flask") == "# what we need\n"


def test_a_comment_in_the_line_goes_with_it_and_other_lines_keep_theirs() -> None:
    assert without("flask  # web\nattrs # values\n", "flask") == "attrs # values\n"


def test_windows_line_ends_and_a_missing_last_one_stay() -> None:
    assert without("alpha\r\nbeta\r\ngamma", "beta") == "alpha\r\ngamma"
    assert plus("alpha\r\ngamma", "beta>=1") == "alpha\r\nbeta>=1\r\ngamma\r\n"


def test_what_is_added_finds_its_place_in_a_sorted_list_and_is_last_in_another() -> None:
    assert plus("alpha\ngamma\n", "beta>=1") == "alpha\nbeta>=1\ngamma\n"
    assert plus("gamma\nalpha\n# the end\n", "beta>=1") == "gamma\nalpha\nbeta>=1\n# the end\n"
    assert plus("", "beta>=1", "alpha") == "alpha\nbeta>=1\n"
    assert plus("-r base.txt\n", "beta") == "-r base.txt\nbeta\n"


def test_nothing_is_added_to_a_list_of_hashes() -> None:
    with pytest.raises(UsageError, match="every requirement in it has hashes"):
        plus("alpha==1 --hash=sha256:aa\n", "beta>=1")


def test_a_file_that_changed_since_it_was_read_is_not_edited() -> None:
    with pytest.raises(UsageError, match="not there as it was read"):
        edited_lines("other\n", FileEdit(PATH, (Removal("alpha", "alpha", 1),)))


def test_a_byte_order_mark_stays_and_no_utf8_is_refused() -> None:
    edit = FileEdit(PATH, (Removal("beta", "beta", 2),))
    assert edited(b"\xef\xbb\xbfalpha\nbeta\n", edit) == b"\xef\xbb\xbfalpha\n"
    with pytest.raises(UsageError, match="no UTF-8 text at byte 0"):
        edited(b"\xff\xfea\x00", edit)
    with pytest.raises(UsageError, match="not edited"):
        edited(b"", FileEdit("environment.yml"))


NAMES = st.text(string.ascii_lowercase, min_size=3, max_size=8)
ENDINGS = st.sampled_from(("\n", "\r\n"))


@st.composite
def entries(draw: st.DrawFn) -> list[list[str]]:
    """Blocks of lines, one a requirement, each under a name of its own, some with all that can hang on one."""
    names = draw(st.lists(NAMES, min_size=1, max_size=8, unique=True))
    return [draw(entry(name)) for name in names]


@st.composite
def entry(draw: st.DrawFn, name: str) -> list[str]:
    version = draw(st.sampled_from(("", ">=1", "==2.0", "[extra]~=3.1", "; python_version >= '3.9'")))
    comment = draw(st.sampled_from(("", "  # why", " # a # b")))
    hashes = draw(st.integers(0, 3))
    lines = [f"{name}{version}{' ' if version.startswith(';') else ''}{comment if not hashes else ''}"]
    for number in range(hashes):
        lines[-1] += " \\"
        lines.append(f"    --hash=sha256:{number:064x}")
    lines += ["    # via something"] * draw(st.integers(0, 2))
    return lines


@given(entries(), st.data(), ENDINGS)
@settings(max_examples=150, derandomize=True, deadline=None)
def test_taking_one_out_leaves_all_other_lines_byte_for_byte(
    blocks: list[list[str]], data: st.DataObject, ending: str
) -> None:
    index = data.draw(st.integers(0, len(blocks) - 1))
    breaks = data.draw(
        st.lists(st.sampled_from(["", "-r other.txt", "--pre"]), min_size=len(blocks), max_size=len(blocks))
    )
    parts = [[gap, *block] for gap, block in zip(breaks, blocks, strict=True)]
    text = "".join(f"{line}{ending}" for part in parts for line in part)
    line = 1 + sum(len(part) for part in parts[:index]) + 1
    spelled = next(one.asks for one in statements(text) if one.line == line)
    name = blocks[index][0][:3]
    kept = edited_lines(text, FileEdit(PATH, (Removal(name, spelled, line),)))
    rest = [parts[at] if at != index else parts[at][:1] for at in range(len(parts))]
    assert kept == "".join(f"{line}{ending}" for part in rest for line in part)


@given(st.lists(NAMES, min_size=1, max_size=8, unique=True), NAMES)
@settings(max_examples=80, derandomize=True, deadline=None)
def test_what_is_put_in_and_taken_out_again_leaves_the_file_as_it_was(names: list[str], new: str) -> None:
    text = "# head\n" + "".join(f"{name}>=1  # {name}\n" for name in names if name != new)
    more = plus(text, f"{new}>=2")
    assert [one.asks for one in statements(more)].count(f"{new}>=2") == 1
    line = next(one.line for one in statements(more) if one.asks == f"{new}>=2")
    assert edited_lines(more, FileEdit(PATH, (Removal(new, f"{new}>=2", line),))) == text
