"""uv as a program: found, known, and its troubles told as ours."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from packaging.version import Version

from builders.indexes import offline_uv
from deadweight.core.errors import Lacking, UsageError
from deadweight.requirements.uv import Uv, find_uv
from deadweight.requirements.uv_trouble import explained


def script(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n", "utf-8")
    path.chmod(0o755)
    return path


def test_the_one_that_is_named_is_taken(tmp_path: Path) -> None:
    named = script(tmp_path / "my-uv", "echo uv 0.11.3")
    found = find_uv({**os.environ, "UV": str(named)})
    assert (found.program, found.version) == (str(named), Version("0.11.3"))


@pytest.mark.parametrize(("says", "match"), [("uv 0.4.1", "knows uv from 0.8"), ("uv 7.0", "below 2")])
def test_one_of_another_time_is_refused_with_its_version(tmp_path: Path, says: str, match: str) -> None:
    with pytest.raises(Lacking, match=match):
        find_uv({"UV": str(script(tmp_path / "uv", f"echo {says}"))})


@pytest.mark.parametrize("text", ["echo hello", "echo", "exit 3"])
def test_what_is_no_uv_is_said_to_be_none(tmp_path: Path, text: str) -> None:
    with pytest.raises(Lacking, match="deadweight\\[deps\\]"):
        find_uv({"UV": str(script(tmp_path / "uv", text))})


def test_one_that_is_not_there_is_lacking(tmp_path: Path) -> None:
    with pytest.raises(Lacking, match="cannot be run"):
        find_uv({"UV": str(tmp_path / "nothing")})


def test_one_that_never_ends_is_stopped(tmp_path: Path) -> None:
    slow = Uv(str(script(tmp_path / "uv", "exec sleep 30")), Version("1"), dict(os.environ), seconds=0.2)
    with pytest.raises(Lacking, match=r"did not end within"):
        slow.run(("pip", "compile"), tmp_path)


def test_a_platform_that_it_does_not_know_is_told_with_those_near(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="uv knows no 'x86_64-manylinux_2_82'") as told:
        offline_uv(tmp_path).run(("pip", "compile", "-", "--python-platform", "x86_64-manylinux_2_82"), tmp_path, "a")
    assert "x86_64-manylinux_2_28" in told.value.advice


def test_an_index_that_nobody_serves_is_lacking(tmp_path: Path) -> None:
    words = ("pip", "compile", "-", "--default-index", "http://127.0.0.1:9/simple")
    uv = offline_uv(tmp_path)
    quick = Uv(uv.program, uv.version, {**uv.environment, "UV_HTTP_RETRIES": "0"})
    with pytest.raises(Lacking, match="the index cannot be reached"):
        quick.run(words, tmp_path, "flask")


def test_without_a_network_what_is_not_remembered_is_lacking_and_no_fault_of_what_is_asked(tmp_path: Path) -> None:
    with pytest.raises(Lacking, match="not known without the network"):
        offline_uv(tmp_path).run(("pip", "compile", "-", "--offline"), tmp_path, "flask>=3")


@pytest.mark.parametrize(
    ("said", "kind", "says"),
    [
        ("error: Couldn't parse requirement in `-` at position 0", UsageError, "does not understand"),
        ("error: HTTP status client error (401 Unauthorized) for url (https://u:secret@x/y)", Lacking, "refuses"),
        ("error: Failed to download and build `a==1`\n  cause: The build backend returned an error", Lacking, "built"),
        ("", UsageError, "gave no reason"),
        ("error: something new", UsageError, "exit status 7"),
    ],
)
def test_each_trouble_has_its_kind(said: str, kind: type[Exception], says: str) -> None:
    error = explained(said, 7)
    assert type(error) is kind
    assert says in error.message
    assert "secret" not in error.message
