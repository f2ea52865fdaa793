"""Every command talks as it should: JSON that parses, quiet that is quiet, progress where someone looks."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from builders.programs import held
from builders.stacks import layout_of
from deadweight.cli.documentation import main as write_documents
from deadweight.cli.main import COMMANDS
from deadweight.cli.program import run
from deadweight.cli.progress import Bar

COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture
def app(tmp_path: Path) -> Path:
    root = tmp_path / "app"
    root.mkdir()
    (root / "main.py").write_text("print('hello')\n")
    (root / ".DS_Store").write_bytes(b"\0\0\0\1Bud1" + b"x" * 6000)
    return root


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """Two layers: the second removes one file of the first and writes another again."""
    first = [("app", None), ("app/main.py", b"x = 1\n"), ("var", None), ("var/x.deb", os.urandom(9000))]
    second = [("var/.wh.x.deb", b""), ("app/main.py", b"x = 22\n")]
    (tmp_path / "image").mkdir()
    return layout_of(tmp_path / "image", [first, second])


def said(capsys: pytest.CaptureFixture[str], *words: str | Path, status: int = 0) -> str:
    assert run([str(word) for word in words]) == status
    return capsys.readouterr().out


def parsed(capsys: pytest.CaptureFixture[str], *words: str | Path, status: int = 0) -> Any:  # noqa: ANN401  it is JSON
    return json.loads(said(capsys, *words, "--json", status=status))


def test_the_json_of_every_command_parses_and_stands_alone(
    app: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert parsed(capsys, "weigh", app)["before"]["entries"] == 2
    assert parsed(capsys, "why", app, "main.py")["files"] == 1
    assert parsed(capsys, "plan", app)["schema"] == 1
    assert parsed(capsys, "slim", app, "-o", out)["after"]["entries"] == 1
    assert parsed(capsys, "restore", out, "**")["paths"] == [".DS_Store"]
    assert parsed(capsys, "rule", "bytecode")[0]["name"] == "bytecode"
    assert len(parsed(capsys, "rule")) >= 25


def test_the_json_of_doctor_says_of_each_part_whether_it_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    status = run(["doctor", "--json"])
    made = json.loads(capsys.readouterr().out)
    assert status == (0 if made["sandbox"]["level"] else 5)
    assert {part["present"] for part in made["parts"]} <= {True, False}


def test_the_json_of_verify_holds_the_verdict(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    held()
    made = parsed(capsys, "verify", app, app, "--probe", "command: cat main.py")
    assert made["proof"]["verdict"] == "same"
    assert made["proof"]["comparisons"][0]["probe"] == "command: cat main.py"


def test_quiet_prints_nothing_and_still_works(app: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "weigh", app, "--quiet") == ""
    assert said(capsys, "why", app, "main.py", "-q") == ""
    assert said(capsys, "plan", app, "-o", tmp_path / "plan.json", "-q") == ""
    assert said(capsys, "slim", app, "-o", tmp_path / "out", "-q") == ""
    assert said(capsys, "restore", tmp_path / "out", "**", "-q") == ""
    assert capsys.readouterr().err == ""
    assert (tmp_path / "plan.json").is_file()
    assert (tmp_path / "out" / ".DS_Store").is_file()


def test_errors_are_told_even_when_quiet(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["weigh", str(app / "nothing"), "--quiet"]) == 2
    assert str(app / "nothing") in capsys.readouterr().err


def test_an_error_with_a_hostile_name_is_told_without_it_acting(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "a\x1b[31m\u202eb"
    broken.write_bytes(b"PK\x03\x04 and no more")
    assert run(["weigh", str(broken)]) == 4
    told = capsys.readouterr().err
    assert "\x1b" not in told
    assert "\u202e" not in told
    assert "a\\x1b[31m\\u202eb" in told


def test_a_plan_is_reviewed_edited_and_made_true(app: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (app / "Thumbs.db").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600)
    file = tmp_path / "plan.json"
    told = said(capsys, "plan", app, "-o", file)
    assert "The plan" in told
    plan = json.loads(file.read_text("utf-8"))
    for edit in plan["edits"]:
        edit["paths"] = [path for path in edit["paths"] if path != ".DS_Store"]
    plan["edits"] = [edit for edit in plan["edits"] if edit["paths"]]
    file.write_text(json.dumps(plan))
    said(capsys, "slim", app, "-o", tmp_path / "out", "--plan", file)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [".DS_Store", "main.py"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"edits": [{"kind": "remove"}]}, "is no plan"),
        ({"schema": 99}, "schema 99"),
        ({"artifact": "blake3:" + "0" * 64}, "the plan was made for"),
        ({"edits": 3}, "is no plan"),
    ],
)
def test_a_plan_that_was_broken_in_the_editing_is_refused(
    change: dict[str, object], says: str, app: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "plan.json"
    said(capsys, "plan", app, "-o", file)
    file.write_text(json.dumps({**json.loads(file.read_text("utf-8")), **change}))
    assert run(["slim", str(app), "-o", str(tmp_path / "out"), "--plan", str(file)]) == 2
    assert says in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_the_plan_on_standard_output_is_the_plan_of_the_file(
    app: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written = said(capsys, "plan", app)
    said(capsys, "plan", app, "-o", tmp_path / "plan.json")
    assert (tmp_path / "plan.json").read_text("utf-8") == written


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_every_command_has_examples_that_start_with_it(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    told = said(capsys, name, "--help")
    examples = told.split("Examples:\n")[1].split("\n\n")[0].splitlines()
    assert examples
    assert all(line.startswith(f"    deadweight {name}") for line in examples)
    assert told == said(capsys, name, "-h")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_completion_script_is_given_for_each_shell(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    script = said(capsys, "completion", shell)
    assert "_DEADWEIGHT_COMPLETE" in script
    if shell == "bash":
        subprocess.run(["bash", "-n"], input=script, text=True, check=True)


def test_the_shell_completes_commands_and_options() -> None:
    def completed(*words: str) -> str:
        given = {
            "_DEADWEIGHT_COMPLETE": "bash_complete",
            "COMP_WORDS": " ".join(words),
            "COMP_CWORD": str(len(words) - 1),
        }
        line = [sys.executable, "-c", "from deadweight.cli.main import main; main()"]
        done = subprocess.run(line, env={**os.environ, **given}, capture_output=True, text=True, check=False)
        return done.stdout

    assert "plain,verify" in completed("deadweight", "ver")
    assert "plain,--platform" in completed("deadweight", "weigh", "--pl")


def test_python_m_deadweight_is_the_command_line(app: Path) -> None:
    line = [sys.executable, "-m", "deadweight", "weigh", str(app), "--no-cache", "--json"]
    done = subprocess.run(line, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["before"]["format"] == "directory"
    assert done.stderr == ""


def on_a_terminal(words: list[str], **environment: str) -> str:
    """What the program writes where standard output and standard error are a terminal."""
    ours, theirs = pty.openpty()
    clean = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "TERM")}
    process = subprocess.Popen(words, stdout=theirs, stderr=theirs, env={**clean, "TERM": "xterm", **environment})
    os.close(theirs)
    pieces: list[bytes] = []
    reader = threading.Thread(target=_drain, args=(ours, pieces))
    reader.start()
    process.wait(60)
    reader.join(10)
    os.close(ours)
    return b"".join(pieces).decode()


def _drain(source: int, pieces: list[bytes]) -> None:
    while True:
        try:
            piece = os.read(source, 65536)
        except OSError:
            return
        if not piece:
            return
        pieces.append(piece)


def test_a_terminal_gets_colour_unless_it_is_dumb_or_the_user_wants_none(app: Path) -> None:
    line = [sys.executable, "-m", "deadweight", "weigh", str(app), "--no-cache"]
    assert "\x1b[1m" in on_a_terminal(line)
    assert not COLOURS.search(on_a_terminal(line, NO_COLOR="1"))  # the bar of slow work moves the cursor still
    assert "\x1b" not in on_a_terminal(line, TERM="dumb")
    assert not COLOURS.search(on_a_terminal([*line, "--json"]))


def test_an_error_on_a_dumb_terminal_has_no_colour(app: Path) -> None:
    line = [sys.executable, "-m", "deadweight", "weigh", str(app / "nothing")]
    assert "\x1b[31;1m" in on_a_terminal(line)
    assert "\x1b" not in on_a_terminal(line, TERM="dumb")


class Paper:
    """A stream that remembers."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        self.text += text
        return len(text)

    def flush(self) -> None:
        """There is nothing to flush."""


