"""What libraries make use of where it is there goes as a whole, and stays where the application asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from builders.scenes import distribution_files, scene_of
from builders.sites import SITE
from deadweight.core.changes import is_removed
from deadweight.core.level import Level
from deadweight.core.scene import Scene
from deadweight.core.trace import Entrance, Touch, Trace, Use
from deadweight.facts.entrances import ENTRANCES
from deadweight.facts.trace import TRACE
from deadweight.owners.models import SMALLEST_MODEL
from deadweight.proof.own_checks.ground import ground
from deadweight.proof.own_checks.imports import import_checks
from deadweight.rules.optional_distributions import RULE
from deadweight.rules.unreached_distributions import RULE as UNREACHED
from deadweight.rules.unreached_modules import RULE as MODULES
from deadweight.sandbox.stand import Stand

FRAMES = {
    "frames/__init__.py": b"from frames import drawing, tables\n",
    "frames/drawing.py": b"class Plots:\n    def plot(self):\n        import artist.canvas\n",
    "frames/tables.py": b"class Table:\n    def get(self):\n        import artist\n",
    "frames/sheets.py": b"def read_sheet(path):\n    import sheets\n",
}
ARTIST = {"artist/__init__.py": b"import pigments\n", "artist/canvas.py": b"", "artist/data/font.ttf": b"x"}
INSTALLED = {
    **distribution_files(SITE, "frames", files=FRAMES, requires=("artist>=3; extra == 'plot'",)),
    **distribution_files(SITE, "artist", files=ARTIST, requires=("pigments",)),
    **distribution_files(SITE, "pigments", files={"pigments/__init__.py": b""}),
}
OPENED = Touch(f"{SITE}/frames/__init__.py", {Use.OPENED: 1}, process="/usr/bin/python3")


def seen(app: bytes, *touches: Touch, more: Mapping[str, bytes] | None = None) -> Scene:
    """The application in a watched run that opened the library, and touched what else is said."""
    scene = scene_of({"srv/app.py": app, **INSTALLED, **(more or {})})
    scene.learn(ENTRANCES, (Entrance(("python", "app.py"), "--run", "/srv", "/", {}),))
    scene.learn(TRACE, Trace(scene.artifact.digest, "python app.py", (OPENED, *touches)))
    return scene


def found(scene: Scene) -> set[str]:
    return {one.owner.partition(" ")[0] for one in RULE.find(scene)}


PLAIN = b"import frames\nframes.load().describe()\n"


def test_finds_what_a_library_draws_with_and_all_that_only_it_needs() -> None:
    scene = seen(PLAIN)
    assert found(scene) == {"artist", "pigments"}
    assert {path for one in RULE.find(scene) for path in one.paths} >= {
        f"{SITE}/artist",
        f"{SITE}/artist-1.0.dist-info",
    }
    assert RULE.level is Level.TIGHT


@pytest.mark.parametrize(
    "app",
    [
        PLAIN + b"frames.load().plot()\n",
        PLAIN + b"from frames.drawing import Plots\n",
        PLAIN + b"import artist\n",
        PLAIN + b"BACKEND = 'artist'\n",
    ],
)
def test_it_stays_where_the_application_calls_what_draws_or_names_it(app: bytes) -> None:
    assert found(seen(app)) == set()


def test_leaves_it_where_a_watched_run_opened_a_module_of_it() -> None:
    assert found(seen(PLAIN, Touch(f"{SITE}/artist/canvas.py", {Use.OPENED: 1}))) == set()


TAKING = {**FRAMES, "frames/__init__.py": b"try:\n    import artist\nexcept ImportError:\n    artist = None\n"}
CANVAS = Touch(f"{SITE}/artist/canvas.py", {Use.OPENED: 1})


def taking(source: bytes, app: bytes = PLAIN) -> set[str]:
    """What is found where the library's front, which a run loaded, is this, and the run loaded the other too."""
    frames = {**FRAMES, "frames/__init__.py": source}
    more = distribution_files(SITE, "frames", files=frames, requires=("artist>=3; extra == 'plot'",))
    return found(seen(app, CANVAS, more=more))


def test_finds_what_a_run_loaded_only_because_it_is_there() -> None:
    assert taking(b"try:\n    import artist\nexcept ImportError:\n    artist = None\n") == {"artist", "pigments"}
    assert taking(b"if is_artist_available():\n    from artist import canvas\n") == {"artist", "pigments"}


@pytest.mark.parametrize(
    "source",
    [
        b"import artist\n",
        b"def begin():\n    import artist\n",
        b"import pigments\ntry:\n    import artist\nexcept ImportError:\n    artist = None\nimport artist.canvas\n",
    ],
)
def test_leaves_what_a_run_loaded_without_a_condition_or_in_a_function(source: bytes) -> None:
    assert taking(source) == set()


def test_leaves_what_the_application_itself_takes_where_it_is_there() -> None:
    front = b"try:\n    import artist\nexcept ImportError:\n    artist = None\n"
    assert taking(front, PLAIN + b"try:\n    import artist\nexcept ImportError:\n    pass\n") == set()


