"""Distributions that the application names by itself: in its sources, its settings, its commands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from deadweight.core.entry import Kind
from deadweight.core.owner import OwnerKind
from deadweight.core.scene import Scene
from deadweight.facts.bodies import BODIES
from deadweight.facts.commands import COMMANDS
from deadweight.facts.distributions import Distribution
from deadweight.facts.own_reached import LARGEST, OWN_REACHED, is_own

_CONFIGURED = (".yaml", ".yml", ".toml", ".ini", ".cfg", ".conf", ".json", ".xml")
_WORDS = re.compile(rb"[A-Za-z_]\w*")
_DOTTED = re.compile(rb"([A-Za-z_]\w*)\.\w")


def named_distributions(scene: Scene, infos: Mapping[str, Distribution]) -> Iterator[str]:
    """Whose modules or programs the application's sources, settings or commands name."""
    words = {word for command in scene.ask(COMMANDS) for text in command.words for word in re.findall(r"\w+", text)}
    words |= {name.rpartition("/")[2] for command in scene.ask(COMMANDS) for name in command.programs}
    words |= {word.decode() for word in _own_words(scene)}
    for info, one in infos.items():
        scripts = {name for group in ("console_scripts", "gui_scripts") for name in one.entry_points.get(group, {})}
        if not words.isdisjoint({name.partition(".")[0] for name in one.modules}) or not words.isdisjoint(scripts):
            yield info


def _own_words(scene: Scene) -> Iterator[bytes]:
    """Every word of the reached Python of the application, and of its settings those that a dot follows: modules."""
    reached, bodies = scene.ask(OWN_REACHED), scene.ask(BODIES)
    for entry in scene.listing.entries:
        setting = entry.path.endswith(_CONFIGURED) and entry.kind is Kind.FILE and entry.size <= LARGEST
        if entry.path in reached or (setting and is_own(scene, entry.path)):
            body = bodies.read(entry.path) or b""
            if not _is_of_model(scene, entry.path, body):
                yield from (_WORDS if entry.path.endswith(".py") else _DOTTED).findall(body)


def _is_of_model(scene: Scene, path: str, body: bytes) -> bool:
    """Whether they are a model's own settings: what they name is named to the library that reads the model.

    That library is run or named by the application, but for Hydra's: they say by themselves what is to be made.
    """
    return scene.ownership.of(path).kind is OwnerKind.MODEL and not path.endswith(".py") and b"_target_" not in body
