"""A trace from a record that strace made elsewhere: of a service in production, a container, another machine."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from deadweight.core.errors import NotTraced, UsageError
from deadweight.core.scene import Scene
from deadweight.core.trace import Trace
from deadweight.pipeline.tracing.file import read_trace
from deadweight.pipeline.tracing.places import Places
from deadweight.pipeline.tracing.touching import touched
from deadweight.sandbox.strace_line import line_of
from deadweight.sandbox.strace_words import MADE_ELSEWHERE
from deadweight.sandbox.tracing import Sightings, read_foreign_record

_ADVICE = f"Make one with: {MADE_ELSEWHERE} -p PID"


def read_any(path: Path, scene: Scene, root: str = "") -> Trace:
    """The trace of a file: one that deadweight wrote for this artifact, or a record of strace, told by its content.

    `root` is where the program saw the artifact; left out it is `/` for an image, else where the artifact lies.
    Raises UsageError for any other file and for a trace of another artifact, NotTraced for a record with losses.
    """
    if not _is_record(path):
        return read_trace(path).bound_to(scene.artifact.digest)
    if root and not root.startswith("/"):
        raise UsageError(f"{root!r} is no absolute path", where="--root", advice="Say where the program saw TARGET.")
    seen = Sightings()
    try:
        began = read_foreign_record(path, seen)
    except NotTraced as fault:
        raise NotTraced(fault.what, where=str(path), advice=_ADVICE) from fault
    made = touched(scene, seen, _places(scene, root))
    if not made.touches:
        raise UsageError(
            "nothing that it names lies in the artifact",
            where=str(path),
            advice=f"It names {_some(made)}; say where it lay: deadweight trace --from-trace FILE --root DIR",
        )
    return replace(made, command=began)


def _is_record(path: Path) -> bool:
    try:
        with path.open(encoding="utf-8", errors="surrogateescape") as lines:
            return line_of(lines.readline(1 << 16).rstrip("\n")) is not None
    except OSError as fault:
        raise UsageError(f"can't be read: {fault.strerror}", where=str(path)) from fault


def _places(scene: Scene, root: str) -> Places:
    """Links of this host count only where the program saw the artifact as it lies here."""
    artifact = scene.artifact
    here = "/" if artifact.image else str(Path(artifact.location).absolute())
    top = root.rstrip("/") or "/" if root else here
    if top != here or artifact.image:
        return Places(scene.listing, (top,), on_host=False)
    return Places(scene.listing, tuple(dict.fromkeys((here, str(Path(here).resolve())))))


def _some(trace: Trace) -> str:
    return ", ".join(trace.outside[:3]) or "nothing at all"
