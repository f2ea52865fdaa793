import os
import tempfile
from pathlib import Path
from typing import TypeVar

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders.random_stacks import stacks
from builders.stacks import Layer, documents, flattened, layout_of, stored_paths, unpacked_layers
from deadweight.core.artifact import Artifact
from deadweight.core.changes import Changes, is_removed
from deadweight.core.seams import Opening, Packing
from deadweight.formats.images.writer import pack_oci_layout
from deadweight.formats.oci_layout import FORMAT

T = TypeVar("T")
EXAMPLES = int(os.environ.get("DEADWEIGHT_EXAMPLES", "60"))
IN_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None


def _some_of(things: list[T]) -> st.SearchStrategy[set[T]]:
    return st.sets(st.sampled_from(things)) if things else st.builds(set)


def opened(root: Path) -> Artifact:
    return FORMAT.open(root, Opening())


@given(stack=stacks(), choice=st.data())
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_seen_afterwards_is_what_was_seen_less_what_was_removed(
    stack: list[Layer], choice: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory(dir=IN_MEMORY) as folder:
        artifact = opened(layout_of(Path(folder) / "before", stack))
        seen = sorted(entry.path for entry in artifact.inventory.visible)
        removed = frozenset(choice.draw(_some_of(seen)))
        hidden = sorted({(one.entry.layer, one.entry.path) for one in artifact.inventory.shadowed})
        dropped = frozenset(choice.draw(_some_of(hidden)))
        pack_oci_layout(artifact, Changes(removed=removed, dropped=dropped), Path(folder) / "after", Packing())
        before, after = (flattened(unpacked_layers(Path(folder) / name)) for name in ("before", "after"))
        wanted = {path: thing for path, thing in stored_paths(before).items() if not is_removed(path, removed)}
        assert stored_paths(after) == wanted
        assert not [path for path in after if is_removed(path, removed)]
        _check_counts(Path(folder) / "after")


def _check_counts(root: Path) -> None:
    """The rules of docker load: as many diff IDs as layers, as many instructions that made one."""
    _, manifest, config = documents(root)
    made = [one for one in config["history"] if not one.get("empty_layer")]
    assert len(manifest["layers"]) == len(config["rootfs"]["diff_ids"]) == len(made)
    opened(root)
