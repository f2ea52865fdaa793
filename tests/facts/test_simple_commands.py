from __future__ import annotations

import shlex

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deadweight.facts.simple_commands import Invocation, simple_commands


def words(text: str) -> list[list[str]]:
    return [list(command.words) for command in simple_commands(text)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a b; c && d || e | f & g", [["a", "b"], ["c"], ["d"], ["e"], ["f"], ["g"]]),
        ("if test -f x; then gunicorn app; fi", [["test", "-f", "x"], ["gunicorn", "app"], ["fi"]]),
        ("a \\\n  b # not c\nd", [["a", "b"], ["d"]]),
        ("echo 'a; b' \"c && d\"", [["echo", "a; b", "c && d"]]),
        ("celery worker > /dev/null 2>&1 &", [["celery", "worker", "/dev/null"]]),
        (
            'case $1 in\n web) gunicorn app ;;\n *) exec "$@" ;;\nesac',
            [["case", "$1", "in"], ["gunicorn", "app"], ["$@"], ["esac"]],
        ),
        ("sh -c 'celery beat'", [["sh", "-c", "celery beat"], ["celery", "beat"]]),
        (
            "bash -lc \"sh -c 'alembic current'\"",
            [["bash", "-lc", "sh -c 'alembic current'"], ["sh", "-c", "alembic current"], ["alembic", "current"]],
        ),
        ("x=$(python -m site)", [["x=$(python -m site)"], ["python", "-m", "site"]]),
        ("(cd docs; sphinx-build . out)", [["cd", "docs"], ["sphinx-build", ".", "out"]]),
        ("f() { uvicorn app; }", [["f"], ["uvicorn", "app"]]),
    ],
)
def test_a_text_is_the_commands_that_a_shell_would_run(text: str, wanted: list[list[str]]) -> None:
    assert words(text) == wanted


def test_a_document_that_is_handed_over_is_no_command_and_keeps_the_lines() -> None:
    text = "cat > settings.py <<'EOF'\ncelery = 1\nflask run\nEOF\ngunicorn app\n"
    assert list(simple_commands(text))[-1] == Invocation(("gunicorn", "app"), 5)
    assert len(words(text)) == 2


def test_each_command_has_the_line_that_it_begins_in() -> None:
    text = '\n\nfirst \\\n  more\n\n  second "two\nlines"; third\n'
    assert [command.line for command in simple_commands(text, 10)] == [12, 15, 16]


def test_commands_within_commands_end() -> None:
    text = "gunicorn"
    for _ in range(7):
        text = f"sh -c {shlex.quote(text)}"
    assert 4 <= len(words(text)) < 7


@settings(max_examples=200, derandomize=True, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1), min_size=1, max_size=6))
def test_quoted_words_come_back_as_they_were(parts: list[str]) -> None:
    found = list(simple_commands("run " + shlex.join(parts)))
    assert found[0].words == ("run", *parts)


@settings(max_examples=300, derandomize=True, deadline=None)
@given(st.text(st.sampled_from("ab'\"\\ \n;&|()<>#$`=-")))
def test_any_text_is_read_to_its_end(text: str) -> None:
    found = list(simple_commands(text))
    assert all(1 <= command.line <= text.count("\n") + 1 for command in found)
