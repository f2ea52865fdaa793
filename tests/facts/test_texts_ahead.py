"""Sources that a process of its own reads ahead say what they say anyway."""

from __future__ import annotations

import os

import pytest

from builders.reaching import SITE, entered
from builders.scenes import distribution_files
from deadweight.core.scene import Scene
from deadweight.facts import texts_ahead
from deadweight.facts.python_text import read
from deadweight.facts.python_texts import PYTHON_TEXTS
from deadweight.facts.texts_ahead import begin_texts
from deadweight.needs.closure import CLOSURE

LIBRARY = {
    "library/__init__.py": b"from .front import go\n",
    "library/front.py": b"def go(): from . import late\n",
    "library/late.py": b"import other\n",
    "library/listed.py": b"x = 1\n",
    "library/tests/test_front.py": b"import library\n",
}
FILES = {
    "app.py": b"import library\nlibrary.go()\n",
    **distribution_files(SITE, "library", files=LIBRARY),
    **distribution_files(SITE, "other", files={"other.py": b"import os.path as p\n"}),
    **distribution_files(SITE, "apart", files={"apart.py": b"import json\n"}),
}
TOLD = {"app.py", f"{SITE}/other.py", *(f"{SITE}/{name}" for name in LIBRARY if "tests" not in name)}


def begun(monkeypatch: pytest.MonkeyPatch) -> Scene:
    monkeypatch.setattr(texts_ahead, "_WORTH_A_PROCESS", 1)
    scene = entered(FILES)
    begin_texts(scene)
    told = scene.ask(PYTHON_TEXTS).ahead
    assert told is not None
    os.waitpid(told.copy.pid, 0)
    return scene


def test_all_of_the_distributions_that_imports_lead_to_is_read_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    told = begun(monkeypatch).ask(PYTHON_TEXTS).ahead
    assert told is not None
    assert {path for path in FILES if told.of(path)} == TOLD


def test_what_is_read_ahead_is_what_the_sources_say(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = begun(monkeypatch)
    monkeypatch.setattr("deadweight.facts.python_texts.read", lambda _: pytest.fail("it was read ahead"))
    texts = scene.ask(PYTHON_TEXTS)
    assert {path: texts.of(path) for path in TOLD} == {path: read(FILES[path]) for path in TOLD}


def test_what_is_reached_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = entered(FILES).ask(CLOSURE)
    assert f"{SITE}/library/late.py" in alone
    assert begun(monkeypatch).ask(CLOSURE) == alone


def test_for_few_sources_no_process_is_begun() -> None:
    scene = entered(FILES)
    begin_texts(scene)
    assert scene.ask(PYTHON_TEXTS).ahead is None
