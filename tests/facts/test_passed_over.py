from __future__ import annotations

from collections.abc import Iterable

import pytest

from builders.reaching import SITE, entered, reached
from builders.scenes import distribution_files
from deadweight.core.scene import Scene
from deadweight.core.trace import Touch, Trace, Use
from deadweight.facts.passed_over import PASSED_OVER
from deadweight.facts.trace import TRACE
from deadweight.needs.entrances import NEED as ENTRANCES
from deadweight.needs.imports import NEED as IMPORTS

LISTER = (
    b"import os\n\ndef structure(path):\n    return [e for e in os.scandir(path) if not e.name.startswith('made_')]\n"
)
LATE = b"import sys\nfrom big.lister import structure\nsys.modules[__name__] = structure(__file__)\n"
KINDS = ("albert", "bert", "clip")


def _pyc(path: str) -> str:
    above, _, name = path.rpartition("/")
    return f"{above}/__pycache__/{name.removesuffix('.py')}.cpython-311.pyc"


def _scene(lister: bytes = LISTER, kinds: tuple[str, ...] = KINDS, more: Iterable[str] = ()) -> Scene:
    files = {"big/__init__.py": b"", "big/lister.py": lister}
    for kind in kinds:
        files[f"big/{kind}/__init__.py"] = LATE
        for name in ("model", "made"):
            files[f"big/{kind}/{name}_{kind}.py"] = b"x = 1\n"
    bytecode = {f"{SITE}/{_pyc(path)}": b"" for path in files}
    scene = entered(
        {"app.py": b"from big import albert, bert, clip\n", **distribution_files(SITE, "big", files=files), **bytecode}
    )
    read = [f"{SITE}/big/{kind}/model_{kind}.py" for kind in kinds]
    ran = [_pyc(f"{SITE}/big/lister.py"), *(_pyc(f"{SITE}/big/{kind}/__init__.py") for kind in kinds)]
    scene.learn(TRACE, Trace("", touches=tuple(Touch(path, {Use.OPENED: 1}) for path in [*read, *ran, *more])))
    return scene


def _made(scene: Scene) -> set[str]:
    return {path.rpartition("/")[2] for path in scene.ask(PASSED_OVER)}


def test_what_a_lister_leaves_out_by_its_name_is_passed_over() -> None:
    assert _made(_scene()) == {"made_albert.py", "made_bert.py", "made_clip.py"}


def test_what_is_passed_over_is_not_needed_by_the_package_that_loads_its_modules_late() -> None:
    names = {path.rpartition("/")[2] for path in reached(_scene(), [ENTRANCES, IMPORTS])}
    assert {"model_albert.py", "model_bert.py", "model_clip.py"} <= names
    assert not {name for name in names if name.startswith("made_")}


def test_without_a_run_nothing_is_passed_over() -> None:
    scene = entered({"app.py": b""})
    assert scene.ask(PASSED_OVER) == frozenset()


@pytest.mark.parametrize("lister", [LISTER.replace(b"'made_'", b"start"), LISTER.replace(b"os.scandir", b"read")])
def test_a_name_that_no_lister_has_is_not(lister: bytes) -> None:
    assert _made(_scene(lister)) == set()


def test_one_that_was_read_or_run_somewhere_shows_that_others_may_be() -> None:
    made = f"{SITE}/big/bert/made_bert.py"
    assert _made(_scene(more=[made])) == set()
    assert _made(_scene(more=[_pyc(made)])) == set()


def test_modules_that_were_imported_are_no_list() -> None:
    imported = [_pyc(f"{SITE}/big/{kind}/model_{kind}.py") for kind in KINDS]
    assert _made(_scene(more=imported)) == set()


def test_two_directories_are_chance() -> None:
    assert _made(_scene(kinds=("albert", "bert"))) == set()
