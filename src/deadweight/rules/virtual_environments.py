"""Virtual environments that lie inside a project or beside the one that runs.

Why it weighs
-------------
`python -m venv .venv` puts a whole set of installed distributions into the project, and `COPY . /app` ships it beside
the one that the image installs for itself.

Evidence
--------
A pyvenv.cfg. The environment of the artifact itself, and one that the image's command, PATH or VIRTUAL_ENV or a
symbolic link points into, is what runs and is left. Its interpreter, looked up in the artifact's own root, tells
whether it could run at all.

Edit
----
Remove. Made with a proof where the environment cannot run in the artifact (its interpreter is not there, or it was
made on Windows) or the image names another one; only suggested otherwise, because a script may call it by its path.

Source
------
PEP 405 (pyvenv.cfg), venv in the standard library: "environments are not movable and should not be copied".
"""

from __future__ import annotations

from collections.abc import Iterator

from deadweight.core.edit import Safety
from deadweight.core.finding import Confidence, Evidence, Finding
from deadweight.core.paths import parents
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.facts.endings import named
from deadweight.facts.places import is_fixture, is_root_file_system
from deadweight.facts.pointed_at import pointer_into
from deadweight.rules.reporting import Group, Waste, finding, is_packaged, outermost, owner_name

_TOOLS = frozenset((".tox", ".nox", ".cache"))


def _find(scene: Scene) -> Iterator[Finding]:
    environments = [entry.directory for entry in named(scene, "pyvenv.cfg") if not is_packaged(scene, entry.path)]
    used = {path for path in environments if not path or pointer_into(scene, path) is not None}
    for path in outermost(path for path in environments if path not in used and not _is_left(path)):
        waste = _waste(scene, path, bool(used - {""}))
        yield finding(scene, RULE.name, Group(owner_name(scene, path), (path,)), waste)


def _is_left(path: str) -> bool:
    above = {each.rpartition("/")[2] for each in parents(path)}
    return is_fixture(path) or not _TOOLS.isdisjoint(above)


def _waste(scene: Scene, path: str, another_runs: bool) -> Waste:
    told = Evidence("a virtual environment that nothing in the artifact points at", f"{path}/pyvenv.cfg")
    reason = _cannot_run(scene, path)
    if reason:
        return Waste("virtual environment that cannot run", (told, reason), Confidence.CERTAIN, Safety.PROVEN)
    if another_runs:
        other = Evidence("the image or a link names another virtual environment", f"{path}/pyvenv.cfg")
        return Waste("second virtual environment", (told, other), Confidence.LIKELY, Safety.PROVEN)
    return Waste("virtual environment in the project", (told,), Confidence.POSSIBLE, Safety.SUGGESTED)


def _cannot_run(scene: Scene, path: str) -> Evidence | None:
    if not is_root_file_system(scene):
        return None
    if f"{path}/Scripts/python.exe" in scene.listing:
        return Evidence("it was made on Windows", f"{path}/Scripts/python.exe")
    python = f"{path}/bin/python"
    reached = scene.listing.resolve(python)
    if reached is None or reached not in scene.listing:
        return Evidence("its interpreter is not in the artifact", python)
    return None


RULE: Rule = Rule("virtual-environments", "virtual environments beside the one that runs", Safety.SUGGESTED, _find)
