"""The scene that comes of changes, to be judged like one that was opened."""

from __future__ import annotations

from dataclasses import replace

from deadweight.core.changes import Changes
from deadweight.core.scene import Scene
from deadweight.facts.entrances import ENTRANCES
from deadweight.facts.trace import TRACE
from deadweight.formats.composed.changed import changed
from deadweight.owners.attribution import attribute, catalogers, metadata_globs


def changed_scene(scene: Scene, changes: Changes, done: str) -> Scene:
    """What comes of the changes, with what runs told of the original; the option `done`, which asked, asks no more."""
    sources = catalogers()
    artifact = changed(scene.artifact, changes, metadata_globs(sources))
    options = {name: value for name, value in scene.options.items() if name != done}
    made = replace(
        scene, artifact=artifact, ownership=attribute(artifact.listing, sources), options=options, _answers={}
    )
    made.learn(ENTRANCES, scene.ask(ENTRANCES))
    made.learn(TRACE, scene.ask(TRACE))
    return made
