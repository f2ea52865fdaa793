from __future__ import annotations

import pytest

from deadweight.facts.shell_words import shell_words, without_messages


def _words(text: str) -> set[str]:
    return set(shell_words(without_messages(text)))


@pytest.mark.parametrize(
    "line",
    [
        'echo "This is free software"',
        'printf $"Copyright\nThis is free software"',
        "printf '%s is free software\\n' \"$1\"",
        "echo >&2 'ldd:' $\"missing free\"",
        'test -e x || { echo "is free" >&2; exit 1; }',
        'if true; then echo "is free" 1>&2 2>/dev/null; fi',
        "for free do ls; done",
        "for free in a b; do ls; done",
        'free=; test "$free" = "${free:-}"; x=${#free}',
    ],
)
def test_messages_and_the_names_of_variables_are_no_words_of_a_script(line: str) -> None:
    assert "free" not in _words(f"#!/bin/sh\n{line}\n")
    assert "free" in set(shell_words(f"#!/bin/sh\n{line}\n"))


@pytest.mark.parametrize(
    "line",
    [
        "free -m",
        "exec free",
        'x="$(free -m)"; echo "$x"',
        'echo "a sum of $(free -m)"',
        'echo "a sum of `free -m`"',
        'find() { echo "free -m"; }; exec $(find)',
        'printf "%s\\n" free',
        "echo run free",
        'echo "run free" | sh',
        "echo '#!/bin/sh\nexec free' > /tmp/run.sh",
        "echo 'exec free' >> run.sh",
        'tool="free"; $tool -m',
        "tool=${TOOL:-free}; $tool",
        "x=1 free",
        "command -v free",
        "file) free ;;",
        "# a comment: don't\nfree -m # it's",
    ],
)
def test_what_may_be_run_is_a_word_of_a_script(line: str) -> None:
    assert "free" in _words(f"#!/bin/sh\n{line}\n")


def test_absolute_paths_in_messages_stay() -> None:
    assert "/usr/bin/free" in _words('echo "is at /usr/bin/free, said twice"')


@pytest.mark.parametrize("name", ["echo", "printf"])
def test_what_tells_is_itself_a_word(name: str) -> None:
    assert name in _words(f'{name} "This is free software"')
