"""How the artifact's bytes add up, and who has them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from deadweight.core.entry import Kind
from deadweight.core.owner import Owner
from deadweight.core.report import Composition, Share
from deadweight.core.scene import Fact, Scene


@dataclass(slots=True)
class _Count:
    files: int = 0
    size: int = 0
    stored: int = 0
    hidden: int = 0


def _composition(scene: Scene) -> Composition:
    inventory = scene.artifact.inventory
    return Composition(
        location=scene.artifact.location,
        format=scene.artifact.format,
        digest=scene.artifact.digest,
        total=inventory.total,
        visible=inventory.visible_bytes,
        shadowed=inventory.shadowed_bytes,
        overhead=inventory.overhead_bytes,
        unpacked=inventory.unpacked_bytes,
        entries=len(inventory.visible),
        owners=_shares(_counts(scene)),
        dead=_dead(scene),
        overheads=dict(inventory.overhead),
        layers=scene.artifact.layers,
        contested=len(scene.ownership.contests),
    )


def _counts(scene: Scene) -> Mapping[Owner, _Count]:
    counts: dict[Owner, _Count] = defaultdict(_Count)
    owner_of = scene.ownership.of
    for entry in scene.artifact.inventory.visible:
        count = counts[owner_of(entry.path)]
        count.files += entry.kind is not Kind.DIRECTORY
        count.size += entry.size
        count.stored += entry.stored
    for shadow in scene.artifact.inventory.shadowed:
        counts[owner_of(shadow.entry.path)].hidden += shadow.entry.stored
    return counts


def _shares(counts: Mapping[Owner, _Count]) -> tuple[Share, ...]:
    shares = [
        Share(str(owner), owner.kind, count.files, count.size, count.stored, count.hidden)
        for owner, count in counts.items()
        if count.files or count.hidden
    ]
    return tuple(sorted(shares, key=lambda share: (-share.size, share.owner)))


def _dead(scene: Scene) -> Mapping[str, int]:
    dead: dict[str, int] = defaultdict(int)
    for shadow in scene.artifact.inventory.shadowed:
        dead[str(shadow.cause)] += shadow.entry.stored
    return dict(dead)


COMPOSITION: Fact[Composition] = Fact("composition", _composition)
