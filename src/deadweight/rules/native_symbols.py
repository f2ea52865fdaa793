"""Finds native libraries and programs that still hold their symbol tables and debugging data.

Why it weighs
-------------
The linker leaves a table of every local name in a library. Debuggers read it; the loader does not. 765 ELF files of
an environment of 172 distributions held 1,101 MB, of which 122 MB can go (libtorch_cpu.so alone: 89 of 434 MB).

Evidence
--------
The section headers of each ELF file: bytes of sections that are not allocated, that no segment covers, and that are
symbols, debugging data or compiler comments, and whole pages between segments that nothing covers: patchelf leaves the
symbols there. Files of which less than 4 kB and less than 1 % would go are left, and so are files with data appended to
them.

Edit
----
Strips the file. Safe where no byte that a program header covers moves. Where holes between segments are closed these
move up in the file by whole pages, and in memory nothing does; each byte is compared, and the edit is made only with a
proof. Stack traces of native crashes lose the names of local functions.

Source
------
System V gABI, chapter 4. Measured: GNU strip broke 4 of 232 libraries of current wheels (misaligned segments after
patchelf), so deadweight strips them itself. auditwheel#716, numpy#20101.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from deadweight.core.edit import Edit, Safety
from deadweight.core.finding import Confidence, Evidence, Finding
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.facts.elf_sections import ELF_SECTIONS, Needless
from deadweight.rules.reporting import Group, by_owner, stored_share

_NAME = "native-symbols"
_WORTHWHILE = 4096
_SHARE = 0.01


def _find(scene: Scene) -> Iterator[Finding]:
    needless = scene.ask(ELF_SECTIONS)
    entries = scene.listing.by_path
    worthy = [
        path for path, one in needless.items() if one.size >= _WORTHWHILE or one.size >= _SHARE * entries[path].size
    ]
    for moves, safety in ((False, Safety.SAFE), (True, Safety.PROVEN)):
        for group in by_owner(scene, (path for path in worthy if needless[path].moves is moves)):
            yield _report(scene, group, needless, safety)


def _report(scene: Scene, group: Group, needless: Mapping[str, Needless], safety: Safety) -> Finding:
    size = sum(needless[path].size for path in group.paths)
    stored = sum(stored_share(scene, path, needless[path].size) for path in group.paths)
    largest = sorted(group.paths, key=lambda path: -needless[path].size)[:3]
    evidence = tuple(
        Evidence(f"{needless[path].size} bytes in {', '.join(needless[path].sections[:3])}", path) for path in largest
    )
    says = "symbol tables and debugging data, which nothing reads at run time"
    if safety is Safety.PROVEN:
        says = f"{says}, between segments that move up in the file"
    edit = Edit("strip", group.paths, safety, _NAME, says, group.owner)
    return Finding(_NAME, group.owner, says, group.paths, size, stored, evidence, Confidence.CERTAIN, (edit,))


RULE: Rule = Rule(_NAME, "unstripped native libraries and programs", Safety.SAFE, _find)
