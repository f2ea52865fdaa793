"""What each Python source asks for: the modules that it imports, and the kinds of file that it speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import BinaryIO

from deadweight.core.entry import Entry, Kind
from deadweight.core.gap import Gap
from deadweight.core.owner import OwnerKind
from deadweight.core.scene import Fact, Scene
from deadweight.facts.distributions import DISTRIBUTIONS, Distribution
from deadweight.facts.endings import ENDINGS
from deadweight.facts.held_endings import HELD_ENDINGS
from deadweight.facts.suites import is_test

MAX_SOURCE = 16 << 20
WATCHED: Mapping[str, tuple[bytes, ...]] = MappingProxyType(
    {
        ".pyi": (b"attach_stub",),
        **{ending: (f"{ending}>".encode(),) for ending in (".h", ".hh", ".hpp", ".hxx", ".cuh", ".ipp", ".tcc")},
        **dict.fromkeys((".c", ".cc", ".cpp", ".cxx", ".cu", ".f90", ".pyx", ".pxd", ".pxi"), ()),
        **dict.fromkeys((".tp", ".in", ".a", ".la", ".lib", ".cmake", ".pc", ".rst", ".md", ".txt"), ()),
    }
)
"""Endings of files that a program may read at run time by name, with what else tells that it does.

