"""What libraries make use of where it is there goes as a whole, and stays where the application asks for it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from builders.scenes import distribution_files, scene_of
from builders.sites import SITE
from deadweight.core.level import Level
from deadweight.core.scene import Scene
from deadweight.core.trace import Entrance, Touch, Trace, Use
from deadweight.facts.entrances import ENTRANCES
from deadweight.facts.trace import TRACE
from deadweight.rules.optional_distributions import RULE
from deadweight.rules.unreached_distributions import RULE as UNREACHED
from deadweight.rules.unreached_modules import RULE as MODULES

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
