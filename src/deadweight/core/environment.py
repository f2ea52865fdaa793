"""The distributions that are installed together, as values: what each has, offers and requires."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from deadweight.core.gap import Gap


@dataclass(frozen=True, slots=True)
class Installed:
    """One installed distribution.

    `name` is normalised (PEP 503); `info` the folder of its metadata, relative to the environment. `size` are the
    bytes that it has on disk by its RECORD, None where it has none; `files` how many. `modules` are the dotted names
    of every module and package that it has, extension modules too. `requires` are its Requires-Dist lines, `extras`
    those that it provides. `commands` are the programs that it puts on the path. `is_requested` is whether the
    installer noted that it was asked for by name (PEP 376), `is_editable` whether its code lies elsewhere (PEP 660).
    `modules_known_by` is what `modules` was read from: RECORD, top_level.txt, Import-Name.
    """

    name: str
    version: str
    info: str
    size: int | None = None
    files: int = 0
    modules: frozenset[str] = frozenset()
    requires: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    entry_points: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    commands: frozenset[str] = frozenset()
    is_requested: bool = False
    is_editable: bool = False
    modules_known_by: str = "RECORD"
    summary: str = ""

    def has(self, module: str) -> bool:
        """Whether it has the module of the dotted name."""
        return module in self.modules


@dataclass(frozen=True)
class Environment:
    """What is installed together: `location` is the path as it was given, `markers` the values of PEP 508 markers."""

    location: str
    distributions: tuple[Installed, ...]
    markers: Mapping[str, str] = field(default_factory=dict)
    gaps: tuple[Gap, ...] = ()

    @cached_property
    def by_name(self) -> Mapping[str, Installed]:
        """The distributions by normalised name."""
        return {one.name: one for one in self.distributions}

    @cached_property
    def by_module(self) -> Mapping[str, tuple[str, ...]]:
        """The names of the distributions that have a module, by its dotted name; several share a namespace."""
        found: dict[str, list[str]] = {}
        for one in self.distributions:
            for module in one.modules:
                found.setdefault(module, []).append(one.name)
        return {module: tuple(names) for module, names in found.items()}

    @cached_property
    def by_command(self) -> Mapping[str, tuple[str, ...]]:
        """The names of the distributions that put a program on the path, by the program's name."""
        found: dict[str, list[str]] = {}
        for one in self.distributions:
            for command in one.commands:
                found.setdefault(command, []).append(one.name)
        return {command: tuple(names) for command, names in found.items()}

    def offering(self, group: str) -> Iterator[tuple[str, str, str]]:
        """Distribution, name and target of each entry point of the group."""
        for one in self.distributions:
            for name, target in one.entry_points.get(group, {}).items():
                yield one.name, name, target
