"""Classes inside pickles, joblib's files and torch's: loading one imports the modules of its classes.

A file is told by its ending and its first bytes; its opcodes are read and never run.
"""

from __future__ import annotations

from collections.abc import Iterator

from deadweight.core.gap import Gap
from deadweight.core.project import Project
from deadweight.core.requirement import Place
from deadweight.core.requirement_seams import Evidence
from deadweight.core.usage import Strength, Usage
from deadweight.facts.pickled_names import PickledNames, pickled_names
from deadweight.facts.project_bodies import opened

_NAME = "classes in pickles"
_ENDINGS = "pkl pickle joblib pt pth ckpt dill sav p npy bin model gz z xz lzma bz2"
_COMPRESSED = (".gz", ".z", ".xz", ".lzma", ".bz2")
_STARTS = (b"\x80", b"PK\x03\x04", b"(", b"c", b"\x93NUMPY", b"\x78", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x5d\x00\x00")
_CARRIERS = frozenset({"numpy", "joblib", "scipy"})
_MACHINES = frozenset({"__main__", "builtins", "copyreg", "__builtin__", "copy_reg"})


def _find(project: Project) -> Iterator[Usage]:
    for path in project.matching(*(f"*.{ending}" for ending in _ENDINGS.split())):
        inner = path.lower().removesuffix(path[path.rfind(".") :].lower())
        if path.endswith(_COMPRESSED) and not inner.endswith((".pkl", ".pickle", ".joblib", ".dill")):
            continue
        read = _names(project, path)
        role = project.role_of(path)
        modules = [module for module in read.modules if module not in _MACHINES]
        alone = all(_is_carrier(module) for module in modules)
        for module in modules:
            is_needed = role.runs and (alone or not _is_carrier(module))
            strength = Strength.NEEDED if is_needed else Strength.HINT
            yield Usage("is the module of a class in it", Place(path), _NAME, role, strength, module=module)


def _is_carrier(module: str) -> bool:
    """Whether it only carries arrays of what else the file names, which then asks for it by itself."""
    return module.partition(".")[0] in _CARRIERS


def _names(project: Project, path: str) -> PickledNames:
    """What the file names; one that is no pickle for sure has nothing to say, and no gap."""
    try:
        with opened(project, path) as stream:
            if not stream.read(8).startswith(_STARTS):
                return PickledNames(())
            stream.seek(0)
            found = pickled_names(stream)
    except OSError as fault:
        found = PickledNames((), f"it cannot be read: {fault.strerror or fault}")
    if found.gap and (found.modules or not path.endswith((".bin", ".model", ".p"))):
        project.note(Gap(_NAME, path, f"which modules it needs is not fully known: {found.gap}"))
    return found


EVIDENCE: Evidence = Evidence(_NAME, "the modules of classes in pickles, joblib's and torch's files", _find)
