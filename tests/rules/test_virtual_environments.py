from __future__ import annotations

import venv
from pathlib import Path

from builders.findings import found_by, tree_of
from builders.scenes import artifact_of
from deadweight.core.artifact import Image
from deadweight.core.edit import Safety
from deadweight.core.entry import Entry, Kind
from deadweight.core.finding import Confidence
from deadweight.rules.virtual_environments import RULE

PROJECT = {"app/main.py": b"", "app/.venv/pyvenv.cfg": b"home = /usr/bin\n", "app/.venv/lib/x.py": b"12345"}
SYSTEM = {"etc/os-release": b"ID=debian\n", "usr/bin/python3.11": b"\x7fELF"}


def _python(target: str, at: str = "app/.venv/bin/python") -> dict[str, bytes | Entry]:
    return {at: Entry(at, Kind.SYMLINK, target=target)}


def _image(*environment: str) -> Image:
    return Image("amd64", "linux", {}, {}, environment=environment)


def test_finds_an_environment_in_a_project_as_a_suggestion() -> None:
    (finding,) = found_by(RULE, PROJECT)
    assert finding.paths == ("app/.venv",)
    assert finding.size == sum(len(body) for path, body in PROJECT.items() if ".venv" in path)
    assert (finding.safety, finding.confidence) == (Safety.SUGGESTED, Confidence.POSSIBLE)


def test_finds_an_environment_whose_interpreter_is_not_there_with_a_proof() -> None:
    (finding,) = found_by(RULE, {**PROJECT, **SYSTEM, **_python("/home/me/.pyenv/bin/python3.12")})
    assert (finding.safety, finding.confidence) == (Safety.PROVEN, Confidence.CERTAIN)


def test_finds_an_environment_made_on_windows_with_a_proof() -> None:
    (finding,) = found_by(RULE, {**PROJECT, **SYSTEM, "app/.venv/Scripts/python.exe": b"MZ"})
    assert finding.safety is Safety.PROVEN


def test_finds_the_second_environment_of_an_image_that_runs_another() -> None:
    other = {"opt/venv/pyvenv.cfg": b"", "opt/venv/bin/uvicorn": b""}
    files = {**PROJECT, **SYSTEM, **other, **_python("/usr/bin/python3.11")}
    (finding,) = found_by(RULE, artifact_of(files, image=_image("PATH=/opt/venv/bin:/usr/bin")))
    assert finding.paths == ("app/.venv",)
    assert (finding.safety, finding.confidence) == (Safety.PROVEN, Confidence.LIKELY)


def test_leaves_the_environment_that_the_image_runs() -> None:
    for said in ("PATH=/app/.venv/bin:/usr/bin", "VIRTUAL_ENV=/app/.venv"):
        assert found_by(RULE, artifact_of(PROJECT, image=_image(said))) == ()
    run = Image("amd64", "linux", {}, {}, entrypoint=("/app/.venv/bin/uvicorn", "main:app"))
    assert found_by(RULE, artifact_of(PROJECT, image=run)) == ()


def test_leaves_the_environment_that_a_link_points_into() -> None:
    link = Entry("usr/local/bin/serve", Kind.SYMLINK, target="/app/.venv/bin/serve")
    assert found_by(RULE, {**PROJECT, "usr/local/bin/serve": link}) == ()


def test_leaves_an_artifact_that_is_an_environment_itself() -> None:
    assert found_by(RULE, {"pyvenv.cfg": b"", "lib/python3.11/site-packages/x.py": b""}) == ()


def test_leaves_environments_of_test_runners_to_their_own_rule() -> None:
    assert found_by(RULE, {"app/.tox/py311/pyvenv.cfg": b"", "app/.nox/lint/pyvenv.cfg": b""}) == ()


def test_leaves_a_directory_that_is_only_called_venv() -> None:
    assert found_by(RULE, {"app/venv/module.py": b""}) == ()


def test_finds_what_the_standard_library_makes(tmp_path: Path) -> None:
    venv.create(tmp_path / ".venv", symlinks=True, with_pip=False)
    (tmp_path / "main.py").write_text("")
    (finding,) = found_by(RULE, tree_of(tmp_path))
    assert finding.paths == (".venv",)
    (moved,) = found_by(RULE, {**tree_of(tmp_path), **SYSTEM})
    assert moved.safety is Safety.PROVEN
