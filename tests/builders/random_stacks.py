"""Random stacks of layers that hide each other, as hypothesis makes and shrinks them."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import strategies as st

from builders.stacks import Layer, Member, flattened, layer_tar

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
