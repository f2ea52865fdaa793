"""The names that stand in extension modules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from deadweight.core.entry import Entry, Kind
from deadweight.core.gap import Gap
from deadweight.core.scene import Fact, Scene
from deadweight.facts.distributions import HOLDERS
from deadweight.facts.module_path import MODULE_PATH
from deadweight.facts.tools import TOOL_FILES
from deadweight.native.elf import MAGIC
from deadweight.native.embedded_names import EmbeddedNames, embedded_names

MAX_EXTENSION = 192 << 20


def _extension_names(scene: Scene) -> Mapping[str, EmbeddedNames]:
    wanted = list(_wanted(scene))
    return {entry.path: embedded_names(body.read()) for entry, body in scene.artifact.contents.stream(wanted)}


def _wanted(scene: Scene) -> Iterator[Entry]:
    holders, tools = scene.ask(HOLDERS), scene.ask(TOOL_FILES)
    places = scene.ask(MODULE_PATH)
    for entry in scene.listing.entries:
        path = entry.path
        if entry.kind is not Kind.FILE or entry.head[:4] != MAGIC or path in tools or ".so" not in entry.name:
            continue
        if path not in holders and not places.is_installed(path):
            continue
        if not is_extension(path):
            continue
        if entry.size > MAX_EXTENSION:
            scene.note(Gap("extension names", path, f"an extension module of {entry.size} bytes is not read"))
            continue
        yield entry


def is_extension(path: str) -> bool:
    """Whether the file is a module written in C, or a library that holds the code of one: libtorch_python."""
    name = path.rpartition("/")[2]
    return name.endswith(".so") and (not name.startswith("lib") or ".cpython-" in name or "python" in name)


EXTENSION_NAMES: Fact[Mapping[str, EmbeddedNames]] = Fact("extension names", _extension_names)
"""By path: the names in every extension module outside of development tools, read in one pass."""