def test_what_a_script_of_the_build_names_is_no_need_of_the_service() -> None:
    script = {"srv/fetch_model.py": b"import artist\n"}
    assert found(seen(PLAIN, more=script)) == {"artist", "pigments"}
    assert found(seen(PLAIN + b"import fetch_model\n", more=script)) == set()


@pytest.mark.parametrize(
    ("body", "names"),
    [(b'{"type": "artist.Canvas"}', {"artist", "pigments"}), (b'{"_target_": "artist.Canvas"}', set())],
)
def test_what_a_models_own_settings_name_is_named_to_who_reads_the_model(body: bytes, names: set[str]) -> None:
    model = {
        "srv/model/config.json": b'{"model_type": "bert", "architectures": ["BertModel"]}',
        "srv/model/modules.json": body,
    }
    weights = {"srv/model/pytorch_model.gguf": b"GGUF" + bytes(SMALLEST_MODEL)}
    assert found(seen(PLAIN, more={**model, **weights})) == names


def test_what_a_requirement_file_asks_for_by_name_stays_once_a_run_loads_it() -> None:
    front = b"try:\n    import artist\nexcept ImportError:\n    artist = None\n"
    more = distribution_files(SITE, "frames", files={**FRAMES, "frames/__init__.py": front})
    asked = {"srv/requirements.txt": b"frames\nArtist >= 3\n", **more}
    assert found(seen(PLAIN, CANVAS, more=asked)) == set()
    assert found(seen(PLAIN, more=asked)) == {"artist", "pigments"}
    requested = {f"{SITE}/artist-1.0.dist-info/REQUESTED": b"", **more}
    assert found(seen(PLAIN, CANVAS, more=requested)) == set()


@pytest.mark.parametrize(
    ("app", "stays"),
    [
        (b"import other\nother.plot()\n", False),
        (b"from other.deep import plot\n", False),
        (b"plot = 1\nplot(2)\n", False),
        (b"import holder\nholder.plot()\n", True),
        (b"x.plot\n", True),
        (b"from frames import *\nplot(2)\n", True),
    ],
)
def test_a_name_is_asked_of_the_library_that_it_is_taken_from_and_of_those_that_this_needs(
    app: bytes, stays: bool
) -> None:
    more = {
        **distribution_files(SITE, "other", files={"other/__init__.py": b""}),
        **distribution_files(SITE, "holder", files={"holder/__init__.py": b""}, requires=("frames",)),
    }
    assert found(seen(PLAIN + app, more=more)) == (set() if stays else {"artist", "pigments"})


def test_an_import_sweep_asks_for_every_reached_module_that_needs_what_goes() -> None:
    """A module that is imported late, on a route that no probe visits, is none of those that a sweep leaves out."""
    late = {
        **FRAMES,
        "frames/__init__.py": b"def show():\n    from frames import drawing\n",
        "frames/drawing.py": b"import artist.canvas\nclass Plots: ...\n",
    }
    more = distribution_files(SITE, "frames", files=late)
    scene = seen(PLAIN, more=more)
    gone = frozenset(path for one in RULE.find(scene) for path in one.paths)
    every = {"srv/app.py": PLAIN, **INSTALLED, **more}
    kept = scene_of({path: body for path, body in every.items() if not is_removed(path, gone)})
    checks = import_checks(ground(scene, kept, Stand(Path("/nowhere")), held=True))
    assert any(path.endswith("artist-1.0.dist-info") for path in gone)
    assert "frames.drawing" in [name for probe in checks.probes if probe.binding for name in probe.modules]


def test_a_look_whether_it_is_there_is_no_use_of_it() -> None:
    looks = Touch(f"{SITE}/artist/__init__.py", {Use.STATED: 2})
    reads = Touch(f"{SITE}/artist-1.0.dist-info/METADATA", {Use.OPENED: 1})
    scene = seen(PLAIN, looks, reads)
    assert found(scene) == {"artist", "pigments"}
    assert not any("artist" in one.owner for one in MODULES.find(scene))


def test_it_stays_where_the_application_asks_for_the_extra_that_names_it() -> None:
    assert found(seen(PLAIN, more={"srv/requirements.txt": b"frames[plot]>=1\n"})) == set()


def test_it_stays_where_settings_name_a_module_of_it() -> None:
    assert found(seen(PLAIN, more={"srv/logging.yaml": b"class: artist.canvas.Handler\n"})) == set()


def test_what_is_required_is_never_optional() -> None:
    required = distribution_files(SITE, "frames", files=FRAMES, requires=("artist",))
    assert found(seen(PLAIN, more=required)) == set()


def test_without_a_watched_run_and_at_the_balanced_level_it_is_reached() -> None:
    scene = scene_of({"srv/app.py": PLAIN, **INSTALLED})
    scene.learn(ENTRANCES, (Entrance(("python", "app.py"), "--run", "/srv", "/", {}),))
    assert found(scene) == set()
    assert not any("artist" in one.owner for one in UNREACHED.find(seen(PLAIN)))


def test_a_call_that_any_object_answers_asks_for_nothing() -> None:
    """`get` is defined by a table that draws, and by every dictionary."""
    assert found(seen(PLAIN + b"{}.get('x')\n")) == {"artist", "pigments"}
