"""Finds documentation and examples that installed distributions carry.

Why it weighs
-------------
Guides, change logs, man pages and sample programs are for people who read the source. A running program shows none
of it. LICENSE, NOTICE and COPYING files are never touched: a licence may ask that they travel along.

Evidence
--------
In the RECORD of a distribution: what lies under `share/doc` and `share/man`; directories called `doc`, `docs`,
`example` or `examples` without a Python package in them (botocore/docs is code) and from which nothing imports;
`.rst`, `.md` and `.txt` files with a name that is known for documentation. Left where a source of the same
distribution speaks of such a folder or ending (huggingface_hub reads the templates of its model cards, scikit-learn
the descriptions of its data sets), and where they lie in a folder of data inside a package: the skeletons from which
ansible-galaxy and kedro make new projects hold a README and docs, which are their product.

Edit
----
Removes the files. Safe.

Source
------
Measured: dependencies, 172 distributions. The names are those of the GNU coding standards and of Python packaging.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from deadweight.core.edit import Safety
from deadweight.core.finding import Confidence, Evidence, Finding
from deadweight.core.plural import plural
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.facts.distributions import DISTRIBUTIONS, Distribution
from deadweight.facts.imported_examples import IMPORTED_EXAMPLES
from deadweight.facts.module_names import is_reached, regular_packages
from deadweight.facts.sources import SPOKEN
from deadweight.facts.suites import is_test
from deadweight.rules.distribution_files import held_by, module_files
from deadweight.rules.reporting import Waste, finding

_NAME = "docs-in-distributions"
_FOLDER = re.compile(r"(?:^|/)(docs?|examples?)/")
_SHARED = re.compile(r"(?:^|/)share/(?:doc|man)/")
_LEGAL = re.compile(r"licen[cs]e|notice|copying|copyright|authors|patents", re.IGNORECASE)
_PAGES = (".rst", ".md", ".txt")
_KNOWN = re.compile(
    r"(?:readme|changes|changelog|change_log|history|news|release[-_]?notes|releases|contributing|contributors|credits"
    r"|todo|install|upgrading|migration|security|code_of_conduct|governance|maintainers)[^/]*\.(?:rst|md|txt)",
    re.IGNORECASE,
)


def _find(scene: Scene) -> Iterator[Finding]:
    for distribution in scene.ask(DISTRIBUTIONS):
        pages = sorted(set(_documents(scene, distribution)))
        if pages:
            evidence = Evidence(
                f"{plural(len(pages), 'file')} of documentation, which no source reads",
                pages[0],
            )
            waste = Waste("documentation and examples", (evidence,), Confidence.LIKELY, Safety.SAFE)
            yield finding(scene, _NAME, held_by(distribution, pages), waste)


def _documents(scene: Scene, distribution: Distribution) -> Iterator[str]:
    hinted = [path for path in module_files(distribution) if _hints(path)]
    root = f"{distribution.site}/" if distribution.site else ""
    packages = regular_packages(path.removeprefix(root) for path in distribution.files) if hinted else frozenset()
    for path in hinted:
        is_inside = path.startswith(root) and not _LEGAL.search(path.rpartition("/")[2])
        if is_inside and _is_document(scene, distribution, path[len(root) :], packages):
            yield path
    yield from (path for path in hinted if _is_shared(path))


def _hints(path: str) -> bool:
    """Whether the path may be that of a document: what is cheap to tell goes first."""
    return "doc" in path or "example" in path or "share/" in path or path.lower().endswith(_PAGES)


def _is_shared(path: str) -> bool:
    return _SHARED.search(path) is not None and not _LEGAL.search(path.rpartition("/")[2])


def _is_document(scene: Scene, distribution: Distribution, path: str, packages: frozenset[str]) -> bool:
    """Whether the path, relative to the site, is for people: no test, no type stub, no code, and none of it is read."""
    name = path.rpartition("/")[2]
    folder = _FOLDER.search(path)
    says = folder[1] if folder else name[name.rfind(".") :]
    if is_test(path) or name.endswith(".pyi") or not (folder or _KNOWN.fullmatch(name)):
        return False
    above = path[: folder.start()] if folder else path.rpartition("/")[0]
    if not is_reached(above, packages) or (distribution.info, says) in scene.ask(SPOKEN):
        return False
    return folder is None or not _is_code(scene, path, folder.end() - 1, packages)


def _is_code(scene: Scene, path: str, end: int, packages: frozenset[str]) -> bool:
    """Whether the folder, or one in it on the way to the path, is a package, or something imports from the folder."""
    directory = path.rpartition("/")[0]
    if any(directory == one or directory.startswith(one + "/") for one in packages if one.startswith(path[:end])):
        return True
    return path[:end] in scene.ask(IMPORTED_EXAMPLES)


RULE: Rule = Rule(_NAME, "documentation and examples inside installed distributions", Safety.SAFE, _find)
