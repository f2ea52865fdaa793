"""What is run is needed."""

from __future__ import annotations

import pytest

from builders.reaching import SITE, entered, reached
from builders.scenes import distribution_files, scene_of
from deadweight.core.entry import Kind
from deadweight.core.scene import Scene
from deadweight.core.trace import Entrance
from deadweight.facts.entrances import ENTRANCES
from deadweight.needs.entrances import NEED

FILES = {
    "web/__init__.py": b"",
    "web/main.py": b"",
    "web/__main__.py": b"",
    "settings.py": b"",
    "start.sh": b"#!/bin/sh\n",
    "unused.py": b"",
    "venv/pyvenv.cfg": b"home = /usr/bin\n",
    "venv/bin/server": b"#!/srv/venv/bin/python\nfrom server.cli import main\n",
    **distribution_files(
        SITE,
        "server",
        files={"server/__init__.py": b"", "server/cli.py": b"", "server/workers.py": b""},
        entry_points="[console_scripts]\nserver = server.cli:main\n",
    ),
}
CLI = (f"{SITE}/server/__init__.py", f"{SITE}/server/cli.py", "venv/bin/server")


def files_reached(scene: Scene) -> set[str]:
    """The files that the ways in name."""
    return {path for path in reached(scene, [NEED]) if scene.listing.by_path[path].kind is Kind.FILE}


@pytest.mark.parametrize(
    ("command", "names"),
    [
        ("python web/main.py", ("web/main.py",)),
        ("python -m web", ("web/__init__.py", "web/__main__.py")),
        ("python -m web.main", ("web/__init__.py", "web/main.py")),
        ("venv/bin/server", CLI),
        ("/srv/venv/bin/server", CLI),
        ("server --reload", CLI),
        ("server web.main:app", (*CLI, "web/__init__.py", "web/main.py")),
        ("server -A settings", (*CLI, "settings.py")),
        ("server --config=settings.py", (*CLI, "settings.py")),
        ("server -k server.workers.Fast", (*CLI, f"{SITE}/server/workers.py")),
        ("env A=1 server", CLI),
        ("tini -- server", CLI),
        ("./start.sh", ("start.sh",)),
        ("elsewhere", ()),
    ],
)
def test_the_words_of_a_command_reach_what_they_name(command: str, names: tuple[str, ...]) -> None:
    assert files_reached(entered(FILES, command)) == set(names)


def test_a_line_for_a_shell_is_split_into_its_commands() -> None:
    line = "cd /srv && DJANGO_SETTINGS_MODULE=settings exec server --bind 0"
    scene = scene_of(FILES)
    scene.learn(ENTRANCES, (Entrance(("bash", "-lc", line), "--run", "/srv", "/srv"),))
    assert files_reached(scene) == {*CLI, "settings.py"}


def test_values_of_the_environment_name_modules() -> None:
    assert files_reached(entered(FILES, "x", DJANGO_SETTINGS_MODULE="settings")) == {"settings.py"}
    assert files_reached(entered(FILES, "x", PYTHONSTARTUP="/srv/unused.py")) == {"unused.py"}
    assert files_reached(entered(FILES, "x", WORD="settings")) == set()
