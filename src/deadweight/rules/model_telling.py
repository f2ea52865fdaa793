"""Findings of tensors become findings of the files that hold them; this is no rule."""

from __future__ import annotations

from collections.abc import Sequence

from deadweight.core.finding import Evidence, Finding
from deadweight.core.scene import Scene
from deadweight.core.tensor import TensorFinding
from deadweight.rules.reporting import stored_share


def of_file(scene: Scene, rule: str, path: str, found: Sequence[TensorFinding]) -> Finding:
    """One finding of all that was found in a file, the most bytes first, without an edit: a person decides."""
    entry = scene.listing.by_path[path]
    ordered = sorted(found, key=lambda one: -one.size)
    evidence = tuple(Evidence(one.says, _outer(one.where, path)) for each in ordered for one in each.evidence)
    size = min(sum(one.size for one in ordered), entry.size)
    stored = stored_share(scene, path, size)
    says = "; ".join(one.says for one in ordered)
    return Finding(rule, str(scene.ownership.of(path)), says, (path,), size, stored, evidence, ordered[0].confidence)


def _outer(where: str, path: str) -> str:
    """The place within the file, behind its path: readers name files by their last component."""
    name = path.rpartition("/")[2]
    return path + where[len(name) :] if where.startswith(name) and not where.startswith(path) else where
