"""Scenes of Python environments: their metadata is kept whatever catalogers there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from builders.scenes import artifact_of, scene_from
from deadweight.core.artifact import Image
from deadweight.core.finding import Finding
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule

SITE = "lib/python3.12/site-packages"


def site_scene(*parts: Mapping[str, bytes], image: Image | None = None) -> Scene:
    """A scene of all files of the parts together."""
    files: dict[str, bytes] = {}
    for part in parts:
        files.update(part)
    artifact = artifact_of(files, image=image)
    kept = {path: body for path, body in files.items() if ".dist-info" in path or ".egg-info" in path}
    return scene_from(replace(artifact, small={**artifact.small, **kept}))


def image_running(*command: str, environment: Iterable[str] = ()) -> Image:
    """What an image says that runs the command in /app."""
    return Image("amd64", "linux", {}, {}, entrypoint=command, environment=tuple(environment), working_directory="/app")


def found_paths(rule: Rule, scene: Scene) -> set[str]:
    """Every path that the rule names, over all its findings."""
    return {path for finding in rule.find(scene) for path in finding.paths}


def only(rule: Rule, scene: Scene) -> Finding:
    """The one finding of the rule."""
    (finding,) = rule.find(scene)
    return finding
