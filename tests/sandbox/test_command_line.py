from __future__ import annotations

from pathlib import Path

import pytest

from builders.programs import tree
from deadweight.core.artifact import Image
from deadweight.core.errors import UsageError
from deadweight.sandbox.bubblewrap import environment_of
from deadweight.sandbox.command_line import port_of, program_of, program_of_image, words_of
from deadweight.sandbox.stand import Stand


def stand_of(folder: Path) -> Stand:
    return Stand(folder, str(folder))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("python app.py", ("python", "app.py")),
        ("python -m app 'a b' \"c\"", ("python", "-m", "app", "a b", "c")),
        ("python a.py | cat", ("/bin/sh", "-c", "python a.py | cat")),
        ("PORT=1 python a.py", ("/bin/sh", "-c", "PORT=1 python a.py")),
        ("cd src && python a.py", ("/bin/sh", "-c", "cd src && python a.py")),
        ("echo $HOME", ("/bin/sh", "-c", "echo $HOME")),
    ],
)
def test_a_line_goes_through_a_shell_only_where_it_needs_one(tmp_path: Path, line: str, words: tuple[str, ...]) -> None:
    assert words_of(line, stand_of(tmp_path)) == words


@pytest.mark.parametrize("line", ["", "   ", "python 'app"])
def test_a_line_that_starts_nothing_is_a_usage_error(tmp_path: Path, line: str) -> None:
    with pytest.raises(UsageError):
        words_of(line, stand_of(tmp_path))


@pytest.mark.parametrize(
    ("line", "port"),
    [
        ("uvicorn app:app --port 8000", 8000),
        ("uvicorn app:app --port=8000 --workers 2", 8000),
        ("gunicorn -b 0.0.0.0:9000 app", 9000),
        ("gunicorn --bind=[::]:9000 app", 9000),
        ("gunicorn --bind unix:/tmp/sock app", 0),
        ("python app.py --portable 3", 0),
        ("python app.py --port 99999", 0),
        ("python app.py 8000", 0),
    ],
)
def test_a_port_is_taken_where_the_line_names_it(line: str, port: int) -> None:
    assert port_of(line) == port


def test_programs_of_a_virtual_environment_at_the_place_come_first(tmp_path: Path) -> None:
    tree(tmp_path, {".venv/bin/python": "", "other/bin/python": ""})
    stand = stand_of(tmp_path)
    program = program_of("uvicorn app:app", stand, {"PATH": "/mine", "KEY": "1"})
    environment = environment_of(stand, program)
    assert (environment["PATH"], environment["KEY"]) == (f"{tmp_path}/.venv/bin:/mine", "1")
    assert program.directory == ""


def test_an_image_gives_its_program_and_the_line_replaces_it(tmp_path: Path) -> None:
    image = Image(
        *("amd64", "linux", {}, {}),
        environment=("PATH=/opt/bin", "A=b=c", "EMPTY=", "odd"),
        entrypoint=("gunicorn",),
        command=("--bind", "0.0.0.0:9000", "app"),
        user="app",
    )
    stand = Stand(tmp_path, image=True)
    program = program_of_image(image, stand)
    assert program.command == ("gunicorn", "--bind", "0.0.0.0:9000", "app")
    assert (program.port, program.user, program.directory) == (9000, "app", "/")
    assert program.environment == {"PATH": "/opt/bin", "A": "b=c", "EMPTY": ""}
    assert program_of_image(image, stand, "python x.py").command == ("python", "x.py")
