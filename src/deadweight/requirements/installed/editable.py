"""Where the code of an editable install lies (PEP 660), and the modules that it has there."""

from __future__ import annotations

import ast
import json
import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from deadweight.requirements.installed.module_names import dotted_names, files_below


@dataclass(frozen=True, slots=True)
class Editable:
    """Folders whose content is importable, and single packages or modules with the path of each.

    `unknown` are the files that should say where the code lies and do not, each with the reason.
    """

    folders: tuple[str, ...] = ()
    packages: tuple[tuple[str, str], ...] = ()
    unknown: tuple[tuple[str, str], ...] = ()

    @property
    def modules(self) -> frozenset[str]:
        """The dotted names of the modules that are importable through it."""
        paths = [path for folder in self.folders for path in files_below(folder)]
        for name, place in self.packages:
            root = name.replace(".", "/")
            inside = files_below(place) if Path(place).is_dir() else ()
            paths.extend(f"{root}/{path}" for path in inside)
            paths.append(f"{root}.py")
        return dotted_names(paths)


def says_editable(direct_url: bytes) -> bool:
    """Whether a direct_url.json says that the code lies elsewhere (PEP 610); raises ValueError where it is broken."""
    told = json.loads(direct_url)
    folder = told.get("dir_info") if isinstance(told, dict) else None
    return isinstance(folder, dict) and folder.get("editable") is True


def editable(site: str, paths: Iterable[str]) -> Editable:
    """What the path files and finders among the recorded paths lead to; they are read and never run."""
    folders: list[str] = []
    packages: dict[str, str] = {}
    unknown: list[tuple[str, str]] = []
    for path in paths:
        try:
            if path.endswith(".pth") and "/" not in path:
                folders.extend(_folders(site, _text(f"{site}/{path}")))
            elif path.endswith("_finder.py") and path.startswith("__editable__"):
                packages.update(_mapping(_text(f"{site}/{path}")))
        except (OSError, ValueError) as fault:
            unknown.append((f"{site}/{path}", f"where the code lies is not known: {fault}"))
    if not (folders or packages or unknown):
        unknown.append((site, "an editable install of which no path file and no finder says where the code lies"))
    return Editable(tuple(folders), tuple(packages.items()), tuple(unknown))


def _text(path: str) -> str:
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read(1 << 20)


def _folders(site: str, text: str) -> Iterator[str]:
    """The folders that the lines of a path file name; lines that run code are passed over.

    Raises ValueError for one that is not there, after the others.
    """
    absent = []
    for line in map(str.strip, text.splitlines()):
        if line and not line.startswith(("#", "import ", "import\t")):
            folder = posixpath.join(site, line)
            if Path(folder).is_dir():
                yield folder
            else:
                absent.append(folder)
    if absent:
        raise ValueError(f"no folder is at {', '.join(absent)}")


def _mapping(text: str) -> Mapping[str, str]:
    """The packages that a finder of setuptools maps to paths: the literal value of its MAPPING.

    Raises ValueError where it has none that can be read.
    """
    try:
        body = ast.parse(text).body
    except (SyntaxError, RecursionError) as fault:
        raise ValueError(f"the finder cannot be parsed: {fault}") from fault
    for node in body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value and "MAPPING" in _names(node):
            return _literal(node.value)
    raise ValueError("the finder has no MAPPING")


def _names(node: ast.Assign | ast.AnnAssign) -> frozenset[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return frozenset(target.id for target in targets if isinstance(target, ast.Name))


def _literal(node: ast.expr) -> Mapping[str, str]:
    value = ast.literal_eval(node)
    if not isinstance(value, dict):
        raise ValueError("the finder's MAPPING is no dictionary")
    return {str(name): str(path) for name, path in value.items()}