`#include <name.h>` in a Python source is C that the program hands to a compiler (pyopencl, pycuda).
"""
CUDA, COMPILING = "cuda", "compiling"
"""What a source may speak of besides files: a GPU (the application's only), and building native code as it runs."""
_COMPILING = (COMPILING, (b"cpp_extension", b"torch.compile"))
_BUILDING = (b"get_include", b"pyximport", b"numba", b"cffi", b"triton", b"cppyy", b"distutils")
_APPLICATION = ((CUDA, (b"cuda", b"nvidia")), (COMPILING, (*_COMPILING[1], *_BUILDING)))
FOLDERS = ("tests", "test", "docs", "doc", "examples", "example")
_JOINS = re.compile(rb"join\w*\(|\w[ \t]*/[ \t]*$|__file__|Path\(|files\(|get_data\(|filename\(")
_FOREIGN = frozenset({OwnerKind.INTERPRETER, OwnerKind.OS_PACKAGE, OwnerKind.NPM})
_IMPORT = b"import"
_AFTER_IMPORT = (b" ", b"\t", b"(", b"*")
_NOTHING: frozenset[str] = frozenset()  # 200 bytes each, were they made for each of 20 000 sources
_QUOTES = (b"'", b'"')
_ENDING = re.compile(rb"""\.\w+["'>]""")
"""Signs of which no two overlap: each ends with the only quote that it has."""
_STATEMENT = re.compile(r"([ \t]*)(?:from[ \t]+(\.*)([\w.]*)[ \t]*import[ \t]*(.*)|import[ \t]+(.*))", re.DOTALL)
_TEST_NAME = re.compile(rb"\.tests?\b")
_COMMENT = re.compile(r"#[^\n]*")
_DOTTED = re.compile(r"[\w.]+")


@dataclass(frozen=True, slots=True)
class Source:
    """What one source file asks for.

    `distribution` is the dist-info of the distribution that has it, empty for the application's own code.
    `imports` are the absolute dotted names that are imported at its top level, `nested` those imported deeper: in a
    function, under `try` or `if`. For `from a import b` both `a` and `a.b` are there. `quoted` are dotted names of
    tests that stand in quotes. `speaks` are the endings of WATCHED that stand before a closing quote, and the names
    of FOLDERS that stand in quotes where a path is joined, where the distribution has such files; CUDA; COMPILING.
    """

    path: str
    distribution: str
    imports: frozenset[str]
    nested: frozenset[str]
    quoted: frozenset[str] = frozenset()
    speaks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Signs:
    """Words that tell of what a source speaks: those that begin with a dot are looked for in one pass."""

    plain: tuple[tuple[str, bytes], ...]
    dotted: Mapping[bytes, str]
    pattern: re.Pattern[bytes] | None

    def spoken(self, body: bytes) -> set[str]:
        """What the source speaks of."""
        found = {named for named, sign in self.plain if sign in body}
        if self.pattern is not None:
            found.update(map(self.dotted.__getitem__, self.pattern.findall(body)))
        return found


def signs_of(pairs: Iterable[tuple[str, bytes]]) -> Signs:
    """The words, given with what each tells of."""
    every = tuple(pairs)
    dotted = {sign: named for named, sign in every if _ENDING.fullmatch(sign)}
    pattern = re.compile(b"|".join(map(re.escape, dotted))) if dotted else None
    return Signs(tuple(pair for pair in every if pair[1] not in dotted), dotted, pattern)


@dataclass(frozen=True, slots=True)
class _Home:
    """Where a source belongs: its distribution, the root of its modules, the signs to look for, and the folders."""

    distribution: str
    root: str
    signs: Signs
    folders: tuple[str, ...] = ()


def _sources(scene: Scene) -> Mapping[str, Source]:
    homes = {path: home for one in scene.ask(DISTRIBUTIONS) for path, home in _homes(scene, one)}
    own = _Home("", "", signs_of((named, sign) for named, signs in _APPLICATION for sign in signs))
    wanted = [entry for entry in scene.ask(ENDINGS).get(".py", ()) if _is_wanted(scene, entry, homes)]
    contents = scene.artifact.contents.stream(wanted)
    return {entry.path: _read(entry, body, homes.get(entry.path, own)) for entry, body in contents}


def _homes(scene: Scene, distribution: Distribution) -> Iterator[tuple[str, _Home]]:
    parts = {part for above in {path.rpartition("/")[0] for path in distribution.files} for part in above.split("/")}
    folders = tuple(folder for folder in FOLDERS if folder in parts)
    home = _Home(distribution.info, distribution.site, signs_of(_signs(scene, distribution)), folders)
    for path in scene.ask(HELD_ENDINGS).get(".py", {}).get(distribution.info, ()):
        yield path, home


def _signs(scene: Scene, distribution: Distribution) -> Iterator[tuple[str, bytes]]:
    named, signs = _COMPILING
    yield from ((named, sign) for sign in signs)
    held = scene.ask(HELD_ENDINGS)
    for ending, others in WATCHED.items():
        if distribution.info in held.get(ending, ()):
            yield from ((ending, sign) for sign in (f'{ending}"'.encode(), f"{ending}'".encode(), *others))


def _is_wanted(scene: Scene, entry: Entry, homes: Mapping[str, _Home]) -> bool:
    if not entry.path.endswith(".py") or entry.kind not in (Kind.FILE, Kind.HARDLINK):
        return False
    home = homes.get(entry.path)
    if home is None and scene.ownership.of(entry.path).kind in _FOREIGN:
        return False
    if is_test(entry.path.removeprefix(f"{home.root}/") if home else entry.path):
        return False
    if entry.size > MAX_SOURCE:
        scene.note(Gap("sources", entry.path, f"a Python source of {entry.size} bytes is not read"))
        return False
    return True


def _read(entry: Entry, stream: BinaryIO, home: _Home) -> Source:
    body = stream.read(MAX_SOURCE)
    package = _package(entry.path.removeprefix(f"{home.root}/"))
    imports: tuple[set[str], set[str]] = (set(), set())
    for deep, text in _statements(body):
        imports[deep].update(_names(text, package))
    speaks = home.signs.spoken(body)
    of_tests = b"test" in body  # looked for once: a search of 6 kB takes 5 us, and there are 20 000 sources
    speaks.update(folder for folder in home.folders if (of_tests or "test" not in folder) and _is_joined(body, folder))
    quoted = set(_quoted(body)) if of_tests else _NOTHING
    return Source(
        entry.path,
        home.distribution,
        *(frozenset(found) if found else _NOTHING for found in (*imports, quoted, speaks)),
    )


def _is_joined(body: bytes, name: str) -> bool:
    """Whether the name stands in quotes in what joins a path: most lists of words hold a "tests" too."""
    folder = name.encode()
    at = body.find(folder)
    while at >= 0:
        quote, after = body[at - 1 : at], body[at + len(folder) : at + len(folder) + 1]
        if quote in _QUOTES and after in (quote, b"/") and _JOINS.search(body, max(0, at - 101), at - 1):
            return True
        at = body.find(folder, at + 1)
    return False


def _package(path: str) -> list[str]:
    """The names of the package that a module at the path lies in."""
    return path.split("/")[:-1]


def _statements(body: bytes) -> Iterator[tuple[bool, str]]:
    """Each line that reads as an import statement, with all its continued lines, and whether it is indented."""
    at = body.find(_IMPORT)
    while at >= 0:
        after = at + len(_IMPORT)
        if body[after : after + 1] in _AFTER_IMPORT:
            start = body.rfind(b"\n", 0, at) + 1
            head = body[start:at].lstrip()
            if not head or head.startswith(b"from"):
                yield body[start] in b" \t", body[start : _end(body, after)].decode("utf-8", "replace")
        at = body.find(_IMPORT, after)


def _end(body: bytes, start: int) -> int:
    line = body.find(b"\n", start)
    line = len(body) if line < 0 else line
    opened = body.find(b"(", start, line)
    if opened < 0:
        while line < len(body) and body[line - 1 : line] == b"\\":
            following = body.find(b"\n", line + 1)
            line = len(body) if following < 0 else following
        return line
    closed = body.find(b")", opened)
    return len(body) if closed < 0 else closed


def _names(statement: str, package: list[str]) -> Iterator[str]:
    match = _STATEMENT.match(statement)
    if match is None:
        return
    _, dots, module, members, plain = match.groups()
    if plain is not None:
        yield from (name for part in plain.split(",") if (name := _first(part)))
        return
    base = _absolute(dots, module, package)
    if base:
        yield base
        listed = _COMMENT.sub("", members).split(",")
        yield from (f"{base}.{name}" for part in listed if (name := _first(part)))


def _first(part: str) -> str:
    match = _DOTTED.search(part.partition("#")[0])
    return match[0] if match else ""


def _absolute(dots: str, module: str, package: list[str]) -> str:
    if not dots:
        return module
    above = package[: max(0, len(package) - len(dots) + 1)]
    return ".".join([*above, module] if module else above)


def _quoted(body: bytes) -> Iterator[str]:
    """Dotted names with a part `test` or `tests` that stand whole in quotes."""
    for match in _TEST_NAME.finditer(body):
        start, end = match.start(), match.end()
        while start and (body[start - 1 : start].isalnum() or body[start - 1 : start] in b"._"):
            start -= 1
        while body[end : end + 1].isalnum() or (end < len(body) and body[end : end + 1] in b"._"):
            end += 1
        if body[start - 1 : start] in _QUOTES and body[end : end + 1] in _QUOTES:
            yield body[start:end].decode("ascii", "replace")


def application(sources: Iterable[Source]) -> Iterator[Source]:
    """The sources that belong to no distribution: the application's own."""
    return (source for source in sources if not source.distribution)


def _spoken(scene: Scene) -> Mapping[tuple[str, str], tuple[str, ...]]:
    spoken: dict[tuple[str, str], list[str]] = {}
    for source in scene.ask(SOURCES).values():
        for named in source.speaks:
            spoken.setdefault((source.distribution, named), []).append(source.path)
    return {key: tuple(sorted(paths)) for key, paths in spoken.items()}


SOURCES: Fact[Mapping[str, Source]] = Fact("sources", _sources)
"""Each Python source outside tests, by its path; read in one pass over the artifact."""

SPOKEN: Fact[Mapping[tuple[str, str], tuple[str, ...]]] = Fact("spoken", _spoken)
"""By dist-info and ending (or folder): the distribution's own sources that speak of such files, sorted."""
