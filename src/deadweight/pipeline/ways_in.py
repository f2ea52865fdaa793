"""What is run of an artifact becomes the ways in that its closure starts from."""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path

from deadweight.core.artifact import Artifact
from deadweight.core.probe import ProbeKind
from deadweight.core.scene import Scene
from deadweight.core.trace import Entrance
from deadweight.facts.entrances import ENTRANCES
from deadweight.facts.trace import TRACE
from deadweight.pipeline.exercise import Exercise
from deadweight.pipeline.tracing.given import with_traces
from deadweight.proof.probes import parse_probes
from deadweight.sandbox.command_line import SHELL_SYNTAX


def acquaint(scene: Scene, exercise: Exercise | None) -> None:
    """Tell the scene what is run of it and what runs touched, before any rule asks.

    Raises UsageError for a trace of another artifact.
    """
    if exercise is None:
        return
    if found := tuple(entrances(exercise, scene.artifact)):
        scene.learn(ENTRANCES, found)
    trace = with_traces(exercise, scene).trace
    if trace is not None:
        scene.learn(TRACE, trace.bound_to(scene.artifact.digest))


def entrances(exercise: Exercise, artifact: Artifact) -> Iterator[Entrance]:
    """The command, further ways in, and the probes that are commands; checks are none, so that they stay unseen."""
    root = "/" if artifact.image else str(Path(artifact.location).absolute())
    said = artifact.image.working_directory if artifact.image else ""
    directory = posixpath.normpath(posixpath.join(root, exercise.directory or said or root))
    environment = {**_of_image(artifact), **exercise.environment}

    def entrance(words: tuple[str, ...], says: str) -> Entrance:
        return Entrance(words, says, directory, root, environment)

    image = artifact.image
    if exercise.run:
        yield entrance(_words(exercise.run), "--run")
    elif image and (image.entrypoint or image.command):
        yield entrance((*image.entrypoint, *image.command), "the image's command")
    yield from (entrance(_words(line), "--entry") for line in exercise.entries)
    for probe in parse_probes(exercise.probes, exercise.base) if exercise.probes else ():
        if probe.kind is ProbeKind.COMMAND:
            yield entrance(_words(probe.command), f"the probe {probe.name!r}")
        elif probe.kind is ProbeKind.IMPORTS:
            yield from (entrance(("python", "-m", name), f"the probe {probe.name!r}") for name in probe.modules)


def _words(line: str) -> tuple[str, ...]:
    """The words of a line; one with shell syntax, or with quotes that don't end, is the shell's."""
    if SHELL_SYNTAX.search(line):
        return ("/bin/sh", "-c", line)
    try:
        return tuple(shlex.split(line))
    except ValueError:
        return ("/bin/sh", "-c", line)


def _of_image(artifact: Artifact) -> Mapping[str, str]:
    lines = artifact.image.environment if artifact.image else ()
    return {name: value for name, _, value in (line.partition("=") for line in lines) if name}
