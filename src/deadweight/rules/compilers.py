"""Compilers, build tools and development packages of the operating system in what is run.

Why it weighs
-------------
`apt-get install build-essential` is needed to build a wheel and to run none: a compiler with its headers is 200 MB
and more, and what a stranger who gets in would use first.

Evidence
--------
Packages of dpkg, apk or rpm by name: compilers, binutils, build systems, headers of the kernel, every -dev and -devel
package, sanitizers. Run-time libraries that come from the same sources stay (libgcc, libstdc++, libgomp, libatomic,
libquadmath, libgfortran). Something installed that compiles when it runs (triton, Cython's pyximport, CuPy,
DeepSpeed, vLLM, ...), a source of the application that says torch.compile, cpp_extension or cffi's set_source, or a
command that names a program of the package (`make serve`) makes it a suggestion.

Edit
----
Remove the files of the package, one edit for each, made with a proof; copyright files stay. ctypes.util.find_library
may ask gcc and ld, and CDLL("libx.so") may need the link of a -dev package: the proof shows it. dpkg still lists the
package; `apt-get purge` in the build does the same and says so.

Source
------
Debian Policy 8.4 (development files), Library/ctypes/util.py in CPython, docs of torch.compile (a C++ compiler is
needed by its CPU back end).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from deadweight.core.edit import Safety
from deadweight.core.entry import Kind
from deadweight.core.finding import Confidence, Evidence, Finding
from deadweight.core.owner import Owner, OwnerKind
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.facts.endings import ENDINGS
from deadweight.facts.programs import PROGRAMS
from deadweight.facts.run_time_compilers import compiles
from deadweight.rules.reporting import Group, Waste, finding

_NAMES = re.compile(
    r"(?:gcc|g\+\+|cpp|gfortran|gnat|gdc|gobjc|gccgo|clang|clang-tools|lld|lldb|llvm|rustc|cargo|golang|gdb)"
    r"(?:-\d[\w.]*)?(?:-[\w-]*linux-gnu\w*)?"
    r"|gcc-c\+\+|llvm-[\d.]+-(?:tools|linker-tools|runtime)|golang-[\d.]+-(?:go|src)|rust"
    r"|binutils(?:-.*)?|make|cmake(?:-data)?|ninja-build|meson|autoconf|automake|autotools-dev|libtool|libtool-bin|m4"
    r"|bison|flex|swig[\d.]*|nasm|yasm|patch|pkgconf|pkg-config|pkgconf-bin|build-essential|build-base|dpkg-dev|fakeroot"
    r"|lib(?:a|t|l|u|hwa)san\d+|libcc1-\d+|libctf\d*(?:-nobfd\d)?|libgprofng\d|libbinutils"
    r"|linux-headers.*|kernel-headers|glibc-headers|.*-dev|.*-devel"
)
_STAYING = re.compile(r"gcc-[\d.]+-base|gcc-libs|ca-certificates-.*|python3?-setuptools.*|makedev")
_COMPILES = re.compile(rb"torch\.compile|cpp_extension|load_inline|pyximport|\.set_source\(|ffi\.verify|numba\.pycc")
_LARGEST_SOURCE = 1024 * 1024
_RECORDS = ("var/lib/dpkg/", "lib/apk/db/", "var/lib/rpm/")
_LICENCE = ("/copyright", "/COPYING", "/LICENSE")


def _find(scene: Scene) -> Iterator[Finding]:
    owners = scene.ownership.sources
    wanted = {owner for owner in owners if owner.kind is OwnerKind.OS_PACKAGE and _is_for_building(owner.name)}
    if not wanted:
        return
    compiling = _compiling(scene) or _compiled_by_application(scene)
    for owner, paths in sorted(_paths(scene, wanted).items(), key=lambda item: str(item[0])):
        named = Evidence("a package that builds programs and runs none", owners[owner])
        waste = _waste(named, compiling or _started(scene, paths))
        yield finding(scene, RULE.name, Group(str(owner), tuple(paths)), waste)


def _is_for_building(name: str) -> bool:
    bare = name.partition(":")[0]
    return _NAMES.fullmatch(bare) is not None and _STAYING.fullmatch(bare) is None


def _paths(scene: Scene, wanted: set[Owner]) -> dict[Owner, list[str]]:
    """The files of the packages: never a directory, which other packages share."""
    package = OwnerKind.OS_PACKAGE
    names = {owner.name for owner in wanted}
    found: dict[Owner, list[str]] = {}
    for path, owner in scene.ownership.owners.items():
        if owner.kind is package and owner.name in names and not _is_kept(path):
            entry = scene.listing.by_path.get(path)
            if entry is not None and entry.kind is not Kind.DIRECTORY:
                found.setdefault(owner, []).append(path)
    return found


def _is_kept(path: str) -> bool:
    """Licences must travel, and the package manager's own records stay as they are."""
    return path.endswith(_LICENCE) or path.startswith(_RECORDS)


def _compiling(scene: Scene) -> Evidence | None:
    for owner, source in scene.ownership.sources.items():
        if owner.kind is OwnerKind.DISTRIBUTION and compiles(owner.name):
            return Evidence(f"{owner} can call a compiler when it runs", source)
    return None


def _compiled_by_application(scene: Scene) -> Evidence | None:
    owners = scene.ownership
    sources = [
        entry
        for entry in scene.ask(ENDINGS).get(".py", ())
        if 0 < entry.size <= _LARGEST_SOURCE and owners.of(entry.path).kind in (OwnerKind.APPLICATION, OwnerKind.NOBODY)
    ]
    for entry, body in scene.artifact.contents.stream(sources) if sources else ():
        match = _COMPILES.search(body.read())
        if match:
            return Evidence(f"it says {match[0].decode()}, which calls a compiler when it runs", entry.path)
    return None


def _started(scene: Scene, paths: list[str]) -> Evidence | None:
    """That the artifact is started with one of the package's programs: `make serve` is a command like any other."""
    words = scene.ask(PROGRAMS)
    called = (path for path in paths if path.rpartition("/")[0].endswith("bin") and path.rpartition("/")[2] in words)
    return next((Evidence("the command or a start script names it", path) for path in called), None)


def _waste(named: Evidence, compiling: Evidence | None) -> Waste:
    says = "build tool or development package"
    if compiling is not None:
        return Waste(says, (named, compiling), Confidence.POSSIBLE, Safety.SUGGESTED)
    return Waste(says, (named,), Confidence.LIKELY, Safety.PROVEN)


RULE: Rule = Rule("compilers", "compilers and development packages", Safety.SUGGESTED, _find)
