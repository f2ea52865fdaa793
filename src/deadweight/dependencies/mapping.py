"""Which distribution a use is of: by what is recorded, else by what is known, else by its name; always saying which."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from packaging.utils import canonicalize_name

from deadweight.core.environment import Environment
from deadweight.core.project import Project
from deadweight.core.usage import Usage
from deadweight.facts.known_modules import family, is_namespace, known_modules
from deadweight.facts.own_modules import regular_modules

RECORDED = "recorded"
TABLE = "table"
GUESSED = "guessed"
STATED = "stated"
_STANDARD_ELSEWHERE = (
    "_typeshed annotationlib compression asynchat asyncore imp distutils smtpd cgi cgitb telnetlib nntplib crypt pipes"
    " audioop aifc sunau uu xdrlib msilib nis ossaudiodev spwd sndhdr imghdr chunk mailcap tomllib zoneinfo graphlib"
    " __main__ __builtin__ __future__"
)
"""Modules of the standard library of some Python that is not this one."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """The distributions that a use can be of, several where they have the same module, and how that is known."""

    names: tuple[str, ...]
    basis: str


@dataclass(frozen=True)
class Names:
    """Finds the distributions of the uses of one project."""

    project: Project

    def of(self, usage: Usage) -> Mapped | None:
        """The distributions; None for the project's own, the standard library's, and what nobody is known to have."""
        if usage.distribution:
            return Mapped((canonicalize_name(usage.distribution),), STATED)
        if usage.command:
            return self._command(usage.command)
        if self._is_own(usage):
            return None
        return self._module(usage.module)

    def _command(self, command: str) -> Mapped | None:
        names = self._environment.by_command.get(command, ())
        if names:
            return Mapped(self._preferred(names), RECORDED)
        name = canonicalize_name(command)
        return Mapped((name,), GUESSED) if name in self.project.declared else None

    def _module(self, module: str) -> Mapped | None:
        top = module.partition(".")[0]
        recorded = self._recorded(module)
        if top in sys.stdlib_module_names or top in _STANDARD_ELSEWHERE.split():
            return recorded if recorded and self._declares(recorded) else None
        return recorded or self._known(module)

    def _recorded(self, module: str) -> Mapped | None:
        """By what is installed: those that have the deepest part of the name, unless that is a shared namespace."""
        for name in _upwards(module):
            owners = self._environment.by_module.get(name, ())
            if owners and (is_namespace(name) or (len(owners) > 1 and "." not in name and name != module)):
                return self._shared(name, owners)
            if owners:
                installed = self._environment.by_name[owners[0]]
                basis = RECORDED if installed.modules_known_by == "RECORD" else installed.modules_known_by
                return Mapped(self._preferred(owners), basis)
        return None

    def _shared(self, name: str, owners: tuple[str, ...]) -> Mapped | None:
        """Whose the package itself is, of several that have parts of it: nobody's where it is a namespace."""
        if is_namespace(name):
            return None
        at_home = tuple(one for one in owners if canonicalize_name(name) == one)
        return Mapped(at_home or self._preferred(owners), RECORDED)

    def _known(self, module: str) -> Mapped | None:
        """By the table, then by families of names, then by the name itself."""
        for name in _upwards(module):
            if name in self._table and not (is_namespace(name) and name != module):
                return Mapped(self._variants(self._table[name]), TABLE)
        if found := family(module):
            return Mapped((self._longest_family(module, found),), TABLE)
        if is_namespace(module):
            return None
        top = module.partition(".")[0]
        return Mapped((self._spelled(top),), GUESSED)

    def _variants(self, name: str) -> tuple[str, ...]:
        """The declared ones that have the same modules as the distribution, such as opencv-python-headless."""
        same = [one for one in self.project.declared if one != name and _is_variant(one, name)]
        return (name,) if name in self.project.declared or not same else tuple(same)

    def _longest_family(self, module: str, found: str) -> str:
        """The declared or locked distribution of the family that has the most of the module's name."""
        names = [canonicalize_name(part.replace(".", "-").replace("_", "-")) for part in _upwards(module)]
        return next((name for name in names if name in self._spoken_of), found)

    def _spelled(self, top: str) -> str:
        """The distribution of the top-level name: one that the project or a lock speaks of, if any does."""
        name = canonicalize_name(top)
        ways = (name, f"python-{name}", f"{name}-python", f"py{name}", f"python3-{name}", name.replace("-", ""))
        return next((way for way in ways if way in self._spoken_of), name)

    def _is_own(self, usage: Usage) -> bool:
        """Whether the module is the project's: a folder without `__init__.py` only where nothing else has the name."""
        top = usage.module.partition(".")[0]
        if not top or top in self._regular:
            return not self._is_part_of_another(usage.module)
        if self._could_be_declared(top) and top != canonicalize_name(self.project.declarations.name).replace("-", "_"):
            return False
        if top in self.project.own or self._lies_beside(usage, top):
            return not self._is_part_of_another(usage.module)
        return top in self._anywhere and not self._environment.by_module.get(top)

    def _is_part_of_another(self, module: str) -> bool:
        """Whether a part of the name is a declared distribution's, and no file of the project has it: poetry.core."""
        part = ".".join(module.split(".")[:2])
        owners = {*self._environment.by_module.get(part, ()), self._table.get(part, "")} - {
            self.project.declarations.name
        }
        declared = any(owner in self.project.declared for owner in owners)
        return "." in part and declared and part not in self._parts

    def _lies_beside(self, usage: Usage, top: str) -> bool:
        """Whether a script's import finds it in the script's own folder, which is no package."""
        folder, slash, _ = usage.place.path.rpartition("/")
        here = folder + slash
        if f"{here}__init__.py" in self._files:
            return False
        return f"{here}{top}.py" in self._files or f"{here}{top}" in self._folders

    def _declares(self, mapped: Mapped) -> bool:
        return any(name in self.project.declared for name in mapped.names)

    def _could_be_declared(self, top: str) -> bool:
        """Whether a declared distribution has a module of the name, by its record or else by the name."""
        owners = self._environment.by_module.get(top, ())
        name = self._table.get(top) or self._spelled(top)
        return name in self.project.declared or any(owner in self.project.declared for owner in owners)

    def _preferred(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """The declared ones where there are any: what several have is then taken from those."""
        return tuple(name for name in names if name in self.project.declared) or names

    @cached_property
    def _environment(self) -> Environment:
        return self.project.environment or Environment("", ())

    @cached_property
    def _table(self) -> Mapping[str, str]:
        return known_modules()

    @cached_property
    def _spoken_of(self) -> frozenset[str]:
        locked = {pin.name for lock in self.project.locks for pin in lock.pins}
        return frozenset(self.project.declared) | locked | frozenset(self._environment.by_name)

    @cached_property
    def _regular(self) -> frozenset[str]:
        return regular_modules(self.project.files)

    @cached_property
    def _parts(self) -> frozenset[str]:
        """The last two names of the path of each module and package of the project, with a dot between them."""
        paths = [path.rpartition(".")[0] for path in self.project.python]
        return frozenset(".".join(path.split("/")[-2:]) for path in (*paths, *self._folders))

    @cached_property
    def _files(self) -> frozenset[str]:
        return frozenset(self.project.files)

    @cached_property
    def _folders(self) -> frozenset[str]:
        return frozenset(path.rpartition("/")[0] for path in self.project.files if path.endswith(".py"))

    @cached_property
    def _anywhere(self) -> frozenset[str]:
        modules = {path.rpartition("/")[2].partition(".")[0] for path in self.project.python}
        return frozenset(modules | {folder.rpartition("/")[2] for folder in self._folders})


def _upwards(module: str) -> Iterator[str]:
    while module:
        yield module
        module = module.rpartition(".")[0]


def _is_variant(one: str, name: str) -> bool:
    """Whether a distribution is another build of one: headless, binary, cpu, nightly."""
    stem = name.removesuffix("-binary").removesuffix("-cpu").removesuffix("-cuda12x").removesuffix("-cu12")
    ends = ("headless", "contrib", "binary", "cpu", "gpu", "nightly", "c", "slim", "skinny", "cuda11x", "cuda12x", "")
    return any(one in (f"{stem}-{end}".rstrip("-"), f"{stem}-contrib-{end}") for end in ends)
