"""Finds lists for production that ask for tools of development.

Why it weighs
-------------
What a list asks for is in every image that is built from it. Notebooks, test frameworks, linters and generators of
documentation came to 362 of 1,642 MB in a service whose list held them among its own.

Evidence
--------
Requirements files, pyproject.toml, setup.cfg, Pipfile and environment.yml that lie in the artifact as a project's own,
what their names and groups say that they are for, and a table of tools by what they are for. Tools that programs use
when they run (setuptools, pip) are passed over, and so are those that a file of another role asks for.

Edit
----
None: the files are the project's. `deadweight deps split` makes lists for production, tests and development of one;
`deadweight deps check` says what uses each.

Source
------
Measured: dependencies, 6.3 and 6.5. PEP 735 for groups.
"""

from __future__ import annotations

from collections.abc import Iterator

from deadweight.core.edit import Safety
from deadweight.core.finding import Confidence, Evidence, Finding
from deadweight.core.requirement import Declared
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.dependencies.tools_in_core import core_tools
from deadweight.facts.known_tools import category
from deadweight.facts.stated_projects import STATED_PROJECTS
from deadweight.rules.reporting import owner_name

_NAME = "development-requirements"


def _find(scene: Scene) -> Iterator[Finding]:
    for project in scene.ask(STATED_PROJECTS):
        by_file: dict[str, list[Declared]] = {}
        for one in core_tools(project.declarations):
            by_file.setdefault(project.path(one.place.path), []).append(one)
        for path, stated in by_file.items():
            if path in scene.listing.by_path:
                yield _finding(scene, path, stated)


def _finding(scene: Scene, path: str, stated: list[Declared]) -> Finding:
    names = ", ".join(dict.fromkeys(one.name for one in stated))
    says = f"a list for production asks for tools of development: {names}"
    evidence = tuple(Evidence(f"{one.spelled}: {category(one.name)}", f"{path}:{one.place.line}") for one in stated)
    return Finding(_NAME, owner_name(scene, path), says, (path,), 0, 0, evidence, Confidence.LIKELY)


RULE: Rule = Rule(_NAME, "tools of development in lists for production", Safety.SUGGESTED, _find)
