from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from builders.programs import PYTHON, QUICK, held, imports, tree
from deadweight.core.errors import Lacking
from deadweight.core.probe import Observation, Probe, ProbeKind
from deadweight.sandbox.isolation import Isolation, isolation
from deadweight.sandbox.launch import RunSettings, launch
from deadweight.sandbox.stand import Program, Stand


def swept(folder: Path, probe: Probe, python: str = PYTHON) -> Observation:
    """The sweep beside a program that is over at once."""
    stand = Stand(tree(folder, {"nothing.py": ""}), str(folder))
    return launch(stand, Program((python, "nothing.py")), [probe], RunSettings(held(), QUICK)).observations[1]


def test_modules_are_imported_in_their_order_in_one_process(tmp_path: Path) -> None:
    tree(tmp_path, {"first.py": "import builtins; builtins.seen = 1", "second.py": "import builtins; builtins.seen"})
    assert swept(tmp_path, imports("first", "second")).output == "first\tok\nsecond\tok\n"
    assert swept(tmp_path, imports("second", "first")).output.splitlines()[0].startswith("second\tAttributeError")


def test_a_library_that_is_gone_is_named_in_the_outcome(tmp_path: Path) -> None:
    tree(tmp_path, {"native.py": "import ctypes; ctypes.CDLL('libgone.so.7')"})
    assert "OSError: libgone.so.7: cannot open shared object file" in swept(tmp_path, imports("native")).output


def test_a_module_that_floods_its_output_disturbs_nothing(tmp_path: Path) -> None:
    tree(tmp_path, {"loud.py": "import os, sys\nfor fd in (1, 2): os.write(fd, b'x\\tok\\n' * 50_000)"})
    assert swept(tmp_path, imports("loud", "json", timeout=20)).output == "loud\tok\njson\tok\n"


def test_a_module_that_asks_for_input_gets_none(tmp_path: Path) -> None:
    tree(tmp_path, {"asks.py": "input('name? ')"})
    assert swept(tmp_path, imports("asks")).output == "asks\tEOFError: EOF when reading a line\n"


def test_many_modules_go_in_one_sweep(tmp_path: Path) -> None:
    names = [f"module_with_a_rather_long_name_{number:05}" for number in range(3000)]
    tree(tmp_path, dict.fromkeys((f"{name}.py" for name in names), ""))
    seen = swept(tmp_path, imports(*names, timeout=30))
    assert seen.output.count("\tok\n") == 3000
    assert seen.status == 0


def test_the_same_sweep_gives_the_same_digest(tmp_path: Path) -> None:
    one, other = (swept(tmp_path, imports("json", "absent")) for _ in range(2))
    assert one.digest == other.digest


@pytest.mark.parametrize("version", ["3.8", "3.9", "3.12", "3.13"])
def test_pythons_of_other_versions_are_swept_too(tmp_path: Path, version: str) -> None:
    found = shutil.which(f"python{version}", path="/usr/bin:/usr/local/bin") or _of_pyenv(version)
    if not found:
        pytest.skip(f"there is no Python {version} here")
    tree(tmp_path, {"tells.py": "import sys; raise ValueError(sys.version_info[:2])"})
    seen = swept(tmp_path, imports("json", "tells"), found)
    assert seen.output == f"json\tok\ntells\tValueError: ({version.replace('.', ', ')})\n"


def _of_pyenv(version: str) -> str:
    found = sorted((Path.home() / ".pyenv/versions").glob(f"{version}.*/bin/python"))
    return str(found[0]) if found else ""


def test_a_supervisor_that_cannot_start_is_lacking_with_its_words(tmp_path: Path) -> None:
    broken = tree(tmp_path, {"bwrap": "#!/bin/sh\necho 'bwrap: no permission' >&2\nexit 1\n"}) / "bwrap"
    broken.chmod(0o755)
    stand = Stand(tmp_path, str(tmp_path))
    with pytest.raises(Lacking, match="ended without a record: bwrap: no permission"):
        launch(stand, None, [imports("json")], RunSettings(Isolation("pretended", program=str(broken)), QUICK))


def test_a_sweep_needs_no_sandbox(tmp_path: Path) -> None:
    stand = Stand(tree(tmp_path, {"mine.py": ""}), str(tmp_path))
    program = Program((sys.executable, "mine.py"))
    record = launch(stand, program, [imports("mine")], RunSettings(isolation(sandbox=False), QUICK))
    assert record.observations[1].output == "mine\tok\n"


def scripted(folder: Path, source: str, body: str = "", timeout: float = 20) -> Observation:
    probe = Probe("a script", ProbeKind.SCRIPT, command=source, body=body, timeout=timeout, made=True)
    return swept(folder, probe)


def test_a_script_is_given_its_body_and_tells_a_line_a_subject(tmp_path: Path) -> None:
    seen = scripted(
        tmp_path, "for name in input().split(): print(name + '\\t' + ('ok' if name > 'a' else 'bad'))", "a b"
    )
    assert (seen.status, seen.output, seen.error) == (1, "a\tbad\nb\tok\n", "")


def test_a_script_that_ends_without_a_word_says_how(tmp_path: Path) -> None:
    seen = scripted(tmp_path, "raise SystemExit('no module named x')", "a b")
    assert seen.error == "it exited with status 1: no module named x\n"


def test_what_deadweight_made_is_done_side_by_side_and_told_in_its_order(tmp_path: Path) -> None:
    waits = "command: sleep"
    lines = [
        Probe(f"{waits} {n}", ProbeKind.COMMAND, command=f"sleep 0.{9 - n}; echo {n}", made=True) for n in range(5)
    ]
    stand = Stand(tree(tmp_path, {"nothing.py": ""}), str(tmp_path))
    seen = launch(stand, Program((PYTHON, "nothing.py")), lines, RunSettings(held(), QUICK)).observations[1:]
    assert [one.output for one in seen] == [f"{n}\n" for n in range(5)]
