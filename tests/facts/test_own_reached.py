"""The application's own sources that runs lead to: a script of the build is none of them."""

from __future__ import annotations

import pytest

from builders.scenes import distribution_files, scene_of
from builders.sites import SITE
from deadweight.core.trace import Entrance, Touch, Trace, Use
from deadweight.facts.entrances import ENTRANCES
from deadweight.facts.own_reached import OWN_REACHED
from deadweight.facts.trace import TRACE

FILES = {
    "srv/late.py": b"import deeper\n",
    "srv/deeper.py": b"",
    "srv/fetch_model.py": b"import sentences\n",
    "srv/jobs/__init__.py": b"",
    "srv/jobs/daily.py": b"",
    "srv/jobs/weekly.py": b"",
    "etc/tool.py": b"",
    **distribution_files(SITE, "library", files={"library/__init__.py": b""}),
}


def reached(app: bytes, *opened: str, command: str = "python app.py") -> set[str]:
    scene = scene_of({"srv/app.py": app, **FILES})
    scene.learn(ENTRANCES, (Entrance(tuple(command.split()), "--run", "/srv", "/", {}),))
    touches = tuple(Touch(f"srv/{name}", {Use.OPENED: 1}) for name in opened)
    scene.learn(TRACE, Trace(scene.artifact.digest, command, touches))
    return {path.removeprefix("srv/") for path in scene.ask(OWN_REACHED)}


@pytest.mark.parametrize(
    ("app", "more"),
    [
        (b"import library\n", set()),
        (b"def f():\n    import late\n", {"late.py", "deeper.py"}),
        (b"run(['python', 'deeper.py'])\n", {"deeper.py"}),
        (b"from jobs import daily\n", {"jobs/__init__.py", "jobs/daily.py", "jobs/weekly.py"}),
    ],
)
def test_a_source_leads_to_those_that_it_names(app: bytes, more: set[str]) -> None:
    assert reached(app) == {"app.py", *more}


def test_what_a_run_opened_is_reached_whoever_asked_for_it() -> None:
    assert reached(b"", "deeper.py") == {"app.py", "deeper.py"}


def test_all_are_where_one_imports_by_any_name_or_none_is_known_to_run() -> None:
    every = {"app.py", *(path.removeprefix("srv/") for path in FILES if path.startswith("srv/"))}
    assert reached(b"importlib.import_module(name)\n") == every
    assert reached(b"", command="serve") == every
