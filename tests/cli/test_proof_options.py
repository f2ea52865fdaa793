"""The options of a proof and those of the file come to one exercise; the command line wins."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from deadweight.cli.options import Manners, settings
from deadweight.cli.program import run
from deadweight.cli.proving import exercise
from deadweight.core.errors import UsageError
from deadweight.pipeline.exercise import Exercise

FILE = """
run = "serve --port 1"
port = 1
probes = ["GET /file"]
writable = ["data"]
[environment]
A = "file"
B = "file"
"""


def asked(folder: Path, toml: str = "", **given: Any) -> Exercise | None:  # noqa: ANN401  what click would hand over
    (folder / "deadweight.toml").write_text(toml)
    return exercise(settings(folder, Manners(False, True), given), given)


def test_without_a_command_and_a_probe_there_is_nothing_to_prove_with(tmp_path: Path) -> None:
    assert asked(tmp_path, "port = 3\n", timeout=5.0) is None


def test_the_file_alone_is_enough(tmp_path: Path) -> None:
    made = asked(tmp_path, FILE)
    assert made is not None
    assert (made.run, made.probes, made.port, made.writable) == ("serve --port 1", ("GET /file",), 1, ("data",))
    assert made.environment == {"A": "file", "B": "file"}
    assert made.base == tmp_path


def test_each_option_goes_before_its_key_and_environments_add_up(tmp_path: Path) -> None:
    given = {"command": "other", "probes": ("imports",), "port": 2, "writable": ("tmp",), "environment": ("A=x=y",)}
    made = asked(tmp_path, FILE, **given)
    assert made is not None
    assert (made.run, made.probes, made.port, made.writable) == ("other", ("imports",), 2, ("tmp",))
    assert made.environment == {"A": "x=y", "B": "file"}
    assert made.base == Path.cwd()


def test_limits_are_read_with_their_unit(tmp_path: Path) -> None:
    made = asked(tmp_path, command="x", memory="2GiB", timeout=7.5)
    assert made is not None
    assert made.limits.memory == 2 << 30
    assert made.limits.start_seconds == 7.5


def test_the_sandbox_is_on_unless_it_is_taken_away(tmp_path: Path) -> None:
    made, bare = asked(tmp_path, command="x"), asked(tmp_path, command="x", no_sandbox=True)
    assert made is not None
    assert bare is not None
    assert (made.sandbox, bare.sandbox) == (True, False)


def test_an_environment_that_is_no_pair_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="'A' is no NAME=VALUE"):
        asked(tmp_path, command="x", environment=("A",))


def test_a_command_with_open_quotes_is_a_usage_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "a").write_text("x")
    assert run(["slim", str(tmp_path / "app"), "-o", str(tmp_path / "out"), "--run", "serve 'x", "--no-sandbox"]) == 2
    assert "quote" in capsys.readouterr().err.lower()
    assert not (tmp_path / "out").exists()


def test_checks_are_enough_and_their_files_are_found_beside_what_names_them(tmp_path: Path) -> None:
    configured = asked(tmp_path, 'checks = ["@checks.json", "imports"]\nprobes = ["GET /"]\n', probes=("GET /a",))
    assert configured is not None
    assert configured.checks == (f"@{tmp_path}/checks.json", "imports")
    given = asked(tmp_path, 'checks = ["imports"]\n', checks=("@mine.json",))
    assert given is not None
    assert given.checks == (f"@{Path.cwd()}/mine.json",)
    assert given.probes == ()
