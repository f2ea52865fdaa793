"""What builds the project: the back end of pyproject.toml, and plug-ins of back ends that its tables configure.

Sources: PEP 517 and 518; setuptools-scm.readthedocs.io; hatch.pypa.io/latest/plugins (vcs, custom hooks); poetry's
python-poetry.org/docs/plugins; scikit-build-core.readthedocs.io; packaging.python.org/en/latest/specifications.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from deadweight.core.project import Project
from deadweight.core.requirement import Place, Role
from deadweight.core.requirement_seams import Evidence
from deadweight.core.usage import Strength, Usage
from deadweight.facts.settings import Setting, settings

_NAME = "what builds the project"
_TABLES: Mapping[tuple[str, ...], str] = MappingProxyType(
    {
        ("tool", "setuptools_scm"): "setuptools-scm",
        ("tool", "setuptools-git-versioning"): "setuptools-git-versioning",
        ("tool", "versioneer"): "versioneer",
        ("tool", "versioningit"): "versioningit",
        ("tool", "cython"): "cython",
        ("tool", "scikit-build"): "scikit-build-core",
        ("tool", "poetry-dynamic-versioning"): "poetry-dynamic-versioning",
        ("tool", "hatch", "metadata", "hooks", "fancy-pypi-readme"): "hatch-fancy-pypi-readme",
        ("tool", "hatch", "metadata", "hooks", "requirements_txt"): "hatch-requirements-txt",
        ("tool", "hatch", "build", "hooks", "mypyc"): "hatch-mypyc",
        ("tool", "cffi"): "cffi",
        ("tool", "cibuildwheel"): "cibuildwheel",
        ("tool", "pbr"): "pbr",
    }
)
_VALUES: Mapping[tuple[tuple[str, ...], str], str] = MappingProxyType(
    {
        (("tool", "hatch", "version", "source"), "vcs"): "hatch-vcs",
        (("tool", "hatch", "version", "source"), "regex_commit"): "hatch-regex-commit",
        (("tool", "hatch", "version", "source"), "nodejs"): "hatch-nodejs-version",
        (("tool", "pdm", "version", "source"), "scm"): "pdm-backend",
    }
)


def _find(project: Project) -> Iterator[Usage]:
    for path in project.matching("pyproject.toml"):
        seen: set[str] = set()
        for one in settings(project, path, _NAME):
            for usage in _of_setting(path, one):
                if usage.subject not in seen:
                    seen.add(usage.subject)
                    yield usage


def _of_setting(path: str, one: Setting) -> Iterator[Usage]:
    place = Place(path, one.line, one.spot)
    if one.keys == ("build-system", "build-backend"):
        module = one.value.partition(":")[0]
        yield Usage("builds the project", place, _NAME, Role.BUILD, Strength.HINT, module=module)
    for table, name in _TABLES.items():
        if one.keys[: len(table)] == table:
            yield Usage("is configured", place, _NAME, Role.BUILD, Strength.HINT, distribution=name)
    if name := _VALUES.get((one.keys, one.value), ""):
        yield Usage("tells the version", place, _NAME, Role.BUILD, Strength.HINT, distribution=name)


EVIDENCE: Evidence = Evidence(_NAME, "build back ends and their plug-ins", _find)
