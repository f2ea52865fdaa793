"""Finds tools of development in what runs in production, with all that only they need.

Why it weighs
-------------
One requirements file for everything brings the notebook server, the documentation generator and the linters into
the service, each with its own tree of needs. In an environment of 172 distributions seven such requirements held
362 MB of 1,642 MB; 33 MB of that only goes when several of them go together.

Evidence
--------
A table of distributions by category (test framework, linter, formatter, type checker, notebook, documentation
generator, build tool, package installer, commit hook, debugger, profiler), and the graph of requirements with
markers and extras evaluated for the artifact's own Python. A tool stays where the application imports it, where
the command or a start script names one of its programs, or where anything kept requires it. A library that only tools
require stays where the installer noted it as asked for, where kept code imports it in any way (guarded imports too),
where an extra of something kept brings it, and where it is a plug-in of something kept.

Edit
----
Removes the tool, its scripts and its data, with what nothing else needs; one edit a tool, so that a proof that fails
points at one. What several tools share is an edit of its own. Proven: a program can start another in ways that
no file tells.

Source
------
Measured: dependencies, 6.5 (dominators, verified by deleting edges). PEP 508 (markers), PEP 376 (REQUESTED). The
table is ours, from what the projects say that they are for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from deadweight.core.edit import Safety
from deadweight.core.finding import Confidence, Evidence, Finding
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.facts.distributions import DISTRIBUTIONS, Distribution
from deadweight.facts.known_tools import category
from deadweight.facts.only_tools import Bundle, bundles
from deadweight.rules.distribution_files import whole
from deadweight.rules.reporting import Group, Waste, finding

_NAME = "development-tools"
_SYSTEM_SITE = "usr/lib/python3/dist-packages"


def _find(scene: Scene) -> Iterator[Finding]:
    by_info = {one.info: one for one in scene.ask(DISTRIBUTIONS)}
    tools = [info for info, one in by_info.items() if category(one.name) and one.site != _SYSTEM_SITE]
    if not tools:
        return
    for bundle in bundles(scene, tools):
        yield _report(scene, bundle, by_info)


def _report(scene: Scene, bundle: Bundle, by_info: Mapping[str, Distribution]) -> Finding:
    roots = [by_info[info] for info in bundle.roots]
    members = [by_info[info] for info in bundle.members]
    is_shared = len(roots) > 1
    says = _shared(roots) if is_shared else f"a {category(roots[0].name)}, and what only it needs"
    evidence = [
        *(
            Evidence(f"{one.name} is a {category(one.name)}, and nothing that is kept needs it", one.info)
            for one in roots
        ),
        *(Evidence(f"{one.name} is needed by nothing else", one.info) for one in members if one not in roots),
    ]
    group = Group("development tools" if is_shared else roots[0].owner, whole(scene, _files(scene, members)))
    return finding(scene, _NAME, group, Waste(says, tuple(evidence), Confidence.LIKELY, Safety.PROVEN))


def _shared(roots: Iterable[Distribution]) -> str:
    return f"shared by development tools: {', '.join(one.name for one in roots)}"


def _files(scene: Scene, members: Iterable[Distribution]) -> Iterator[str]:
    """The members' files but for those that another distribution has too."""
    infos = {one.info for one in members}
    others = {path for one in scene.ask(DISTRIBUTIONS) if one.info not in infos for path in one.files}
    return (path for one in members for path in one.files if path not in others)


RULE: Rule = Rule(_NAME, "development tools in production, with what only they need", Safety.PROVEN, _find)