def test_progress_appears_after_a_blink_and_leaves_no_trace() -> None:
    now = [0.0]
    paper = Paper()
    bar = Bar(paper, clock=lambda: now[0])  # type: ignore[arg-type]  # write and flush are all that it needs
    bar.start("hashing", 1000)
    bar.advance(10)
    assert paper.text == ""
    now[0] = 1.0
    bar.advance(490)
    assert "hashing" in paper.text
    assert "50 %  500 B" in paper.text
    bar.finish()
    assert paper.text.endswith("\r\x1b[2K")


def test_progress_of_an_unknown_total_counts() -> None:
    now = [0.0]
    paper = Paper()
    bar = Bar(paper, clock=lambda: now[0])  # type: ignore[arg-type]  # as above
    bar.start("looking", 0, "rules")
    now[0] = 1.0
    bar.advance(7)
    assert paper.text.endswith("looking  7 rules")


def test_an_image_of_several_platforms_is_not_guessed(
    tmp_path: Path, image: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    layout_of(other, [[("arm", b"64")]], config={"architecture": "arm64", "variant": "v8"})
    for blob in (other / "blobs" / "sha256").iterdir():
        (image / "blobs" / "sha256" / blob.name).write_bytes(blob.read_bytes())
    index, more = (json.loads((root / "index.json").read_text("utf-8")) for root in (image, other))
    index["manifests"] += more["manifests"]
    (image / "index.json").write_text(json.dumps(index))
    assert run(["weigh", str(image), "--no-cache"]) == 2
    told = capsys.readouterr().err
    assert "linux/amd64" in told
    assert "linux/arm64/v8" in told
    assert parsed(capsys, "weigh", image, "--no-cache", "--platform", "linux/arm64")["before"]["unpacked"] == 2
    assert run(["weigh", str(image), "--no-cache", "--platform", "linux/s390x"]) == 2
    assert "There are: linux/amd64, linux/arm64/v8" in capsys.readouterr().err


def test_why_names_the_layer_and_the_instruction(image: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = said(capsys, "why", image, "app/main.py", "--no-cache")
    assert "from layer 1  7 B in 1 entry: COPY 1" in told
    assert "more in lower layers, hidden by this" in told


def test_why_explains_what_is_stored_and_never_seen(image: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = said(capsys, "why", image, "var/x.deb", "--no-cache")
    assert "never seen  hidden by layer 1 (file removed by a later layer): COPY 1" in told
    assert "from layer 0  9.0 kB in 1 entry: COPY 0" in told
    made = parsed(capsys, "why", image, "var/x.deb", "--no-cache")
    assert made["hidden"] > 1000
    assert [one["rule"] for one in made["findings"]] == ["dead-bytes"]


def test_why_of_nothing_names_what_is_near(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["why", str(app), "src/main.py"]) == 2
    assert "Did you mean main.py?" in capsys.readouterr().err


def test_a_rule_that_is_not_there_names_what_is_near(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rule", "bytcode"]) == 2
    assert "Did you mean bytecode?" in capsys.readouterr().err


def test_the_documentation_of_a_rule_is_printed_under_its_headings(capsys: pytest.CaptureFixture[str]) -> None:
    told = said(capsys, "rule", "bytecode")
    assert told.startswith("bytecode  (safe, from --level safe)\n\n")
    assert [head for head in ("Why it weighs", "Evidence", "Edit", "Source") if head not in told] == []
    listed = said(capsys, "rule")
    assert all(len(line.split()) >= 3 for line in listed.splitlines() if line)


def test_the_documents_are_written_and_then_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert write_documents([str(tmp_path)]) == 0
    assert write_documents(["--check", str(tmp_path)]) == 0
    (tmp_path / "rules.md").write_text("other")
    assert write_documents(["--check", str(tmp_path)]) == 1
    assert "rules.md" in capsys.readouterr().err
    assert (tmp_path / "rules.md").read_text("utf-8") == "other"
