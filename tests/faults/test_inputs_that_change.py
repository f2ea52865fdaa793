"""An input that is written to meanwhile is told, and names of any bytes go through a plan and back."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from builders.command import deadweight, names
from builders.corpus import SAMPLES
from deadweight.cli.program import run
from deadweight.core.changes import Changes
from deadweight.core.errors import Corrupt
from deadweight.core.seams import Opening, Packing
from deadweight.formats.recognition import format_named, recognise


@pytest.mark.parametrize("name", [name for name in SAMPLES if name != "wheel"])
def test_what_changed_since_it_was_opened_makes_no_copy(name: str, tmp_path: Path) -> None:
    path = SAMPLES[name](tmp_path)
    artifact = recognise(path).open(path, Opening())
    for one in [path] if path.is_file() else sorted(path.rglob("*")):
        if one.is_file():
            body = bytearray(one.read_bytes())
            body[len(body) // 2] ^= 255
            one.write_bytes(bytes(body))
            os.utime(one, (5, 5))
    pack = format_named("directory").pack
    assert pack is not None
    with pytest.raises(Corrupt):
        pack(artifact, Changes(), tmp_path / "out", Packing())
    assert names(tmp_path) == [path.name]


def test_names_of_any_bytes_go_through_a_plan_and_back(tmp_path: Path) -> None:
    app = tmp_path / "an app\nof two lines \udcff"
    for folder in (b"a b", b"c\nd", b"\xff\xfe", b"-rf", b"'\"$(x)", "é\u202e".encode()):
        place = os.fsencode(app) + b"/" + folder
        Path(os.fsdecode(place)).mkdir(parents=True)
        for name, body in ((b".DS_Store", b"\0\0\0\1Bud1"), (b"main.py", b"x = 1\n")):
            with open(place + b"/" + name, "wb") as file:
                file.write(body)
    plan, out = tmp_path / "plan.json", tmp_path / "out \udcfe\n"
    assert run(["plan", str(app), "-o", str(plan), "--quiet"]) == 0
    done = deadweight("slim", app, "-o", out, "--plan", plan)
    assert done.status == 0, done.error
    assert sum(len(files) for _, _, files in os.walk(os.fsencode(out))) == 6
    assert deadweight("restore", out, "**").status == 0
    assert sum(len(files) for _, _, files in os.walk(os.fsencode(out))) == 12
