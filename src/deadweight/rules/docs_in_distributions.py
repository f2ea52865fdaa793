"""Finds documentation and examples that installed distributions carry.

Why it weighs
-------------
Guides, change logs, man pages and sample programs are for people who read the source. A running program shows none
of it. LICENSE, NOTICE and COPYING files are never touched: a licence may ask that they travel along.

Evidence
--------
In the RECORD of a distribution: what lies under `share/doc` and `share/man`; directories called `doc`, `docs`,
`example` or `examples` without a Python package in them (botocore/docs is code); `.rst` and `.md` files with a name
that is known for documentation. Left where a source of the same distribution speaks of such a folder or ending
(huggingface_hub reads the templates of its model cards, scikit-learn the descriptions of its data sets).

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
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.facts.distributions import DISTRIBUTIONS, Distribution
from deadweight.facts.sources import SPOKEN
from deadweight.facts.suites import is_test
from deadweight.rules.distribution_files import held_by, module_files
from deadweight.rules.reporting import Waste, finding

_NAME = "docs-in-distributions"
_FOLDER = re.compile(r"/(docs?|examples?)/")
_SHARED = re.compile(r"(?:^|/)share/(?:doc|man)/")
_LEGAL = re.compile(r"licen[cs]e|notice|copying|copyright|authors|patents", re.IGNORECASE)
_INIT = re.compile(r"/__init__\.pyi?$")
_KNOWN = re.compile(
    r"(?:readme|changes|changelog|change_log|history|news|release[-_]?notes|releases|contributing|contributors|credits"
    r"|todo|install|upgrading|migration|security|code_of_conduct|governance|maintainers)[^/]*\.(?:rst|md|txt)",
    re.IGNORECASE,
)


def _find(scene: Scene) -> Iterator[Finding]:
    for distribution in scene.ask(DISTRIBUTIONS):
        pages = sorted(set(_documents(scene, distribution)))
        if pages:
            evidence = Evidence(f"{len(pages)} files of documentation, and no source reads them", pages[0])
            waste = Waste("documentation and examples", (evidence,), Confidence.LIKELY, Safety.SAFE)
            yield finding(scene, _NAME, held_by(distribution, pages), waste)


def _documents(scene: Scene, distribution: Distribution) -> Iterator[str]:
    spoken = scene.ask(SPOKEN)
    packages = {path.rpartition("/")[0] for path in distribution.files if _INIT.search(path)}
    for path in module_files(distribution):
        name = path.rpartition("/")[2]
        if _LEGAL.search(name) or is_test(path.removeprefix(f"{distribution.site}/")):
            continue
        folder = _FOLDER.search(path, len(distribution.site))
        if _SHARED.search(path):
            yield path
        elif folder:
            if (distribution.info, folder[1]) not in spoken and not _is_code(path, folder.end() - 1, packages):
                yield path
        elif _KNOWN.fullmatch(name) and (distribution.info, name[name.rfind(".") :]) not in spoken:
            yield path


def _is_code(path: str, end: int, packages: set[str]) -> bool:
    """Whether the folder, or one in it on the way to the path, is a package."""
    directory = path.rpartition("/")[0]
    return any(directory == one or directory.startswith(one + "/") for one in packages if one.startswith(path[:end]))


RULE: Rule = Rule(_NAME, "documentation and examples inside installed distributions", Safety.SAFE, _find)
