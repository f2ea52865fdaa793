"""Plug-ins are found, never listed: a folder is scanned, a module exports exactly one value of its seam's type."""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module, metadata
from types import ModuleType
from typing import Generic, TypeVar

P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class Plugin(Generic[P]):
    """One plug-in: its value, the docstring of its module, and the module's name."""

    value: P
    doc: str
    module: str


def found(package: str, constant: str, kind: type[P]) -> tuple[Plugin[P], ...]:
    """Every plug-in of the package's folder, then those of the entry-point group of its name, by module name.

    A module without the constant is support for others and passed over; a constant of another type raises
    TypeError.
    """
    modules = [*_folder(package), *_third_party(package)]
    return tuple(_plugin(module, constant, kind) for module in modules if hasattr(module, constant))


def named(plugins: tuple[Plugin[P], ...], attribute: str = "name") -> Mapping[str, P]:
    """The values by their name; two of one name raise ValueError."""
    by_name: dict[str, P] = {}
    for plugin in plugins:
        name = getattr(plugin.value, attribute)
        if name in by_name:
            raise ValueError(f"two plug-ins are called {name!r}; the second is {plugin.module}")
        by_name[name] = plugin.value
    return by_name


def _folder(package: str) -> Iterator[ModuleType]:
    folder = import_module(package)
    for info in sorted(pkgutil.iter_modules(folder.__path__), key=lambda info: info.name):
        if not info.name.startswith("_"):
            yield import_module(f"{package}.{info.name}")


def _third_party(package: str) -> Iterator[ModuleType]:
    for point in sorted(metadata.entry_points(group=package), key=lambda point: point.name):
        yield import_module(point.value)


def _plugin(module: ModuleType, constant: str, kind: type[P]) -> Plugin[P]:
    value = getattr(module, constant)
    if not isinstance(value, kind):
        raise TypeError(f"{module.__name__}.{constant} is no {kind.__name__}")
    return Plugin(value, inspect.getdoc(module) or "", module.__name__)
