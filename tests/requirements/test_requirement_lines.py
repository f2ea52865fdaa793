"""The lexer of requirements files against pip's own."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from pip._internal.req.req_file import COMMENT_RE, break_args_options, ignore_comments, join_lines

from deadweight.requirements.requirement_lines import Statement, decoded, faults, logical_lines, statements

PIECES = [
    "flask",
    "==1.0",
    " ",
    "  ",
    "#",
    " # why",
    "\\",
    "\\\n",
    "\n",
    "\t",
    "-r a.txt",
    "--hash=sha256:ab",
    "\r\n",
    ";",
]
NAMES = some.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True)
VERSIONS = some.from_regex(r"[1-9](\.[0-9]){0,2}", fullmatch=True)
HASHES = some.lists(some.from_regex(r"sha256:[0-9a-f]{8}", fullmatch=True), max_size=3)
COMMENTS = some.sampled_from(["", "  # why", "  # via flask"])


def as_pip_has_it(text: str) -> list[tuple[int, str]]:
    return list(ignore_comments(join_lines(enumerate(text.splitlines(), start=1))))


@settings(max_examples=300, derandomize=True, deadline=None)
@given(some.lists(some.sampled_from(PIECES), max_size=14).map("".join))
def test_logical_lines_are_those_of_pip(text: str) -> None:
    assert [(line.number, line.text) for line in logical_lines(text) if line.text] == as_pip_has_it(text)


@settings(max_examples=200, derandomize=True, deadline=None)
@given(some.lists(some.sampled_from(PIECES), max_size=14).map("".join))
def test_what_is_asked_for_is_told_from_the_options_as_pip_does(text: str) -> None:
    wanted = [break_args_options(line)[0].strip() for _, line in as_pip_has_it(text)]
    assert [one.asks for one in statements(text)] == wanted


@settings(max_examples=100, derandomize=True, deadline=None)
@given(some.lists(some.tuples(NAMES, VERSIONS, HASHES, COMMENTS), max_size=6))
def test_what_is_written_is_read_back(pins: list[tuple[str, str, list[str], str]]) -> None:
    text = "\n".join(
        " \\\n    ".join([f"{name}=={version}", *(f"--hash={one}" for one in hashes)]) + comment
        for name, version, hashes, comment in pins
    )
    read = [(one.asks, list(one.values("--hash")), one.comments) for one in statements(text)]
    assert read == [
        (f"{name}=={version}", hashes, (comment.strip(" #"),) if comment else ())
        for name, version, hashes, comment in pins
    ]


def only(text: str) -> Statement:
    found = list(statements(text))
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("-r base.txt", [("--requirement", "base.txt")]),
        ("-rbase.txt", [("--requirement", "base.txt")]),
        ("--requirement=base.txt", [("--requirement", "base.txt")]),
        ("--requirement base.txt", [("--requirement", "base.txt")]),
        ("-c bounds.txt", [("--constraint", "bounds.txt")]),
        ("-r 'a b.txt'", [("--requirement", "a b.txt")]),
        ("--no-index", [("--no-index", "")]),
        ("--pre --prefer-binary", [("--pre", ""), ("--prefer-binary", "")]),
        ("-i https://x/simple --extra-index-url https://y", [("--index-url", "https://x/simple"), ("--extra-index-url", "https://y")]),
        ("-e ./here", [("--editable", "./here")]),
        ("-e./here", [("--editable", "./here")]),
        ("--editable=./here", [("--editable", "./here")]),
        ("-e ./here ; python_version > '3'", [("--editable", "./here ; python_version > '3'")]),
        ("-e ./here --config-settings a=b", [("--editable", "./here"), ("--config-settings", "a=b")]),
    ],
)  # fmt: skip
def test_options_are_read_in_every_spelling(text: str, options: list[tuple[str, str]]) -> None:
    assert list(only(text).options) == options
    assert not list(faults(only(text)))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("--nonsense", "--nonsense is no option of a requirements file"),
        ("-x", "-x is no option of a requirements file"),
        ("-r", "--requirement says nothing behind it"),
        ("--index-url", "--index-url says nothing behind it"),
        ("--pre yes", "'yes' behind --pre means nothing"),
        ("flask --loud", "--loud is no option of a requirements file"),
    ],
)
def test_an_option_that_means_nothing_is_told(text: str, what: str) -> None:
    assert list(faults(only(text))) == [what]


def test_comments_under_a_pin_belong_to_it() -> None:
    found = only("# head\nclick==8 \\\n    --hash=sha256:ab\n    # via\n    #   flask\n    #   rich\n")
    assert (found.line, found.comments) == (2, ("via", "flask", "rich"))


def test_a_comment_ends_a_continuation() -> None:
    assert [one.asks for one in statements("a \\\n# no more\nb\n")] == ["a", "b"]


def test_a_hash_sign_within_a_word_is_no_comment() -> None:
    assert only("git+https://x/y.git#egg=z").asks == "git+https://x/y.git#egg=z"
    assert COMMENT_RE.search("a#b") is None


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
    ],
)
def test_a_byte_order_mark_tells_the_encoding(mark: bytes, encoding: str) -> None:
    assert decoded(mark + "flask # für\n".encode(encoding)) == "flask # für\n"


def test_a_coding_line_tells_the_encoding() -> None:
    assert decoded("# -*- coding: latin-1 -*-\n# für\n".encode("latin-1")).endswith("für\n")


def test_what_is_no_text_is_no_list() -> None:
    with pytest.raises(UnicodeDecodeError):
        decoded(b"flask\n\xff\xfe\n"[3:])
