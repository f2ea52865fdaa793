from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from deadweight.core.probe import Observation, Probe, ProbeKind
from deadweight.proof.comparison import unlike

REQUEST = Probe("r", ProbeKind.REQUEST)
COMMAND = Probe("c", ProbeKind.COMMAND)
IMPORTS = Probe("i", ProbeKind.IMPORTS)


def seen(output: str = "", status: int = 200, kind: str = "", error: str = "", more: str = "") -> Observation:
    """`more` is what lay behind the part that was kept."""
    digest = hashlib.sha256((output + more).encode()).hexdigest()
    return Observation("x", status, output, f"sha256:{digest}", kind, 0.1, error)


def test_the_same_bytes_are_the_same_however_long_they_took() -> None:
    slow = Observation("x", 200, "a", seen("a").digest, "", 99.0)
    assert unlike(REQUEST, seen("a"), slow) == ""


def test_another_status_is_said_with_the_last_words() -> None:
    assert unlike(REQUEST, seen("ok"), seen("oops\nno model", 500)) == "status 200 became 500: 'no model'"
    assert unlike(COMMAND, seen(status=0), seen(status=1)) == "exit status 0 became 1"


def test_the_media_type_counts_its_parameters_and_case_do_not() -> None:
    html, json = seen("{}", kind="text/html"), seen("{}", kind="application/json")
    assert unlike(REQUEST, html, json) == "content type text/html became application/json"
    assert unlike(REQUEST, seen(kind="Text/HTML; charset=utf-8"), seen(kind="text/html")) == ""


def test_json_is_compared_by_value_and_not_by_spelling() -> None:
    assert unlike(REQUEST, seen('{"a": 1, "b": [2]}'), seen('{"b":[2.0],"a":1}')) == ""
    assert unlike(COMMAND, seen("[1]"), seen("[2]")) == "$[0]: 1 became 2"


def test_tolerance_and_ignored_paths_of_the_probe_hold() -> None:
    lenient = Probe("r", ProbeKind.REQUEST, tolerance=0.01, ignore=("took",))
    assert unlike(lenient, seen('{"v": 1.0, "took": 5}'), seen('{"v": 1.001, "took": 9}')) == ""
    assert unlike(REQUEST, seen('{"v": 1.0}'), seen('{"v": 1.001}')) == "$.v: 1.0 became 1.001"


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ("a\nb\nc", "a\nX\nc", "line 2: 'b' became 'X'"),
        ("a\nb", "a", "line 2 is gone: 'b'"),
        ("a", "a\nb", "line 2 is new: 'b'"),
        ("a", "a\n", "the bytes differ (sha256), though not in the text that was kept"),
        ("[1", "[2", "line 1: '[1' became '[2'"),
        ("[" * 3000, "[" * 3000 + "]", "line 1: "),
    ],
)
def test_text_is_compared_exactly_and_the_first_line_named(one: str, other: str, words: str) -> None:
    assert unlike(REQUEST, seen(one), seen(other)).startswith(words)


def test_what_differs_behind_the_part_that_was_kept_is_different() -> None:
    assert "the bytes differ" in unlike(REQUEST, seen("a", more="b"), seen("a", more="c"))


def test_an_error_on_one_side_is_different_on_both_the_same() -> None:
    broken = seen(status=-1, error="no answer: TimeoutError")
    assert unlike(REQUEST, seen("a"), broken) == "no answer: TimeoutError"
    assert unlike(REQUEST, broken, seen("a")) == "answered, where it had been: no answer: TimeoutError"
    assert unlike(REQUEST, broken, seen(status=-1, error="no answer: OSError")) == ""


def test_of_imports_only_what_worked_before_counts() -> None:
    before = seen("a\tok\nb\tImportError: x\nc\tok\n")
    assert unlike(IMPORTS, before, seen("a\tok\nb\tOSError: y\nc\tok\n", 1)) == ""
    assert unlike(IMPORTS, before, seen("a\tok\nb\tok\nc\tok\n", 0)) == ""
    assert unlike(IMPORTS, before, seen("a\tok\nc\tOSError: libx.so\n", 1)) == "import c: OSError: libx.so"
    assert unlike(IMPORTS, before, seen("a\tok\n", 1)) == "import c: never reached"


def test_a_command_that_fails_is_told_with_its_last_words_on_standard_error() -> None:
    fails = replace(seen("half\n", status=1), trouble="Traceback:\nKeyError: 'x'\n")
    assert unlike(COMMAND, seen("half\n", status=0), fails) == "exit status 0 became 1: \"KeyError: 'x'\""
