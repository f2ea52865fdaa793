import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders.stacks import Layer, Member, documents, flattened, layer_tar, layout_of, stored_paths, unpacked_layers
from deadweight.core.artifact import Artifact
from deadweight.core.changes import Changes, is_removed
from deadweight.core.seams import Opening, Packing
from deadweight.formats.images.writer import pack_oci_layout
from deadweight.formats.oci_layout import FORMAT

T = TypeVar("T")
EXAMPLES = int(os.environ.get("DEADWEIGHT_EXAMPLES", "60"))
IN_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
NAMES = ["a", "b", "a/x", "a/y", "a/x/deep", "b/x", "b/x/z"]
LEAVES = ["a/y", "a/x/deep", "b/x/z"]


@st.composite
def layers(draw: st.DrawFn) -> Layer:
    """One layer: folders, files and links at few paths, so that layers hide each other; whiteouts among them."""
    drawn: dict[tuple[str, str], Member] = {}
    files: list[str] = []
    for path in draw(st.lists(st.sampled_from(NAMES), max_size=6)):
        kind = draw(st.sampled_from(["file", "folder", "link", "hard", "whiteout", "opaque"]))
        # Nothing is stored below a link: tools disagree about what that means.
        usual = (kind == "hard" and not files) or (kind == "link" and path not in LEAVES)
        kind = "file" if usual else kind
        if (path, kind) not in drawn and not _clashes(path, kind, drawn):
            drawn[path, kind] = draw(_members(path, kind, tuple(files)))
            files += [path] if kind == "file" else []
    return tuple(drawn.values())


@st.composite
def _members(draw: st.DrawFn, path: str, kind: str, files: tuple[str, ...]) -> Member:
    directory, _, name = path.rpartition("/")
    if kind == "whiteout":
        return f"{directory}/.wh.{name}".lstrip("/"), b""
    if kind == "opaque":
        return f"{path}/.wh..wh..opq", b""
    if kind == "hard":
        return path, "=" + draw(st.sampled_from(files))
    body: bytes | str | None = {"folder": None, "link": "elsewhere"}.get(kind, b"")
    return path, (draw(st.binary(max_size=3)) if body == b"" else body)


def _clashes(path: str, kind: str, members: Iterable[tuple[str, str]]) -> bool:
    """Whether one layer would hold a path twice, or something under what is no folder: layers do not."""
    marks = ("whiteout", "opaque")
    for other, is_a in members:
        above, below = path.startswith(other + "/"), other.startswith(path + "/")
        if (above and is_a not in ("folder", *marks)) or (below and kind not in ("folder", *marks)):
            return True
        both = {kind, is_a}
        if path == other and (not both & {*marks} or ("opaque" in both and not both <= {"folder", *marks})):
            return True
    return False


@st.composite
def stacks(draw: st.DrawFn) -> list[Layer]:
    """Some layers; now and then one ends in a hard link to a file that a lower one holds."""
    stack: list[Layer] = []
    for number in range(draw(st.integers(1, 4))):
        layer = draw(layers())
        below = flattened(map(layer_tar, stack))
        now = flattened(map(layer_tar, [*stack, layer]))
        still = sorted(path for path, thing in below.items() if thing[0] == "file" and now.get(path) == thing)
        wanted = draw(st.booleans())
        if still and wanted:
            layer = (*layer, (f"link{number}", "=" + draw(st.sampled_from(still))))
        stack.append(layer)
    return stack


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
