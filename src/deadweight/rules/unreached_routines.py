"""Finds routines of OpenBLAS that no library imports, and its kernels for processors that are not named.

Why it weighs
-------------
numpy and scipy carry a build of OpenBLAS each, 25 MB: all of BLAS and LAPACK, with kernels for five kinds of processors
of which one runs. numpy calls some eighty routines of a few thousand. Slimming a library leaves the other, for their
integers are of different width.

Evidence
--------
The dynamic symbols of every native file of the artifact: what none imports is entered from nowhere. In the library
itself every displacement at every offset of the code is followed, so that no call is missed and some are seen that are
none; tables of addresses are followed where code refers to them. What is looked up by name at run time (threads,
settings: threadpoolctl) stays. A library without its linker's symbol table is left, and one that nothing of the
artifact imports from.

Edit
----
Takes whole pages of functions that nothing leads to out of the library, with their entries of the unwinding table, and
strips it. What stays keeps its address; names that went are not found by the loader, which says so. With
`--cpu x86-64-v3` (several: `x86-64-v3,x86-64-v4`) kernels stay that processors of these levels run, the best for
each, and other processors that can run them take them; older ones than the lowest level fail. A processor whose own
kernels went multiplies matrices more slowly (measured: one with AVX-512 that takes those for AVX2, 1.7 times), and
results can differ in their last digits. Proven.

Source
------
OpenBLAS, driver/others/dynamic.c; System V gABI, chapter 5; System V ABI for x86-64 (levels). Measured: numpy 2.4's
library 24.4 to 14.8 MB, scipy 1.17's 23.9 to 18.1; with `--cpu x86-64-v3` 7.9 and 11.6.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from deadweight.core.edit import Edit, Safety
from deadweight.core.entry import Kind
from deadweight.core.errors import Corrupt, UsageError
from deadweight.core.finding import Confidence, Evidence, Finding
from deadweight.core.gap import Gap
from deadweight.core.level import Level
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.facts.native_files import IMPORTS, OPENBLAS, WHOLE_OPENBLAS
from deadweight.native.cutting.hollow import pages
from deadweight.native.cutting.openblas import LEVELS, Build, Unreached, unreached
from deadweight.rules.reporting import by_owner, stored_share

_NAME = "unreached-routines"
_WORTHWHILE = 256 << 10
_NAMED = 12


def _find(scene: Scene) -> Iterator[Finding]:
    levels = _levels(scene.options)
    files = scene.listing.by_path
    builds = {path: build for path, build in scene.ask(OPENBLAS).items() if files[path].kind is Kind.FILE}
    for path, why in scene.ask(WHOLE_OPENBLAS).items():
        _left(scene, path, why)
    imports = scene.ask(IMPORTS)
    if builds and imports.unknown:
        scene.note(Gap(_NAME, imports.unknown[0], "which routines it imports is not known: all of OpenBLAS stays"))
        return
    for path, build in builds.items():
        try:
            gone = unreached(build, imports.names, levels)
        except Corrupt as error:
            _left(scene, path, error.what)
            continue
        size = sum(end - start for start, end in pages(gone.stretches))
        if size >= _WORTHWHILE:
            yield _finding(scene, (path, size), build, gone)


def _left(scene: Scene, path: str, why: str) -> None:
    scene.note(Gap(_NAME, path, f"left as it is: {why}"))


def _levels(options: Mapping[str, str]) -> tuple[str, ...]:
    """The levels that the option names; raises UsageError for one that is none."""
    named = tuple(name.strip() for name in options.get("cpu", "").split(",") if name.strip())
    strange = next((name for name in named if name not in LEVELS), None)
    if strange is not None:
        raise UsageError(
            f"{strange!r} is no level of processors",
            where="cpu",
            advice=f"There are {', '.join(LEVELS)}; `ld.so --help` says which this machine has.",
        )
    return named


def _finding(scene: Scene, measured: tuple[str, int], build: Build, gone: Unreached) -> Finding:
    path, size = measured
    parts = build.graph.parts
    owner = next(iter(by_owner(scene, [path]))).owner
    imported = sorted(scene.ask(IMPORTS).names.intersection(parts.exported))
    says = "routines that nothing imports" + (f", and kernels but for {', '.join(gone.kernels)}" if gone.gone else "")
    evidence = [Evidence(f"{gone.functions} of {len(parts.functions)} functions, {size} bytes", path)]
    evidence += [Evidence(f"{len(imported)} of its names are imported: {_some(imported)}", path)]
    if build.tables and not gone.gone:
        evidence.append(Evidence(f"kernels for {', '.join(gone.kernels)}: name processors with --cpu", path))
    processors = ",".join(_levels(scene.options))
    arguments = {"imported": " ".join(imported), **({"processors": processors} if processors else {})}
    edit = Edit("hollow", (path,), Safety.PROVEN, _NAME, says, owner, arguments=arguments)
    stored = stored_share(scene, path, size)
    return Finding(_NAME, owner, says, (path,), size, stored, tuple(evidence), Confidence.CERTAIN, (edit,))


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


RULE: Rule = Rule(_NAME, "routines of OpenBLAS that nothing imports", Safety.PROVEN, _find, level=Level.TIGHT)
