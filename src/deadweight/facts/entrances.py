"""The ways into the artifact: what is run of it."""

from __future__ import annotations

from deadweight.core.scene import Fact, Scene
from deadweight.core.trace import Entrance


def _entrances(scene: Scene) -> tuple[Entrance, ...]:
    """The image's own command, where nobody said more."""
    image = scene.artifact.image
    words = (*image.entrypoint, *image.command) if image else ()
    if image is None or not words:
        return ()
    pairs = (line.partition("=") for line in image.environment)
    environment = {name: value for name, _, value in pairs if name}
    return (Entrance(words, "the image's command", image.working_directory or "/", "/", environment),)


ENTRANCES: Fact[tuple[Entrance, ...]] = Fact("entrances", _entrances)
"""The commands that are run; the pipeline tells those that a person gave, else the image's own. Empty: not known."""
