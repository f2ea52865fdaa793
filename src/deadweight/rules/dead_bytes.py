"""Files that a lower layer stores and a higher layer hides.

Why it weighs
-------------
A layer is never changed by the next: `RUN rm -rf` in a later instruction hides the files and leaves their bytes in
the image, a `chown -R` stores every file a second time. Each pull transfers all of it.

Evidence
--------
The entries of each layer that a higher one overwrites, removes or replaces, with the instruction that did so. A path
that N layers store counts N - 1 times. A hidden file whose body a visible hard link shares is left.

Edit
----
Merge: the layer is written again without its hidden entries. Safe: what the image shows stays the same. The layer
gets a new digest and is shared with no other image any more, so for less than 64 KiB nothing is done.

Source
------
OCI image-spec, layer.md (whiteouts, opaque whiteouts, "layers are never changed").
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deadweight.core.edit import Edit, Safety
from deadweight.core.finding import Confidence, Evidence, Finding
from deadweight.core.inventory import Cause, Shadow
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.facts.hard_links import HARD_LINKS

_WORTH_A_NEW_LAYER = 64 * 1024


def _find(scene: Scene) -> Iterator[Finding]:
    links = scene.ask(HARD_LINKS)
    groups: dict[tuple[int, Cause], dict[str, Shadow]] = {}
    for shadow in scene.artifact.inventory.shadowed:
        entry = shadow.entry
        if entry.size and entry.path not in links:
            groups.setdefault((entry.layer, shadow.cause), {}).setdefault(entry.path, shadow)
    for (layer, cause), hidden in sorted(groups.items()):
        yield _finding(scene, layer, cause, tuple(hidden[path] for path in sorted(hidden)))


def _finding(scene: Scene, layer: int, cause: Cause, hidden: Sequence[Shadow]) -> Finding:
    paths = tuple(shadow.entry.path for shadow in hidden)
    stored = sum(shadow.entry.stored for shadow in hidden)
    owner = f"layer {layer}"
    says = f"hidden in layer {layer}: {cause}"
    edits = (Edit("merge", paths, Safety.SAFE, RULE.name, says, owner, layer=layer),)
    return Finding(
        RULE.name,
        owner,
        says,
        paths,
        size=sum(shadow.entry.size for shadow in hidden),
        stored=stored,
        evidence=tuple(_evidence(scene, hidden)),
        confidence=Confidence.CERTAIN,
        edits=edits if stored >= _WORTH_A_NEW_LAYER else (),
    )


def _evidence(scene: Scene, hidden: Sequence[Shadow]) -> Iterator[Evidence]:
    instructions = {layer.index: layer.created_by for layer in scene.artifact.layers}
    for by in sorted({shadow.by for shadow in hidden}):
        size = sum(shadow.entry.size for shadow in hidden if shadow.by == by)
        instruction = " ".join(instructions.get(by, "").split()) or "an instruction that is not recorded"
        yield Evidence(f"{size} bytes of it are hidden by: {instruction}", f"layer {by}")
    if sum(shadow.entry.stored for shadow in hidden) < _WORTH_A_NEW_LAYER:
        yield Evidence("too few bytes to write the layer again, which unshares it", f"layer {hidden[0].entry.layer}")


RULE: Rule = Rule("dead-bytes", "bytes in lower layers that no one can see", Safety.SAFE, _find)
