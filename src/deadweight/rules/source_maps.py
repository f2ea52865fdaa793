"""Source maps of scripts and style sheets.

Why it weighs
-------------
A bundler writes beside each script a map from the shrunken text to the original, often three times as large as the
script, with the original sources inside. Only a browser's developer tools ask for it.

Evidence
--------
A file NAME.js.map (.mjs, .cjs, .css, .d.ts) or NAME.map that starts like JSON, with NAME.js beside it. Maps without
what they map, and maps of anything else (maps of games, of linkers, of character sets), are left.

Edit
----
Remove. Safe: a browser that finds no map shows the shrunken script. Made only with a proof where something reads maps
when it runs: Django's manifest storage refuses a script whose map is missing, Node rewrites stack traces with them
through source-map-support or when it is started with --enable-source-maps.

Source
------
ECMA-426 (source maps), Django ticket 33353 (ManifestStaticFilesStorage and source maps), Node --enable-source-maps.
"""

from __future__ import annotations

from collections.abc import Iterator

from deadweight.core.edit import Safety
from deadweight.core.entry import Entry, Kind
from deadweight.core.finding import Confidence, Evidence, Finding
from deadweight.core.owner import OwnerKind
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.facts.endings import ENDINGS
from deadweight.facts.programs import PROGRAMS
from deadweight.rules.reporting import HERE, Waste, findings

_MAPPED = (".js", ".mjs", ".cjs", ".css", ".ts")
_NODE_OPTION = "enable-source-maps"
_READERS = {
    (OwnerKind.DISTRIBUTION, "django"): "Django's manifest storage refuses scripts whose map is missing",
    (OwnerKind.NPM, "source-map-support"): "source-map-support reads maps to rewrite stack traces",
}


def _find(scene: Scene) -> Iterator[Finding]:
    maps = [entry.path for entry in scene.ask(ENDINGS).get(".map", ()) if _is_map(scene, entry)]
    if maps:
        told = Evidence("what it maps stands beside it, and only developer tools ask for it", HERE)
        reader = _reader(scene)
        safety = Safety.PROVEN if reader else Safety.SAFE
        waste = Waste("source map", (told, *reader), Confidence.CERTAIN, safety)
        yield from findings(scene, RULE.name, maps, waste)


def _is_map(scene: Scene, entry: Entry) -> bool:
    stem = entry.path[: -len(".map")]
    mapped = stem in scene.listing if stem.endswith(_MAPPED) else any(stem + end in scene.listing for end in _MAPPED)
    return mapped and entry.kind is Kind.FILE and entry.head.lstrip().startswith((b"{", b")]}"))


def _reader(scene: Scene) -> tuple[Evidence, ...]:
    image = scene.artifact.image
    told = (*image.environment, *image.entrypoint, *image.command) if image else ()
    if _NODE_OPTION in scene.ask(PROGRAMS) or any(_NODE_OPTION in one for one in told):
        return (Evidence("Node is told to read maps, to rewrite stack traces", "the command that starts it"),)
    found = ((_READERS.get((owner.kind, owner.name)), source) for owner, source in scene.ownership.sources.items())
    return tuple(Evidence(says, source) for says, source in found if says)[:1]


RULE: Rule = Rule("source-maps", "source maps that only developer tools read", Safety.PROVEN, _find)
