"""Which packages the operating system's package manager installed, and what each needs of the others."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from deadweight.core.closure import Closure
from deadweight.core.entry import Kind
from deadweight.core.gap import Gap
from deadweight.core.listing import Listing
from deadweight.core.scene import Fact, Scene
from deadweight.native.elf import MAGIC
from deadweight.owners import apk, dpkg, rpm
from deadweight.owners.control import paragraphs, relations
from deadweight.owners.dist_info import text_of
from deadweight.owners.rpm_header import PROVIDES, REQUIRES, Header
from deadweight.owners.system_packages import Package
from deadweight.owners.whereabouts import visible

_BOUND_BY_POLICY = re.compile(r"@(?:[\w.-]+\.)?(?:debian\.org|ubuntu\.com)>")
"""Who makes a package by Debian's policy; what others leave out of it says nothing (NCCL names no InfiniBand)."""


@dataclass(frozen=True, slots=True)
class SystemPackage:
    """One installed package.

    `files` are its visible files and links, sorted, without directories; `records` those that the package manager
    keeps about it alone. `depends` are the names of installed packages that it needs: every installed alternative,
    and who provides a virtual one. `node` is the path by which the closure has it: its list for dpkg, its smallest
    file for a manager that keeps one database for all; empty where it has none. `essential` is whether a system must
    have it (Essential: yes), `priority` as dpkg states it.
    """

    manager: str
    name: str
    version: str
    files: tuple[str, ...]
    records: tuple[str, ...] = ()
    depends: tuple[str, ...] = ()
    node: str = ""
    essential: bool = False
    priority: str = ""
    wishes: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class _Stated:
    """What a database says of one package: each need as alternatives, and the names that it provides."""

    package: Package
    needs: tuple[tuple[str, ...], ...] = ()
    provides: tuple[str, ...] = ()
    essential: bool = False
    priority: str = ""
    wishes: tuple[tuple[str, ...], ...] | None = None


def _system_packages(scene: Scene) -> tuple[SystemPackage, ...]:
    listing = scene.listing
    found: list[SystemPackage] = []
    for manager, read in (("dpkg", _of_dpkg), ("apk", _of_apk), ("rpm", _of_rpm)):
        stated = tuple(read(listing))
        providers = _providers(stated)
        kept = dpkg.records(listing) if stated and manager == "dpkg" else {}
        for one in stated:
            records = dpkg.records_of(kept, one.package.source)
            found.append(_package(listing, (manager, records), one, providers))
    return tuple(sorted(found, key=lambda one: (one.manager, one.name, one.node)))


def _package(
    listing: Listing, known: tuple[str, tuple[str, ...]], stated: _Stated, providers: Mapping[str, set[str]]
) -> SystemPackage:
    manager, records = known
    package = stated.package
    files = tuple(sorted({path for path in visible(listing, package.paths) if not _is_directory(listing, path)}))
    names = _named(stated.needs, providers)
    return SystemPackage(
        manager,
        package.name,
        package.version,
        files,
        records,
        tuple(sorted(names - {package.name})),
        _node(listing, files, records),
        stated.essential,
        stated.priority,
        None if stated.wishes is None else _named(stated.wishes, providers),
    )


def _named(needs: Iterable[tuple[str, ...]], providers: Mapping[str, set[str]]) -> frozenset[str]:
    """The installed packages that any alternative of the needs names."""
    return frozenset(name for need in needs for one in need for name in providers.get(one, ()))


def _is_directory(listing: Listing, path: str) -> bool:
    kind = listing.by_path[path].kind
    return kind is Kind.DIRECTORY or (kind is Kind.SYMLINK and listing.resolve(path) in listing.directories)


def _node(listing: Listing, files: Iterable[str], records: tuple[str, ...]) -> str:
    """The package's list, else its smallest file: not a library or program, for those say more by being reached."""
    named = next((path for path in records if path.endswith((".list", ".md5sums"))), "")
    sizes = [
        (entry.head[:4] == MAGIC, entry.size, entry.path)
        for entry in map(listing.by_path.__getitem__, files)
        if entry.kind is Kind.FILE
    ]
    return named or min(sizes, default=(False, 0, ""))[2]


def _providers(stated: Iterable[_Stated]) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = {}
    for one in stated:
        for name in (one.package.name, *one.provides, *_paths(one)):
            found.setdefault(name, set()).add(one.package.name)
    return found


def _paths(one: _Stated) -> Iterator[str]:
    """The files of a package of rpm, which others may need by their path (`/bin/sh`)."""
    if one.package.source.endswith((".sqlite", ".db")):
        for path in one.package.paths:
            yield f"/{path}"
            if path.startswith(("usr/bin/", "usr/sbin/")):
                yield f"/{path.removeprefix('usr/')}"


