"""Which modules the application's own code imports."""

from __future__ import annotations

import re
from collections.abc import Mapping

from deadweight.core.scene import Fact, Scene
from deadweight.facts.sources import SOURCES, application

_DEVELOPMENT = re.compile(r"(?:^|/)(?:setup\.py|noxfile\.py|tasks\.py|docs?/(?:.*/)?conf\.py)$")


def _application_imports(scene: Scene) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for source in application(scene.ask(SOURCES).values()):
        if not _DEVELOPMENT.search(source.path):
            for name in source.imports | source.nested:
                found.setdefault(name.partition(".")[0], source.path)
    return found


APPLICATION_IMPORTS: Fact[Mapping[str, str]] = Fact("application imports", _application_imports)
"""Top-level module names with one source that imports each; code that only builds or documents is left out."""
