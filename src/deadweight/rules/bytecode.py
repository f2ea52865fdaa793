"""Compiled bytecode that stands beside its source.

Why it weighs
-------------
Each imported module is stored a second time as a .pyc file of about the size of its source. Installers compile
everything that they install, of which a service imports a fraction.

Evidence
--------
A file `__pycache__/NAME.TAG.pyc` whose source `NAME.py` stands one directory above, or a `NAME.pyc` with the source
beside it, which Python 3 never prefers to the source. Bytecode without its source is a module of its own (a
sourceless distribution) and is never found. Bytecode that says of itself that it is never checked against its source
(an unchecked hash, as Bazel and Nix write it) runs in place of the source, whatever that says: it is left.

Edit
----
Remove; the whole `__pycache__` directory where all in it is found. Safe: Python compiles the source again. The price
is paid at start: a container that cannot write its cache compiles at every start, about 0.3 s of CPU for each MB of
source that it imports. Leave the rule out where the cold start counts more than the bytes.

Source
------
PEP 3147 (PYC repository directories), PEP 488 (no .pyo files), PEP 552 (hash-based pycs),
importlib.machinery.FileFinder: source loaders go before bytecode loaders. Measured: compile() over 20 MB of the
standard library, CPython 3.11, 0.28 s a MB.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from deadweight.core.edit import Safety
from deadweight.core.entry import Entry
from deadweight.core.finding import Confidence, Evidence, Finding
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.facts.endings import ENDINGS
from deadweight.rules.reporting import Group, Waste, by_owner, finding

_CACHE = "/__pycache__/"
_UNCHECKED = b"\1\0\0\0"


def _find(scene: Scene) -> Iterator[Finding]:
    endings = scene.ask(ENDINGS)
    compiled = [*endings.get(".pyc", ()), *endings.get(".pyo", ())]
    paths = scene.listing.by_path
    found = [entry for entry in compiled if _source(entry.path) in paths and not _is_unchecked(entry)]
    for group in by_owner(scene, _with_whole_directories(scene, found)):
        yield finding(scene, RULE.name, group, _waste(group))


def _is_unchecked(entry: Entry) -> bool:
    """Whether the flags after the magic number say: a hash of the source is kept and not looked at (PEP 552)."""
    return entry.head[4:8] == _UNCHECKED and entry.directory.endswith("__pycache__")


def _source(path: str) -> str:
    directory, cache, name = ("/" + path).rpartition(_CACHE)
    if cache:
        return f"{directory}/{name.partition('.')[0]}.py".lstrip("/")
    return path[: -len(".pyc")] + ".py"


def _with_whole_directories(scene: Scene, found: Iterable[Entry]) -> Iterator[str]:
    by_directory: dict[str, list[str]] = {}
    for entry in found:
        by_directory.setdefault(entry.directory, []).append(entry.path)
    owners = scene.ownership
    for directory, paths in by_directory.items():
        one_owner = len({owners.of(path) for path in paths}) == 1
        whole = directory.endswith("__pycache__") and sum(1 for _ in scene.listing.under(directory)) == len(paths)
        yield from (directory,) if one_owner and whole else paths


def _waste(group: Group) -> Waste:
    where = group.paths[0]
    return Waste(
        "compiled bytecode beside its source",
        (
            Evidence("the source stands beside it, and Python compiles it again when the bytecode is missing", where),
            Evidence("a start without bytecode is slower: about 0.3 s of CPU for each MB of imported source", where),
        ),
        Confidence.CERTAIN,
        Safety.SAFE,
    )


RULE: Rule = Rule("bytecode", "compiled bytecode beside its source", Safety.SAFE, _find)
