"""Programs in packages are needed by who names them, not as data."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders.elves import compiled
from builders.reaching import SITE, reached
from builders.scenes import artifact_of, distribution_files, entry_of, scene_from
from deadweight.core.scene import Scene
from deadweight.core.trace import Entrance
from deadweight.facts.entrances import ENTRANCES as WAYS
from deadweight.facts.programs_within import PROGRAMS_WITHIN
from deadweight.needs.entrances import NEED as ENTRANCES
from deadweight.needs.imports import NEED as IMPORTS
from deadweight.needs.named_files import NEED as NAMED
from deadweight.needs.package_data import NEED as DATA

PROGRAM = compiled("int main(void) { return 0; }", ())
TOOL = "tool-3.1"
PATH = f"{SITE}/driver/bin/{TOOL}"


def scene(source: bytes, mode: int = 0o755, name: str = TOOL) -> Scene:
    """An application that imports a package with a program and a table in it."""
    program = f"{SITE}/driver/bin/{name}"
    files = {"driver/__init__.py": source, "driver/table.json": b"{}", f"driver/bin/{name}": PROGRAM}
    artifact = artifact_of({"app.py": b"import driver\n", **distribution_files(SITE, "driver", files=files)})
    visible = tuple(
        entry_of(program, PROGRAM, mode=mode) if entry.path == program else entry
        for entry in artifact.inventory.visible
    )
    made = scene_from(replace(artifact, inventory=replace(artifact.inventory, visible=visible)))
    made.learn(WAYS, (Entrance(("python", "app.py"), "--run", "/srv", "/srv", {}),))
    return made


def kept(source: bytes, mode: int = 0o755, name: str = TOOL) -> set[str]:
    found = reached(scene(source, mode, name), [ENTRANCES, IMPORTS, DATA, NAMED])
    return {path.rpartition("/")[2] for path in found if "/driver/" in path and not path.endswith(".py")}


def test_a_program_is_no_data_of_its_package_and_a_table_is() -> None:
    assert scene(b"").ask(PROGRAMS_WITHIN) == {PATH: f"{SITE}/driver-1.0.dist-info"}
    assert kept(b"x = 1\n") == {"table.json"}


def test_a_program_that_a_module_of_its_distribution_names_is_needed() -> None:
    assert kept(b"PATH = 'bin/tool-3.1'\n") == {"table.json", "tool-3.1"}
    assert kept(b"NAME = f'tool-{version}'\n") == {"table.json", "tool-3.1"}
    assert kept(b"toolbox = 1\n") == {"table.json"}


def test_what_nobody_may_execute_is_data() -> None:
    assert kept(b"x = 1\n", mode=0o644) == {"table.json", "tool-3.1"}


@pytest.mark.parametrize(
    ("source", "named"),
    [
        (b"run('tool-3.1')\n", True),
        (b"run(f'bin/tool-{version}')\n", True),
        (b"run('tool')\n", True),
        (b"call(tool)\n", False),
        (b"# a tool.\n", False),
        (b'"""A "tool" of tools."""\nx = 1\n', False),
        (b"tools = 'tools'\nmytool = 'mytool'\n", False),
        (b"x = 'toolkit', 'atool-3.1'\n", False),
        (b"", False),
    ],
)
def test_a_string_names_it_with_or_without_its_version(source: bytes, named: bool) -> None:
    assert ("tool-3.1" in kept(source)) is named


@pytest.mark.parametrize(
    ("source", "named"),
    [
        (b"run('shm_manager')\n", True),
        (b"run(prefix + '_manager', 'shm')\n", True),
        (b"run('shm')\n", False),
        (b"shm = manager\n", False),
    ],
)
def test_a_name_of_several_words_is_named_whole_or_by_all_of_them(source: bytes, named: bool) -> None:
    assert ("shm_manager" in kept(source, name="shm_manager")) is named


@pytest.mark.parametrize("name", ["test_jit", "speed_test", "TensorTests"])
def test_a_program_of_its_tests_is_named_by_nobody_else(name: str) -> None:
    assert name not in kept(f"run('bin/{name}')\n".encode(), name=name)