def _of_dpkg(listing: Listing) -> Iterator[_Stated]:
    texts = [text_of(listing.small.get(dpkg.STATUS, b""))]
    texts += [text_of(body) for path, body in sorted(listing.small.items()) if dpkg.is_paragraph(path)]
    fields = {one["package"]: one for text in texts for one in paragraphs(text) if "package" in one}
    for package in dpkg.packages(listing):
        said = fields.get(package.name, {})
        needs = (*relations(said.get("pre-depends", "")), *relations(said.get("depends", "")))
        provides = tuple(name for names in relations(said.get("provides", "")) for name in names)
        wishes = (*relations(said.get("recommends", "")), *relations(said.get("suggests", "")))
        bound = _BOUND_BY_POLICY.search(said.get("maintainer", "")) is not None
        listed = replace(package, paths=tuple(package.paths))
        yield _Stated(
            listed, needs, provides, said.get("essential") == "yes", said.get("priority", ""), wishes if bound else None
        )


def _of_apk(listing: Listing) -> Iterator[_Stated]:
    for place in apk.DATABASES:
        path = f"{place}/installed"
        text = text_of(listing.small.get(path, b""))
        packages = {one.name: one for one in apk.packages_in(text, path)}
        for paragraph in text.split("\n\n"):
            lines = {line[:2]: line[2:] for line in paragraph.split("\n") if line[1:2] == ":"}
            package = packages.get(lines.get("P:", ""))
            if package is not None:
                needs = tuple((_bare(word),) for word in lines.get("D:", "").split() if not word.startswith("!"))
                yield _Stated(package, needs, tuple(_bare(word) for word in lines.get("p:", "").split()))


def _bare(word: str) -> str:
    """The name in a word such as `so:libz.so.1=1.3.1` or `musl>=1.2`."""
    for sign in "=<>~":
        word = word.partition(sign)[0]
    return word.partition("@")[0]


def _of_rpm(listing: Listing) -> Iterator[_Stated]:
    gaps: list[Gap] = []  # the owners noted them already
    yield from rpm.installed(listing, gaps, _of_header)


def _of_header(header: Header, source: str) -> _Stated:
    needs = tuple((name,) for name in header.texts(REQUIRES) if not name.startswith("rpmlib("))
    return _Stated(rpm.package_of(header, source), needs, header.texts(PROVIDES))


SYSTEM_PACKAGES: Fact[tuple[SystemPackage, ...]] = Fact("system packages", _system_packages)
"""The packages of the operating system, by manager and name."""


def _packages_by_path(scene: Scene) -> Mapping[str, SystemPackage]:
    return {path: one for one in scene.ask(SYSTEM_PACKAGES) for path in (*one.files, one.node)}


PACKAGES_BY_PATH: Fact[Mapping[str, SystemPackage]] = Fact("packages by path", _packages_by_path)
"""Each file of a package, and its node, with the package."""


def _wanted_packages(scene: Scene) -> Mapping[str, frozenset[str]]:
    by_name = {one.name: one for one in scene.ask(SYSTEM_PACKAGES)}
    return {
        name: frozenset(_at_any_remove(by_name, name)) | one.wishes
        for name, one in by_name.items()
        if one.wishes is not None
    }


def _at_any_remove(by_name: Mapping[str, SystemPackage], name: str) -> set[str]:
    found: set[str] = set()
    waiting = [name]
    while waiting:
        one = waiting.pop()
        if one not in found and one in by_name:
            found.add(one)
            waiting.extend(by_name[one].depends)
    return found


WANTED_PACKAGES: Fact[Mapping[str, frozenset[str]]] = Fact("wanted packages", _wanted_packages)
"""By name of a package whose wishes are known: itself, what it depends on at any remove, what it recommends
or suggests. What it loads by name of another is there by chance, and it does without (Debian Policy 7.2)."""


def reached_packages(packages: Iterable[SystemPackage], closure: Closure) -> frozenset[str]:
    """The names of packages of which the closure has the node or any file."""
    in_closure: Callable[[str], bool] = closure.__contains__
    return frozenset(one.name for one in packages if one.node in closure or any(map(in_closure, one.files)))


def kept_packages(packages: Iterable[SystemPackage], closure: Closure) -> frozenset[str]:
    """The names of those that stay: essential, required or reached, and all that these depend on, at any remove."""
    by_name = {one.name: one for one in packages}
    found: set[str] = set()
    waiting = [one.name for one in by_name.values() if one.essential or one.priority == "required"]
    waiting.extend(reached_packages(by_name.values(), closure))
    for name in waiting:
        if name not in found:
            found |= _at_any_remove(by_name, name)
    return frozenset(found)
