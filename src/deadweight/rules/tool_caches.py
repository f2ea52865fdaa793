"""What editors, test runners, linters and type checkers keep for their next run.

Why it weighs
-------------
Tools of development keep their state in the project's directory: caches of type checkers, test environments, coverage
data, editor settings. `COPY . /app` takes all of it along.

Evidence
--------
A directory with a name that one tool alone uses, outside any installed package. Where the name is a common word
(htmlcov) the tool's own files must be in it. A directory that something in the artifact points at, by a symbolic link
or in the image's configuration, is left.

Edit
----
Remove. Safe for caches, which their tools make again; test environments (.tox, .nox, .eggs) are whole Pythons that
somebody might run, so they go only with a proof.

Source
------
The documentation of each tool; Cache Directory Tagging Specification (CACHEDIR.TAG).
"""

from __future__ import annotations

from collections.abc import Iterator

from deadweight.core.edit import Safety
from deadweight.core.finding import Confidence, Evidence, Finding
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.facts.endings import named
from deadweight.facts.pointed_at import pointer_into
from deadweight.rules.reporting import Group, Waste, finding, is_packaged, outermost, owner_name

_TOOLS = {
    ".pytest_cache": "pytest",
    ".mypy_cache": "mypy",
    ".ruff_cache": "ruff",
    ".pytype": "pytype",
    ".pyre": "Pyre",
    ".hypothesis": "Hypothesis",
    ".ipynb_checkpoints": "Jupyter",
    ".virtual_documents": "JupyterLab",
    ".ropeproject": "rope",
    ".idea": "a JetBrains editor",
    ".vscode": "Visual Studio Code",
    ".vscode-server": "Visual Studio Code's remote server",
    ".cursor-server": "Cursor's remote server",
    ".vs": "Visual Studio",
    ".nyc_output": "nyc",
    ".parcel-cache": "Parcel",
    ".sass-cache": "Sass",
    ".turbo": "Turborepo",
    ".angular": "the Angular builder",
    ".import_linter_cache": "import-linter",
    "htmlcov": "coverage.py",
}
_ENVIRONMENTS = {".tox": "tox", ".nox": "nox", ".eggs": "setuptools"}
_MUST_HOLD = {"htmlcov": "index.html"}
_SQLITE = b"SQLite format 3\0"


def _find(scene: Scene) -> Iterator[Finding]:
    tools = {**_TOOLS, **_ENVIRONMENTS}
    directories = scene.listing.directories_named
    found = [path for name in tools for path in directories.get(name, ()) if _is_cache(scene, path)]
    for path in outermost((*found, *_coverage(scene))):
        name = path.rpartition("/")[2]
        yield finding(scene, RULE.name, Group(owner_name(scene, path), (path,)), _waste(path, tools, name))


def _is_cache(scene: Scene, path: str) -> bool:
    must_hold = _MUST_HOLD.get(path.rpartition("/")[2])
    if must_hold and f"{path}/{must_hold}" not in scene.listing:
        return False
    first = next(scene.listing.under(path), None)
    packaged = is_packaged(scene, path) or (first is not None and is_packaged(scene, first.path))
    return not packaged and pointer_into(scene, path) is None


def _coverage(scene: Scene) -> Iterator[str]:
    for entry in named(scene, ".coverage"):
        if entry.head.startswith(_SQLITE) and not is_packaged(scene, entry.path):
            yield entry.path


def _waste(path: str, tools: dict[str, str], name: str) -> Waste:
    tool = tools.get(name, "coverage.py")
    safety = Safety.PROVEN if name in _ENVIRONMENTS else Safety.SAFE
    says = f"kept by {tool} for its next run"
    evidence = Evidence(f"only {tool} uses this name, and nothing that runs in production reads it", path)
    return Waste(says, (evidence,), Confidence.CERTAIN if safety is Safety.SAFE else Confidence.LIKELY, safety)


RULE: Rule = Rule("tool-caches", "caches of editors, test runners and linters", Safety.PROVEN, _find)
