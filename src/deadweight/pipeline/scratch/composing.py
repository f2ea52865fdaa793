"""A directory, virtual environment or project of this host becomes an image made from scratch."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from deadweight.core.artifact import Artifact
from deadweight.core.entry import Entry, Kind
from deadweight.core.errors import ProofFailed, UsageError
from deadweight.core.listing import Listing
from deadweight.core.proof import NO_PROOF, Proof, Verdict
from deadweight.core.scene import Scene
from deadweight.formats.composed.artifact import Placed, composed
from deadweight.formats.composed.pieces import Piece
from deadweight.formats.images.writer import TREES
from deadweight.owners.attribution import attribute, catalogers, metadata_globs
from deadweight.pipeline.exercise import Exercise, proving
from deadweight.pipeline.opening import Sight
from deadweight.pipeline.proving import Proving, baseline, compare, stand_for
from deadweight.pipeline.scratch.base_python import base_of_program, bases_of_environments, outward_links, take_base
from deadweight.pipeline.scratch.gathering import Gathering
from deadweight.pipeline.scratch.host_libraries import BY_NAME, CACHE, HostLoader, Libraries
from deadweight.pipeline.scratch.starting import Started, image_started, programs_of, started_by
from deadweight.pipeline.scratch.system_files import take_system_files

_MAGIC = b"\x7fELF"


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
    _take_programs(gathering, scene.listing, started)
    _take_seen(gathering, exercise)
    take_system_files(gathering)
    _put_real_place(gathering)
    _take_libraries(gathering, tree, root)
    sources = catalogers()
    opening = replace(sight.opening, keep=metadata_globs(sources))
    whole = composed(Placed(tree, root.lstrip("/")), gathering.pieces.values(), image_started(started, root), opening)
    made = Scene(whole, attribute(whole.listing, sources), dict(scene.options), scene.progress)
    for gap in gathering.gaps:
        made.note(gap)
    return made


def from_scratch(scene: Scene, exercise: Exercise | None, sight: Sight) -> Scene:
    """The image from scratch that a person asked for; raises UsageError where nothing says what it starts."""
    if exercise is None or not exercise.run:
        raise UsageError(
            "nothing says what the image is to start",
            where=scene.artifact.location,
            advice="Give --run 'COMMAND' and --probe: an image from scratch is compared with the tree.",
        )
    return compose_alike(scene, exercise, sight, lambda artifact: proving(exercise, artifact, scene.progress))


def compose_alike(original: Scene, exercise: Exercise, sight: Sight, wish: Callable[[Artifact], Proving]) -> Scene:
    """Compose, and see that nothing was lost by it: what is cut later is compared with the image.

    Raises ProofFailed where the image, with nothing cut, does not do what the tree does.
    """
    made = compose(original, exercise, sight)
    asked = wish(made.artifact)
    with TemporaryDirectory(prefix="deadweight-compose-") as room:
        proof = alike(original, made, asked, Path(room)) if asked.probes else NO_PROOF
    if proof.verdict is Verdict.DIFFERENT:
        told = next(one for one in proof.comparisons if one.verdict is Verdict.DIFFERENT)
        raise ProofFailed(
            f"an image from scratch does not do what the tree does: {told.probe}: {told.difference}",
            advice="Something of this host is missing in it. Give a trace of a run that uses it: deadweight trace.",
        )
    return made


def alike(original: Scene, made: Scene, wish: Proving, room: Path) -> Proof:
    """Whether the image, with nothing cut, does what the tree does on this host, by the probes that were given."""
    stand = stand_for(original.artifact, room)
    known = baseline(stand, wish, wish.probes)
    return compare(known, stand_for(made.artifact, room, Path(stand.place)), wish)


def _take_programs(gathering: Gathering, listing: Listing, started: Started) -> None:
    """The interpreters below environments and links of the tree, the program, and what its script starts with."""
    bases = dict.fromkeys(bases_of_environments(listing))
    links = [(path, gathering.take(path)) for path in outward_links(listing, gathering.root)]
    dangling = [path for path, real in links if not real]
    if dangling:
        gathering.note(dangling[0], f"{len(dangling)} links of the tree lead out of it to nothing, this is the first")
    for path in dict.fromkeys(programs_of(started)):
        if not (real := gathering.take(path)):
            gathering.note(path, "the program that the image is to start is not there")
        elif not bases:
            bases.update(dict.fromkeys((*base_of_program(path), *base_of_program(real))))
    for base in list(bases):
        take_base(gathering, base)


def _put_real_place(gathering: Gathering) -> None:
    """Where links lead to the tree, files in it may name the place where it really lies."""
    real = os.path.realpath(gathering.root)
    if real != gathering.root:
        gathering.put(Piece(Entry(real.lstrip("/"), Kind.SYMLINK, mode=0o777, target=gathering.root)))


def _take_seen(gathering: Gathering, exercise: Exercise) -> None:
    """What runs used outside of the tree: programs it starts, libraries it loads by name, files it reads."""
    for path in exercise.trace.outside if exercise.trace else ():
        gathering.take(path)


def _take_libraries(gathering: Gathering, tree: Artifact, root: str) -> None:
    """Until nothing more is asked for: what is taken asks in turn."""
    own = [entry for entry in tree.inventory.visible if entry.kind is Kind.FILE]
    provided = frozenset(entry.name for entry in tree.inventory.visible if ".so" in entry.name)
    libraries = Libraries(gathering, HostLoader(), provided)
    around = [str(piece.host) for piece in list(gathering.pieces.values()) if piece.host]
    files = [*(f"{root}/{entry.path}" for entry in own if entry.head.startswith(_MAGIC)), *around]
    libraries.take(files)
    for name in BY_NAME:
        libraries.by_name(name, files)
    gathering.take(CACHE)
