"""Files that are stored more than once with the same bytes.

Why it weighs
-------------
Wheels bundle the same native libraries, toolkits stand beside the packages that bring them again, models are saved
twice. N equal files need the room of one.

Evidence
--------
The same digest and size, 4 KiB and more; a file that stands N times is N - 1 times too many, hard links and layers
considered. Left are files that programs write to (databases, logs, all under /var, /etc, /tmp, /run), the metadata of
distributions, version control, compiled bytecode, and empty files.

Edit
----
Share: the copies become hard links to the first one where layer, mode, owner and extended attributes are the same
(and the time of change of a Python source, by which its bytecode is known), else symbolic links where both belong to
one owner. A write through one name then changes all: safe only for plain files of installed software, made with a
proof elsewhere. Native libraries always need the proof, because the loader knows a library by its inode: equal copies
that were loaded apart are loaded once.

Source
------
link(2), OCI image-spec layer.md (hard links), glibc dl-load.c (libraries are matched by device and inode), PEP 552.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from deadweight.core.changes import Linking
from deadweight.core.edit import Edit, Safety
from deadweight.core.entry import Entry
from deadweight.core.finding import Confidence, Evidence, Finding
from deadweight.core.owner import OwnerKind
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.facts.hard_links import HARD_LINKS
from deadweight.facts.same_bytes import SAME_BYTES
from deadweight.rules.reporting import is_packaged

_LEAST = 4096
_WRITTEN = re.compile(
    r"(?:var|etc|tmp|run|dev|proc|sys)/.*"
    r"|(?:.*/)?(?:[^/]+\.(?:dist-info|egg-info)|__pycache__|\.git|\.hg|\.svn)/.*"
    r"|.*\.(?:db|sqlite3?|db-wal|log|lock|pid|pyc|mdb|rdb)",
    re.IGNORECASE | re.DOTALL,
)
_INSTALLED = re.compile(r"(?:usr|opt/conda)/|(?:.*/)?(?:site-packages|dist-packages|node_modules)/", re.DOTALL)
_ELF = b"\x7fELF"
_SHOWN = 3


def _find(scene: Scene) -> Iterator[Finding]:
    by_owner: dict[str, list[Edit]] = {}
    for group in scene.ask(SAME_BYTES):
        if group[0].size >= _LEAST:
            for edit in _edits(scene, group):
                by_owner.setdefault(edit.owner, []).append(edit)
    for owner, edits in sorted(by_owner.items()):
        yield _finding(scene, owner, edits)


def _edits(scene: Scene, group: Sequence[Entry]) -> Iterator[Edit]:
    candidates = [entry for entry in group if not _is_written(scene, entry)]
    links = scene.ask(HARD_LINKS)
    candidates.sort(
        key=lambda entry: (entry.layer, entry.path not in links, not is_packaged(scene, entry.path), entry.path)
    )
    if len(candidates) < 2:
        return
    keepers: dict[tuple[object, object], Entry] = {}
    copies: dict[tuple[str, Linking, Safety, str], list[str]] = {}
    for entry in candidates:
        shared = _shared(scene, entry, keepers)
        if shared is not None and entry.path not in links:
            owner = str(scene.ownership.of(entry.path))
            target, linking = shared
            copies.setdefault((target.path, linking, _safety(target, entry, linking), owner), []).append(entry.path)
    for (path, linking, safety, owner), paths in copies.items():
        arguments = {"target": path, "linking": linking.value}
        yield Edit("share", tuple(paths), safety, RULE.name, f"the same bytes as {path}", owner, arguments=arguments)


def _is_written(scene: Scene, entry: Entry) -> bool:
    kind = scene.ownership.of(entry.path).kind
    return kind in (OwnerKind.VERSION_CONTROL, OwnerKind.CACHE) or _WRITTEN.fullmatch(entry.path) is not None


def _shared(scene: Scene, entry: Entry, keepers: dict[tuple[object, object], Entry]) -> tuple[Entry, Linking] | None:
    """What the entry can be a link to, and how; an entry that can be none is remembered as one to link to.

    An inode has one mode, one owner and one time: only names that agree in these may share it.
    """
    changed = int(entry.mtime) if entry.path.endswith(".py") else 0
    inode = (entry.mode, entry.uid, entry.gid, entry.xattrs, changed)
    owner = scene.ownership.of(entry.path)
    in_layer, of_owner = keepers.get((inode, entry.layer)), keepers.get((inode, owner))
    if in_layer is not None:
        return in_layer, Linking.HARD
    if of_owner is not None and owner.kind is not OwnerKind.NOBODY:
        return of_owner, Linking.SYMBOLIC
    keepers[inode, entry.layer] = keepers[inode, owner] = entry
    return None


def _safety(target: Entry, entry: Entry, linking: Linking) -> Safety:
    installed = _INSTALLED.match(target.path) and _INSTALLED.match(entry.path)
    plain = linking is Linking.HARD and not entry.head.startswith(_ELF)
    return Safety.SAFE if installed and plain else Safety.PROVEN


def _finding(scene: Scene, owner: str, edits: Sequence[Edit]) -> Finding:
    copies = [scene.listing.by_path[path] for edit in edits for path in edit.paths]
    return Finding(
        RULE.name,
        owner,
        "stored more than once with the same bytes",
        tuple(entry.path for entry in copies),
        sum(entry.size for entry in copies),
        sum(entry.stored for entry in copies),
        tuple(_evidence(scene, edits)),
        Confidence.CERTAIN,
        tuple(edits),
    )


def _evidence(scene: Scene, edits: Iterable[Edit]) -> Iterator[Evidence]:
    for edit in list(edits)[:_SHOWN]:
        entry = scene.listing.by_path[edit.paths[0]]
        yield Evidence(f"{entry.digest[:23]}… of {entry.size} bytes, also at {edit.arguments['target']}", entry.path)


RULE: Rule = Rule("duplicates", "files stored more than once", Safety.PROVEN, _find)
