"""A directory, virtual environment or project of this host becomes an image made from scratch."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from deadweight.core.errors import UsageError
from deadweight.core.scene import Scene
from deadweight.formats.composed.artifact import Placed, composed
from deadweight.formats.images.writer import TREES
from deadweight.owners.attribution import attribute, catalogers, metadata_globs
from deadweight.pipeline.exercise import Exercise
from deadweight.pipeline.opening import Sight
from deadweight.pipeline.scratch.gathering import Gathering
from deadweight.pipeline.scratch.starting import image_started, started_by
from deadweight.pipeline.scratch.system_files import take_system_files
from deadweight.pipeline.scratch.taking import put_real_place, take_libraries, take_programs, take_seen


def compose(scene: Scene, exercise: Exercise, sight: Sight) -> Scene:
    """The tree of a scene at its own absolute place, with all that it needs of this host around it: an image.

    That is the Python that its environments name (PEP 405) with its standard library, programs that --run or links
    name, the libraries that any of these ask this host's loader for, certificates, time zones, accounts, what a trace
    saw used outside of the tree, and a shell where the command needs one. Nothing is cut yet. What is asked for and
    not there is a gap. Raises UsageError for what is no tree, or where nothing says what the image starts.
    """
    tree = scene.artifact
    if tree.format not in TREES:
        raise UsageError(
            f"a {tree.format} is no directory of this host",
            where=tree.location,
            advice="An image from scratch is made of a directory, a virtual environment or a project.",
        )
    root = str(Path(tree.location).absolute())
    if Gathering("/").is_unreal(root):
        raise UsageError(
            "containers lay empty directories over /tmp, /var/tmp and /run",
            where=root,
            advice="Build the tree where it is to lie in the image: in /app or /srv, say.",
        )
    started = started_by(exercise, root)
    gathering = Gathering(root)
    take_programs(gathering, scene.listing, started)
    take_seen(gathering, exercise.trace)
    take_system_files(gathering)
    put_real_place(gathering)
    take_libraries(gathering, tree, root)
    sources = catalogers()
    opening = replace(sight.opening, keep=metadata_globs(sources))
    whole = composed(Placed(tree, root.lstrip("/")), gathering.pieces.values(), image_started(started, root), opening)
    made = Scene(whole, attribute(whole.listing, sources), dict(scene.options), scene.progress)
    for gap in gathering.gaps:
        made.note(gap)
    return made
