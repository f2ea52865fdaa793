"""A path becomes a scene: recognised, opened, attributed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from deadweight.core.artifact import Artifact
from deadweight.core.errors import Refused
from deadweight.core.gap import Gap
from deadweight.core.scene import Scene
from deadweight.core.seams import Opening
from deadweight.formats.recognition import recognise
from deadweight.owners.attribution import attribute, catalogers, metadata_globs


@dataclass(frozen=True, slots=True)
class Sight:
    """How to look at artifacts: how to open them, and the options that rules look at."""

    opening: Opening = field(default_factory=Opening)
    options: Mapping[str, str] = field(default_factory=dict)


def open_scene(path: Path, sight: Sight) -> Scene:
    """Open whatever lies at the path and give every byte of it an owner. Raises Refused for what can't be opened."""
    sources = catalogers()
    opening = replace(sight.opening, keep=metadata_globs(sources))
    artifact = _opened(path, opening)
    scene = Scene(artifact, attribute(artifact.listing, sources), dict(sight.options), opening.progress)
    if opening.platform and artifact.image is None:
        scene.note(
            Gap("open", artifact.location, f"it is no image: the platform {opening.platform} says nothing of it")
        )
    return scene


def _opened(path: Path, opening: Opening) -> Artifact:
    try:
        return recognise(path).open(path, opening)
    except Refused as fault:
        raise fault if fault.where else type(fault)(fault.what, where=str(path), advice=fault.advice) from fault
