from __future__ import annotations

import logging
import logging.handlers
from pathlib import Path

import pytest

from builders.findings import found_by, paths_of, tree_of
from builders.scenes import artifact_of, distribution_files, entry_of
from deadweight.core.artifact import Image
from deadweight.core.edit import Safety
from deadweight.core.entry import Entry
from deadweight.rules.logs import RULE

DAY = 86400.0
LINE = b"2026-01-01 INFO started\n"
IMAGE = Image("amd64", "linux", {}, {})


def _log(path: str, age: float = 50.0, body: bytes = LINE, **fields: object) -> Entry:
    return entry_of(path, body, mtime=(100 - age) * DAY, **fields)


def _project(*logs: Entry) -> dict[str, bytes | Entry]:
    return {"app/main.py": entry_of("app/main.py", b"", mtime=100 * DAY), **{log.path: log for log in logs}}


def test_finds_a_single_log_of_the_size_that_is_set() -> None:
    large = _log("app/app.log", size=100 * 1024 * 1024)
    (finding,) = found_by(RULE, _project(large, _log("app/small.log")))
    assert finding.paths == ("app/app.log",)
    assert finding.safety is Safety.PROVEN
    assert paths_of(found_by(RULE, _project(_log("app/small.log")), {"log-size": "10"})) == {"app/small.log"}


@pytest.mark.parametrize(
    "rotated", ["app.log.1", "app.log.12", "app.log.2024-05-01", "app.log-20240501", "app.log.old", "app.log.2.gz"]
)
def test_finds_a_rotated_series(rotated: str) -> None:
    body = b"\x1f\x8b\x08" + bytes(9) if rotated.endswith("gz") else LINE
    files = _project(_log("app/app.log"), _log(f"app/{rotated}", body=body))
    assert paths_of(found_by(RULE, files)) == {"app/app.log", f"app/{rotated}"}


def test_finds_many_logs_of_one_directory() -> None:
    names = [f"run-{letter}.log" for letter in "abcdefghij"]
    assert len(paths_of(found_by(RULE, _project(*(_log(f"app/logs/{name}") for name in names))))) == 10
    assert found_by(RULE, _project(*(_log(f"app/logs/{name}") for name in names[:9]))) == ()


def test_finds_a_log_that_is_still_written_only_as_a_suggestion() -> None:
    files = _project(_log("app/app.log", age=0.5), _log("app/app.log.1", age=1))
    assert {finding.paths: finding.safety for finding in found_by(RULE, files)} == {
        ("app/app.log",): Safety.SUGGESTED,
        ("app/app.log.1",): Safety.PROVEN,
    }


def test_finds_all_logs_of_an_image_with_a_proof_because_nothing_writes_to_a_still() -> None:
    files = _project(_log("var/log/dpkg.log", age=0), _log("var/log/apt/history.log", age=0), _log("var/log/lastlog"))
    findings = found_by(RULE, artifact_of(files, image=IMAGE))
    assert paths_of(findings) == {"var/log/dpkg.log", "var/log/apt/history.log", "var/log/lastlog"}
    assert {finding.safety for finding in findings} == {Safety.PROVEN}


def test_leaves_the_write_ahead_logs_of_a_database() -> None:
    wal = {f"app/db/{number:06}.log": _log(f"app/db/{number:06}.log") for number in range(12)}
    segments = {f"k/{number:020}.log": _log(f"k/{number:020}.log") for number in range(12)}
    assert found_by(RULE, {**wal, **segments}) == ()


def test_leaves_modules_and_binary_files_with_such_names() -> None:
    files = _project(
        _log("app/log.py"),
        _log("app/a.logic"),
        _log("app/catalog.1"),
        *(_log(f"app/b{letter}.log", body=bytes(40)) for letter in "abcdefghijk"),
    )
    assert found_by(RULE, files) == ()


def test_leaves_logs_that_tests_and_programs_read() -> None:
    data = [_log(f"app/{where}/x.log.{turn}") for where in ("tests/data", "data", "fixtures") for turn in range(12)]
    assert found_by(RULE, _project(*data)) == ()


def test_leaves_the_logs_that_a_package_recorded() -> None:
    names = {f"pkg/examples{turn}.log": LINE for turn in range(12)}
    assert found_by(RULE, distribution_files("lib/site-packages", "pkg", files=names)) == ()


def test_leaves_program_output_that_is_no_log() -> None:
    assert found_by(RULE, _project(*(_log(f"app/expected{turn}.out") for turn in "abcdefghijkl"))) == ()


def _write(handler: logging.Handler, lines: int) -> None:
    for number in range(lines):
        handler.handle(logging.LogRecord("app", logging.INFO, "app.py", 1, f"line {number} {'x' * 50}", None, None))
    handler.close()


def test_finds_the_series_that_pythons_rotating_handler_writes(tmp_path: Path) -> None:
    _write(logging.handlers.RotatingFileHandler(tmp_path / "app.log", maxBytes=200, backupCount=4), 20)
    files = tree_of(tmp_path)
    assert len(files) == 5
    assert paths_of(found_by(RULE, files)) == set(files)


def test_finds_the_series_that_pythons_timed_handler_writes(tmp_path: Path) -> None:
    handler = logging.handlers.TimedRotatingFileHandler(tmp_path / "app.log", when="midnight")
    _write(handler, 1)
    handler.doRollover()
    _write(handler, 1)
    files = tree_of(tmp_path)
    assert len(files) == 2
    assert paths_of(found_by(RULE, files)) == set(files)
