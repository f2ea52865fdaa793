"""An output that is there is refused before any work, which may take an hour or ask the gate's only look."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from deadweight.cli.program import run

_COMMANDS = {
    "plan": ["plan", "INPUT"],
    "trace": ["trace", "INPUT", "--run", "true"],
    "squeeze": ["model", "squeeze", "INPUT", "--task", "INPUT"],
    "prune": ["model", "prune", "INPUT"],
    "quantize": ["model", "quantize", "INPUT"],
    "finetune": ["model", "finetune", "INPUT", "--task", "INPUT"],
    "convert": ["model", "convert", "INPUT"],
    "strip": ["model", "strip", "INPUT"],
    "restore": ["model", "restore", "INPUT"],
}


@pytest.mark.parametrize("command", _COMMANDS)
@pytest.mark.parametrize("kind", ["a file", "a folder", "a link that leads nowhere"])
def test_what_is_there_is_told_before_the_input_is_looked_at(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, kind: str
) -> None:
    """The input is no artifact and no model, of which nobody comes to speak."""
    given, out = tmp_path / "input", tmp_path / "out.safetensors"
    given.write_bytes(b"neither")
    if kind == "a file":
        out.write_bytes(b"kept")
    elif kind == "a folder":
        out.mkdir()
    else:
        out.symlink_to("nowhere")
    words = [str(given) if word == "INPUT" else word for word in _COMMANDS[command]]
    assert run([*words, "-o", str(out)]) == 2
    said = capsys.readouterr().err
    assert "already there" in said
    assert "Name a path that is free" in said
    assert os.path.lexists(out)
    assert kind != "a file" or out.read_bytes() == b"kept"
