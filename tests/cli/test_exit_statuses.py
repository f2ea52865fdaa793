"""Every documented exit status, reached for real."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from builders.programs import living, sandboxed
from deadweight.cli.exits import EXITS
from deadweight.cli.program import run


@pytest.fixture
def app(tmp_path: Path) -> Path:
    root = tmp_path / "app"
    (root / "__pycache__").mkdir(parents=True)
    (root / "main.py").write_text("print('hello')\n")
    (root / "data.json").write_text('{"answer": 42}\n')
    (root / ".DS_Store").write_bytes(b"\0\0\0\1Bud1" + b"x" * 6000)
    return root


def test_0_is_fine(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["weigh", str(app), "--no-cache"]) == 0
    assert "main" not in capsys.readouterr().err


def test_1_is_over_budget(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (app / "deadweight.toml").write_text('[budget]\nunpacked = "1 kB"\n')
    assert run(["weigh", str(app), "--no-cache"]) == 1
    assert "over budget: unpacked" in capsys.readouterr().out
    (app / "deadweight.toml").write_text('[budget]\nunpacked = "1 MB"\n')
    assert run(["weigh", str(app), "--no-cache"]) == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["weigh"], "Missing argument"),
        (["weigh", "{app}", "--select", "nonsense"], "there is no rule 'nonsense'"),
        (["weigh", "{app}/nothing"], "nothing"),
        (["weigh", "{app}", "--config", "{app}/nothing.toml"], "can't be read"),
        (["weigh", "{app}", "--option", "nonsense"], "no setting"),
        (["rule", "nonsense"], "there is no rule"),
        (["why", "{app}", "man.py"], "no path and no owner"),
        (["slim", "{app}", "-o", "{app}/there/out"], "directory is not there"),
        (["slim", "{app}", "-o", "{app}"], "already there"),
        (["slim", "{app}", "-o", "{app}.new", "--to", "nonsense"], "nonsense"),
        (["slim", "{app}", "-o", "{app}.new", "--plan", "{app}/data.json"], "is no plan"),
        (["verify", "{app}", "{app}"], "nothing to run"),
        (["restore", "{app}", "x"], "companion archive is not there"),
        (["plan", "{app}", "--nonsense"], "No such option"),
    ],
)
def test_2_is_usage(app: Path, words: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([word.replace("{app}", str(app)) for word in words]) == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        ("keep = 3", "keep"),
        ("kepe = []", "'kepe' is not known"),
        ("[budget]\nunpacked = 3", "unpacked"),
        ('[budget]\nunpacked = "much"', "is no size"),
        ('[budget]\nstord = "1 MB"', "budget.stord"),
        ("keep = [", "is not TOML"),
    ],
)
def test_2_is_a_wrong_configuration(app: Path, toml: str, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    (app / "deadweight.toml").write_text(toml)
    assert run(["weigh", str(app), "--no-cache"]) == 2
    assert says in capsys.readouterr().err


def test_2_is_a_plan_for_another_artifact(app: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = tmp_path / "plan.json"
    assert run(["plan", str(app), "-o", str(plan), "--quiet"]) == 0
    (app / "main.py").write_text("print('other')\n")
    assert run(["slim", str(app), "-o", str(tmp_path / "out"), "--plan", str(plan)]) == 2
    assert "the plan was made for" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(not sandboxed(), reason="bubblewrap can't isolate here")
def test_3_is_a_failed_proof(app: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "data.json").write_text('{"answer": 43}\n')
    (other / "main.py").write_text("")
    same = ["verify", str(app), str(app), "--probe", "command: cat data.json"]
    assert run(same) == 0
    assert run(["verify", str(app), str(other), "--probe", "command: cat data.json"]) == 3
    assert "42" in capsys.readouterr().err


@pytest.mark.parametrize("body", [b"", b"\x1f\x8b\x08\0garbage", b"PK\x03\x04garbage", b"neither this nor that" * 99])
def test_4_is_a_refused_input(tmp_path: Path, body: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "broken"
    broken.write_bytes(body)
    assert run(["weigh", str(broken), "--no-cache"]) == 4
    assert str(broken) in capsys.readouterr().err
    assert broken.read_bytes() == body


def deadweight(*words: str, **environment: str) -> subprocess.Popen[str]:
    line = [sys.executable, "-m", "deadweight", *words]
    return subprocess.Popen(
        line,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_interruptible,
    )


def _interruptible() -> None:
    """What a shell runs in the background has SIGINT ignored (POSIX), these tests too, and hands that on."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_5_is_a_system_without_a_sandbox(app: Path, tmp_path: Path) -> None:
    process = deadweight("verify", str(app), str(app), "--probe", "command: true", PATH=str(tmp_path))
    _, error = process.communicate(timeout=60)
    assert process.returncode == 5
    assert "bubblewrap" in error


@pytest.mark.skipif(not sandboxed(), reason="bubblewrap can't isolate here")
def test_130_is_an_interrupt_that_leaves_nothing(app: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    process = deadweight("slim", str(app), "-o", str(out), "--probe", "command: sleep 3231")
    while "sleep 3231" not in living().splitlines():
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=60)
    assert process.returncode == 130, error
    assert "interrupted" in error
    assert sorted(path.name for path in tmp_path.iterdir()) == ["app"]
    assert "sleep 3231" not in living().splitlines()


def test_every_status_is_listed_in_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    told = capsys.readouterr().out
    assert [one.status for one in EXITS] == [0, 1, 2, 3, 4, 5, 130]
    assert all(one.meaning in " ".join(told.split()) for one in EXITS)


def test_a_closed_pipe_is_no_error(app: Path) -> None:
    shell = (
        f"{sys.executable} -m deadweight weigh {app} --no-cache --json | head -c 1 >/dev/null; echo ${{PIPESTATUS[0]}}"
    )
    done = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"
    assert done.stderr == ""


def test_json_names_the_same_bytes_as_the_tree(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["weigh", str(app), "--no-cache", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    files = [path for path in app.rglob("*") if path.is_file()]
    assert told["before"]["unpacked"] == sum(path.stat().st_size for path in files)
    assert told["findings"][0]["rule"] == "os-litter"
    assert told["findings"][0]["safety"] == "safe"
