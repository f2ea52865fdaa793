"""Settings from a file: which file, which keys, and that the command line wins."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from deadweight.cli.configuration import Configuration, configuration, parse_size
from deadweight.cli.program import run
from deadweight.core.errors import UsageError


@pytest.fixture
def app(tmp_path: Path) -> Path:
    root = tmp_path / "app"
    (root / "logs").mkdir(parents=True)
    (root / "deep" / "er").mkdir(parents=True)
    (root / "main.py").write_text("print('hello')\n")
    (root / ".DS_Store").write_bytes(b"\0\0\0\1Bud1" + b"x" * 6000)
    (root / "deep" / "er" / ".DS_Store").write_bytes(b"\0\0\0\1Bud1" + b"y" * 100)
    (root / "logs" / "app.log").write_bytes(b"2024-01-01 started\n" * 100)
    return root


def told(capsys: pytest.CaptureFixture[str], *words: str | Path) -> dict[str, Any]:
    assert run([*map(str, words), "--no-cache", "--json"]) in (0, 1)
    made: dict[str, Any] = json.loads(capsys.readouterr().out)
    return made


def planned(capsys: pytest.CaptureFixture[str], *words: str | Path) -> set[str]:
    made = told(capsys, "weigh", *words)
    return {path for edit in made["plan"]["edits"] for path in edit["paths"]}


BOTH = {".DS_Store", "deep/er/.DS_Store"}


def test_keep_globs_of_the_file_and_of_the_command_line_add_up(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert planned(capsys, app) == BOTH
    assert planned(capsys, app, "--keep", "deep/**") == {".DS_Store"}
    (app / "deadweight.toml").write_text('keep = ["deep/**"]\n')
    assert planned(capsys, app) == {".DS_Store"}
    assert planned(capsys, app, "--keep", ".DS_Store") == set()


def test_a_kept_path_is_told_as_left_out(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = told(capsys, "weigh", app, "--keep", "**/.DS_Store", "--keep", ".DS_Store")
    assert {left["why"] for left in made["plan"]["left_out"]} == {"its paths are kept"}


def test_rules_of_the_command_line_go_before_those_of_the_file(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (app / "deadweight.toml").write_text('select = ["bytecode"]\n')
    assert planned(capsys, app) == set()
    assert planned(capsys, app, "--select", "os-litter") == BOTH


def test_rules_ignored_in_the_file_stay_ignored(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (app / "deadweight.toml").write_text('ignore = ["os-litter"]\n')
    assert told(capsys, "weigh", app)["findings"] == []
    assert planned(capsys, app, "--ignore", "logs") == set()


def test_safeties_of_the_command_line_go_before_those_of_the_file(
    app: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (app / "deadweight.toml").write_text('allow = ["proven"]\n')
    assert planned(capsys, app) == set()
    assert planned(capsys, app, "--allow", "safe") == BOTH


def test_settings_of_rules_come_from_both_and_the_command_line_wins(
    app: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def logs(*words: str) -> list[str]:
        return [one["rule"] for one in told(capsys, "weigh", app, *words)["findings"] if one["rule"] == "logs"]

    assert logs() == []
    (app / "deadweight.toml").write_text('[options]\nlog-size = "1000"\n')
    assert logs() == ["logs"]
    assert logs("--option", "log-size=1000000") == []


def test_deadweight_toml_goes_before_pyproject_toml(app: Path) -> None:
    (app / "pyproject.toml").write_text('[tool.deadweight]\nkeep = ["from-pyproject"]\n')
    assert configuration(None, app)[0].keep == ("from-pyproject",)
    (app / "deadweight.toml").write_text('keep = ["from-deadweight"]\n')
    read, place = configuration(None, app)
    assert read.keep == ("from-deadweight",)
    assert place == app / "deadweight.toml"


def test_the_nearest_file_upwards_is_read_and_others_pyprojects_are_passed_over(app: Path) -> None:
    (app.parent / "deadweight.toml").write_text('keep = ["far"]\n')
    (app / "pyproject.toml").write_text('[project]\nname = "other"\n')
    assert configuration(None, app / "deep" / "er")[0].keep == ("far",)
    (app / "deep" / "deadweight.toml").write_text('keep = ["near"]\n')
    assert configuration(None, app / "deep" / "er")[0].keep == ("near",)


def test_a_named_file_is_read_instead(app: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (app / "deadweight.toml").write_text('ignore = ["os-litter"]\n')
    other = tmp_path / "other.toml"
    other.write_text('keep = ["deep/**"]\n')
    assert planned(capsys, app, "--config", other) == {".DS_Store"}


def test_without_a_file_everything_is_as_documented(tmp_path: Path) -> None:
    (tmp_path / "deadweight.toml").write_text("")
    read, _ = configuration(None, tmp_path)
    assert read == Configuration()
    assert read.allow == ("safe", "proven")


def test_an_unknown_safety_in_the_file_is_a_usage_error(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (app / "deadweight.toml").write_text('allow = ["everything"]\n')
    assert run(["weigh", str(app)]) == 2
    assert "everything" in capsys.readouterr().err


def test_an_unknown_rule_in_the_file_is_a_usage_error(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (app / "deadweight.toml").write_text('ignore = ["os-liter"]\n')
    assert run(["weigh", str(app)]) == 2
    assert "Did you mean os-litter" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "count"),
    [("0", 0), ("12", 12), ("500 MB", 500_000_000), ("1.5GiB", 1_610_612_736), ("2 kB", 2000), (" 3 TiB ", 3 << 40)],
)
def test_sizes_are_decimal_or_binary_by_their_unit(text: str, count: int) -> None:
    assert parse_size(text, "here") == count


@pytest.mark.parametrize("text", ["", "-1", "MB", "1 mb", "1,5 GB", "1e9", "٣ MB", "1 MB 2"])
def test_what_is_no_size_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(UsageError, match=r"budget\.stored"):
        parse_size(text, "budget.stored")


@pytest.mark.parametrize("name", ["stored", "unpacked", "findings"])
def test_each_budget_is_measured_and_names_itself(name: str, app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (app / "deadweight.toml").write_text(f'[budget]\n{name} = "2 kB"\n')
    assert run(["weigh", str(app), "--no-cache"]) == 1
    assert f"over budget: {name} is " in capsys.readouterr().out
    assert told(capsys, "weigh", app)["over_budget"][0].startswith(name)
    (app / "deadweight.toml").write_text(f'[budget]\n{name} = "2 MB"\n')
    assert run(["weigh", str(app), "--no-cache"]) == 0


def test_the_budget_of_slim_is_that_of_its_result(
    app: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (app / "deadweight.toml").write_text('[budget]\nunpacked = "5 kB"\n')
    assert run(["weigh", str(app), "--no-cache"]) == 1
    assert run(["slim", str(app), "-o", str(tmp_path / "out"), "--no-cache"]) == 0
    (app / "deadweight.toml").write_text('[budget]\nunpacked = "1 kB"\n')
    assert run(["slim", str(app), "-o", str(tmp_path / "out2"), "--no-cache"]) == 1
    assert "over budget: unpacked" in capsys.readouterr().out
    assert (tmp_path / "out2" / "main.py").exists()
