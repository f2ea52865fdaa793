"""The history of a version control system, shipped with what it made.

Why it weighs
-------------
`COPY . /app` takes the repository along: every version of every file ever committed, often many times the size of the
program, and with it what was once committed by mistake.

Evidence
--------
A directory of the system's own name that holds what the system puts there (`.git` with HEAD and objects, `.hg` with
its requires file, ...). Inside an installed package it is a fixture and left; so are bare repositories, which a
program may serve, and .gitignore, .gitattributes and .gitmodules.

Edit
----
Remove the directory. Safe where nothing in the artifact reads repositories; with a library that does (GitPython,
pygit2, dulwich, setuptools-scm) or a versioneer file, which asks git for the version at run time, it is made only
with a proof.

Source
------
gitrepository-layout(5), hg help internals.requirements, versioneer: get_versions falls back to the directory's name
without git.
"""

from __future__ import annotations

from collections.abc import Iterator

from deadweight.core.edit import Safety
from deadweight.core.finding import Confidence, Evidence, Finding
from deadweight.core.owner import OwnerKind
from deadweight.core.paths import is_under
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.facts.endings import named
from deadweight.rules.reporting import Group, Waste, finding, is_packaged, outermost, owner_name

_HOLDS = {
    ".git": ("HEAD", "objects"),
    ".hg": ("requires",),
    ".svn": ("wc.db",),
    ".bzr": ("branch-format",),
    ".jj": ("repo",),
    "_darcs": ("format",),
    "CVS": ("Entries", "Root"),
}
_READERS = frozenset({"gitpython", "pygit2", "dulwich", "setuptools-scm", "versioneer", "mercurial", "hgtools"})


def _find(scene: Scene) -> Iterator[Finding]:
    repositories = outermost(tuple(_repositories(scene)))
    for path in repositories:
        yield finding(scene, RULE.name, Group(owner_name(scene, path), (path,)), _waste(scene, path))


def _repositories(scene: Scene) -> Iterator[str]:
    directories = scene.listing.directories_named
    for name, holds in _HOLDS.items():
        for path in directories.get(name, ()):
            if all(_is_there(scene, f"{path}/{one}") for one in holds) and not is_packaged(scene, f"{path}/{holds[0]}"):
                yield path


def _is_there(scene: Scene, path: str) -> bool:
    return path in scene.listing or next(scene.listing.under(path), None) is not None


def _waste(scene: Scene, path: str) -> Waste:
    told = Evidence("it holds what the version control system keeps there", path)
    reader = _reader(scene, path.rpartition("/")[0])
    if reader is None:
        return Waste("history of a version control system", (told,), Confidence.CERTAIN, Safety.SAFE)
    return Waste("history of a version control system", (told, reader), Confidence.LIKELY, Safety.PROVEN)


def _reader(scene: Scene, project: str) -> Evidence | None:
    for owner, source in scene.ownership.sources.items():
        if owner.kind is OwnerKind.DISTRIBUTION and owner.name in _READERS:
            return Evidence(f"{owner} is installed and can read repositories at run time", source)
    for entry in named(scene, "versioneer.py", "_version.py"):
        if is_under(entry.path, project) and not is_packaged(scene, entry.path):
            return Evidence("a file like versioneer's, which may ask git for the version at run time", entry.path)
    return None


RULE: Rule = Rule("version-control", "histories of version control systems", Safety.PROVEN, _find)
