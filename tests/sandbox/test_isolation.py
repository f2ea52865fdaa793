from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from builders.programs import PYTHON, QUICK, held, service, standing, tree
from deadweight.core.errors import Lacking
from deadweight.sandbox.isolation import isolation
from deadweight.sandbox.launch import RunSettings, launch
from deadweight.sandbox.parts import parts
from deadweight.sandbox.stand import Program

SOURCE = Path(__file__).parents[2] / "src"


def shell(folder: Path, name: str, script: str) -> str:
    """A program of that name; a broken bubblewrap."""
    made = tree(folder, {name: f"#!/bin/sh\n{script}\n"}) / name
    made.chmod(0o755)
    return str(made)


def test_the_sandbox_of_this_machine_holds_what_it_promises() -> None:
    found = held()
    assert found.lost == ()
    assert found.level.startswith("bubblewrap ")
    assert Path(found.program).name == "bwrap"


def test_no_sandbox_is_a_level_of_its_own() -> None:
    found = isolation(sandbox=False)
    assert found.level == "none: no isolation"
    assert found.lost == ("a network of its own", "a read-only root")
    assert found.program == ""


def test_a_missing_bubblewrap_is_said_with_what_to_install() -> None:
    with pytest.raises(Lacking, match=r"not installed(.|\n)*apt install bubblewrap(.|\n)*--no-sandbox") as caught:
        isolation(program="no-such-bubblewrap")
    assert caught.value.exit_code == 5


def test_a_forbidden_bubblewrap_is_said_with_its_own_words(tmp_path: Path) -> None:
    broken = shell(tmp_path, "bwrap", "echo 'bwrap: setting up uid map: Permission denied' >&2; exit 1")
    with pytest.raises(Lacking, match=r"setting up uid map: Permission denied(.|\n)*AppArmor"):
        isolation(program=broken)


def test_a_sandbox_that_holds_nothing_is_found_out_by_trying(tmp_path: Path) -> None:
    pretending = shell(tmp_path, "bwrap", 'while [ "$1" != -- ]; do shift; done; shift; exec "$@"')
    found = isolation(program=pretending)
    assert found.lost == ("a network of its own", "a read-only root", "a bound on temporary files")
    assert not found.bounded
    assert "but not a network of its own, a read-only root" in found.level


def test_the_level_is_written_into_the_record(tmp_path: Path) -> None:
    found = held()
    record = launch(standing(tmp_path, ""), Program((PYTHON, "app.py")), [], RunSettings(found, QUICK))
    assert record.isolation == found.level


def test_the_program_has_no_capability_and_cannot_mount(tmp_path: Path) -> None:
    source = "print([line.split()[1] for line in open('/proc/self/status') if line.startswith(('CapEff', 'CapPrm'))])"
    record = launch(standing(tmp_path, source), Program((PYTHON, "app.py")), [], RunSettings(held(), QUICK))
    assert record.observations[0].output == "['0000000000000000', '0000000000000000']\n"


def test_the_program_sees_no_process_but_its_own(tmp_path: Path) -> None:
    source = "import os; print(len([name for name in os.listdir('/proc') if name.isdigit()]) < 4)"
    record = launch(standing(tmp_path, source), Program((PYTHON, "app.py")), [], RunSettings(held(), QUICK))
    assert record.observations[0].output == "True\n"


def test_the_keys_of_whoever_runs_it_are_out_of_sight(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Path(tempfile.mkdtemp(dir="/var/tmp"))
    tree(home, {".ssh/id_ed25519": "secret", "other/file": "x"})
    try:
        monkeypatch.setenv("HOME", str(home))
        source = f"import os; print(os.listdir({str(home / '.ssh')!r}), os.listdir({str(home / 'other')!r}))"
        record = launch(standing(tmp_path, source), Program((PYTHON, "app.py")), [], RunSettings(held(), QUICK))
    finally:
        shutil.rmtree(home)
    assert record.observations[0].output == "[] ['file']\n"


ORDINARY = """
import json, sys
from pathlib import Path
from deadweight.core.probe import Probe, ProbeKind
from deadweight.sandbox.isolation import isolation
from deadweight.sandbox.launch import RunSettings, launch
from deadweight.sandbox.stand import Program, Stand
import os
stand = Stand(Path(sys.argv[1]), sys.argv[1])
program = Program((sys.executable, "-I", "app.py"))
record = launch(stand, program, [Probe("answer", ProbeKind.REQUEST, path="/answer")], RunSettings(isolation()))
print(json.dumps([os.geteuid(), record.observations[0].status, record.peak_bytes > 1_000_000, record.error]))
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="already an ordinary user: all the other tests show it")
def test_an_ordinary_user_proves_as_root_does(tmp_path: Path) -> None:
    """With a Python that an ordinary user may run, and our sources copied to where one may read them."""
    held()
    python = shutil.which("python3", path="/usr/bin")
    if not python or not shutil.which("runuser"):
        pytest.skip("no Python that an ordinary user may run")
    msgspec = Path(sys.modules["msgspec"].__file__ or "").parent
    with_sources = Path("/tmp") / f"deadweight-ordinary-{os.getpid()}"
    try:
        standing(with_sources / "service", service(port=80))
        for package in (SOURCE / "deadweight", msgspec):
            shutil.copytree(package, with_sources / "packages" / package.name)
        words = ["runuser", "-u", "nobody", "--", "env", f"PYTHONPATH={with_sources}/packages", python]
        done = subprocess.run(
            [*words, "-c", ORDINARY, f"{with_sources}/service"], capture_output=True, text=True, check=False, cwd="/"
        )
    finally:
        shutil.rmtree(with_sources)
    if "msgspec._core" in done.stderr:
        pytest.skip("the system's Python is of another version than this one")
    assert json.loads(done.stdout or "null") == [65534, 200, True, ""], done.stderr


def test_the_parts_of_the_system_say_what_is_lost_without_them() -> None:
    found = {part.name: part for part in parts()}
    assert list(found) == ["bubblewrap", "strace", "skopeo", "umoci", "buildah"]
    assert all(part.without for part in found.values())
    for part in found.values():
        assert part.present is bool(part.version)
