from __future__ import annotations

from deadweight.facts.dockerfile import instructions

TEXT = """\
# syntax=docker/dockerfile:1
FROM --platform=linux/amd64 python:3.12 AS build
RUN --mount=type=cache,target=/root/.cache pip install -r requirements.txt \\
    # a comment in between
    && python -m compileall .

RUN <<EOF
set -e
gunicorn --version
EOF
FROM python:3.12-slim
HEALTHCHECK --interval=5s CMD ["python", "-m", "httpx", "http://localhost"]
ONBUILD RUN celery --version
CMD exec gunicorn app:app
"""


def test_instructions_have_their_lines_stages_and_texts() -> None:
    found = list(instructions(TEXT))
    assert [(one.name, one.line, one.stage, one.number) for one in found if one.name != "#"] == [
        ("FROM", 2, "build", 0),
        ("RUN", 3, "build", 0),
        ("RUN", 7, "build", 0),
        ("FROM", 11, "", 1),
        ("HEALTHCHECK", 12, "", 1),
        ("RUN", 13, "", 1),
        ("CMD", 14, "", 1),
    ]
    assert found[1].text.startswith("pip install -r requirements.txt")
    assert "compileall" in found[1].text
    assert found[2].script == "set -e\ngunicorn --version"
    assert found[4].words == ("python", "-m", "httpx", "http://localhost")
    assert found[5].text == "celery --version"


def test_the_escape_directive_is_followed() -> None:
    found = list(instructions("# escape=`\nFROM x\nRUN a `\n  b\nCMD c\n"))
    assert [one.line for one in found] == [2, 3, 5]


def test_an_unclosed_document_and_a_broken_list_are_no_end() -> None:
    found = list(instructions('FROM x\nCMD ["a", b]\nRUN <<EOF\na\n'))
    assert found[1].words == ()
    assert found[2].script == "a"
    assert list(instructions("")) == []
