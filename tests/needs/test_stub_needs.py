"""Type stubs are needed by who reads them, not as data."""

from __future__ import annotations

import pytest

from builders.reaching import SITE, reached
from builders.scenes import artifact_of, distribution_files, scene_from
from deadweight.core.trace import Entrance
from deadweight.facts.entrances import ENTRANCES as WAYS
from deadweight.needs.entrances import NEED as ENTRANCES
from deadweight.needs.imports import NEED as IMPORTS
from deadweight.needs.package_data import NEED as DATA

FILES = {
    "pkg/__init__.pyi": b"",
    "pkg/_C/__init__.pyi": b"",
    "pkg/py.typed": b"",
    "pkg/other.py": b"NAME = '.pyi'\n",
    "pkg/typeshed/stdlib/os.pyi": b"",
}


def kept(source: bytes) -> set[str]:
    files = distribution_files(SITE, "pkg", files={**FILES, "pkg/__init__.py": source})
    scene = scene_from(artifact_of({"app.py": b"import pkg\n", **files}))
    scene.learn(WAYS, (Entrance(("python", "app.py"), "--run", "/srv", "/srv", {}),))
    found = reached(scene, [ENTRANCES, IMPORTS, DATA])
    return {path.removeprefix(f"{SITE}/pkg/") for path in found if path.startswith(f"{SITE}/pkg/")}


def test_stubs_beside_modules_are_no_data_of_their_package() -> None:
    assert kept(b"x = 1\n") == {"__init__.py", "py.typed", "typeshed/stdlib/os.pyi"}


@pytest.mark.parametrize(
    "source", [b"import lazy\nlazy.attach_stub(__name__, __file__)\n", b"NAME = __name__ + '.pyi'\n"]
)
def test_a_reached_source_that_speaks_of_stubs_needs_all_of_its_distribution(source: bytes) -> None:
    assert kept(source) >= {"__init__.pyi", "_C/__init__.pyi"}


def test_so_does_one_that_another_imports() -> None:
    assert kept(b"from pkg import other\n") >= {"__init__.pyi", "_C/__init__.pyi", "other.py"}
