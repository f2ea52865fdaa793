from __future__ import annotations

from pathlib import Path

from builders.programs import tree
from deadweight.sandbox.interpreter import python_of, shell_of
from deadweight.sandbox.stand import Program, Stand

NOTHING = Program(())


def image(folder: Path, files: dict[str, bytes | str]) -> Stand:
    return Stand(tree(folder, files), image=True)


def test_the_python_of_the_program_itself_comes_first(tmp_path: Path) -> None:
    tree(tmp_path, {".venv/bin/python": "", "mine/bin/python3.12": ""})
    stand = Stand(tmp_path, str(tmp_path))
    assert python_of(stand, Program((f"{tmp_path}/mine/bin/python3.12", "x"))) == f"{tmp_path}/mine/bin/python3.12"
    assert python_of(stand, Program(("python", "x"))) == f"{tmp_path}/.venv/bin/python"


def test_the_python_beside_a_script_is_the_scripts(tmp_path: Path) -> None:
    tree(tmp_path, {"bin/python": "", "tools/bin/python3": "", "tools/bin/uvicorn": ""})
    stand = Stand(tmp_path, str(tmp_path))
    assert python_of(stand, Program((f"{tmp_path}/tools/bin/uvicorn",))) == f"{tmp_path}/tools/bin/python3"


def test_the_python_beside_a_shell_is_not_taken(tmp_path: Path) -> None:
    tree(tmp_path, {"bin/python": ""})
    stand = Stand(tmp_path, str(tmp_path))
    assert python_of(stand, Program(("/bin/sh", "-c", "cd x && python app.py"))) == f"{tmp_path}/bin/python"


def test_a_copy_has_the_python_of_its_own_tree_at_the_place_of_the_original(tmp_path: Path) -> None:
    tree(tmp_path / "original", {"bin/python": ""})
    tree(tmp_path / "copy", {"app.py": ""})
    assert python_of(Stand(tmp_path / "copy", str(tmp_path / "original")), NOTHING) == ""


def test_links_of_an_image_lead_inside_it(tmp_path: Path) -> None:
    stand = image(tmp_path, {"opt/python/bin/python3": "", "usr/bin/env": ""})
    (tmp_path / "usr/local").mkdir()
    (tmp_path / "usr/local/bin").symlink_to("/opt/python/bin")
    assert python_of(stand, NOTHING) == "/usr/local/bin/python3"


def test_an_image_without_python_or_shell_has_none(tmp_path: Path) -> None:
    stand = image(tmp_path, {"app/server": ""})
    assert python_of(stand, Program(("/app/server",))) == ""
    assert shell_of(stand) == ()


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    stand = image(tmp_path, {"app/server": ""})
    (tmp_path / "usr").symlink_to("usr")
    assert python_of(stand, NOTHING) == ""


def test_a_directory_has_the_hosts_shell(tmp_path: Path) -> None:
    assert shell_of(Stand(tmp_path, str(tmp_path))) == ("/bin/sh", "-c")


def test_the_python_of_an_image_is_that_of_the_script_on_its_path(tmp_path: Path) -> None:
    files: dict[str, bytes | str] = {
        "usr/local/bin/uvicorn": "#!/opt/mine/bin/python3\nimport sys\n",
        "opt/mine/bin/python3": "",
        "app/.venv/bin/python": "",
        "usr/bin/python3": "",
    }
    program = Program(("uvicorn", "app:app"), "/app")
    assert python_of(image(tmp_path, files), program) == "/opt/mine/bin/python3"


def test_a_script_that_asks_env_for_python_gets_that_of_the_path(tmp_path: Path) -> None:
    files: dict[str, bytes | str] = {
        "srv/run": "#!/usr/bin/env python3\n",
        "usr/bin/python3": "",
        "srv/.venv/bin/python3": "",
    }
    assert python_of(image(tmp_path, files), Program(("./run",), "/srv")) == "/usr/bin/python3"


def test_in_an_image_the_path_comes_before_environments_that_were_copied_along(tmp_path: Path) -> None:
    stand = image(tmp_path, {"app/.venv/bin/python": "", "usr/bin/python3": ""})
    program = Program(("/bin/sh", "-c", "serve"), "/app", {"PATH": "/usr/bin"})
    assert python_of(stand, program) == "/usr/bin/python3"
