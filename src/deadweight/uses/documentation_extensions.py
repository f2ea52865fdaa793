"""Extensions and themes of documentation: Sphinx's conf.py and the file of MkDocs name them.

Sources: www.sphinx-doc.org/en/master/usage/configuration.html (extensions, html_theme); www.mkdocs.org/user-guide/
configuration (theme, plugins, markdown_extensions; a theme or plug-in is an entry point of its distribution).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from deadweight.core.project import Project, Source
from deadweight.core.requirement import Place, Role
from deadweight.core.requirement_seams import Evidence
from deadweight.core.usage import Strength, Usage
from deadweight.facts.settings import settings

_NAME = "extensions of documentation"
_THEMES: Mapping[str, str] = MappingProxyType(
    {
        "furo": "furo",
        "alabaster": "alabaster",
        "sphinx_rtd_theme": "sphinx-rtd-theme",
        "pydata_sphinx_theme": "pydata-sphinx-theme",
        "sphinx_book_theme": "sphinx-book-theme",
        "sphinx_material": "sphinx-material",
        "sphinx_immaterial": "sphinx-immaterial",
        "bootstrap": "sphinx-bootstrap-theme",
        "flask": "pallets-sphinx-themes",
        "click": "pallets-sphinx-themes",
        "shibuya": "shibuya",
        "piccolo_theme": "piccolo-theme",
        "press": "sphinx-press-theme",
        "guzzle_sphinx_theme": "guzzle-sphinx-theme",
    }
)
_MKDOCS: Mapping[str, str] = MappingProxyType(
    {
        "material": "mkdocs-material",
        "mkdocstrings": "mkdocstrings",
        "python": "mkdocstrings-python",
        "macros": "mkdocs-macros-plugin",
        "include-markdown": "mkdocs-include-markdown-plugin",
        "gen-files": "mkdocs-gen-files",
        "literate-nav": "mkdocs-literate-nav",
        "section-index": "mkdocs-section-index",
        "awesome-pages": "mkdocs-awesome-pages-plugin",
        "git-revision-date-localized": "mkdocs-git-revision-date-localized-plugin",
        "minify": "mkdocs-minify-plugin",
        "redirects": "mkdocs-redirects",
        "mkdocs-jupyter": "mkdocs-jupyter",
        "autorefs": "mkdocs-autorefs",
        "swagger-ui-tag": "mkdocs-swagger-ui-tag",
        "glightbox": "mkdocs-glightbox",
        "rss": "mkdocs-rss-plugin",
        "mermaid2": "mkdocs-mermaid2-plugin",
        "social": "mkdocs-material",
        "blog": "mkdocs-material",
        "tags": "mkdocs-material",
        "mike": "mike",
        "readthedocs": "mkdocs",
        "mkdocs": "mkdocs",
        "search": "mkdocs",
    }
)
_LISTS = ("plugins", "theme", "markdown_extensions")


def _find(project: Project) -> Iterator[Usage]:
    for path in project.matching("conf.py"):
        source = project.source(path)
        if source.tree and ("extensions" in source.text or "html_theme" in source.text):
            yield from _sphinx(source)
    for path in project.matching("mkdocs.yml", "mkdocs.yaml", "mkdocs*.yml"):
        yield from _mkdocs(project, path)


def _sphinx(source: Source) -> Iterator[Usage]:
    place = Place(source.path, 1)
    yield Usage("is configured", place, _NAME, Role.DOCUMENTATION, Strength.HINT, distribution="sphinx")
    for node in ast.walk(source.tree) if source.tree else ():
        if isinstance(node, ast.Assign | ast.AugAssign):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            name = target.id if isinstance(target, ast.Name) else ""
            if name in ("extensions", "html_theme", "html_theme_path", "source_parsers"):
                yield from _named(source.path, name, node.value)


def _named(path: str, name: str, value: ast.expr) -> Iterator[Usage]:
    for one in ast.walk(value):
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value:
            place = Place(path, one.lineno, name)
            if name != "extensions" and one.value in _THEMES:
                says, theme = "is the theme of Sphinx", _THEMES[one.value]
                yield Usage(says, place, _NAME, Role.DOCUMENTATION, Strength.NEEDED, distribution=theme)
            elif name == "extensions" and not one.value.startswith("sphinx.ext."):
                says = "is an extension of Sphinx"
                yield Usage(says, place, _NAME, Role.DOCUMENTATION, Strength.NEEDED, module=one.value)


def _mkdocs(project: Project, path: str) -> Iterator[Usage]:
    yield Usage("is configured", Place(path, 1), _NAME, Role.DOCUMENTATION, Strength.HINT, distribution="mkdocs")
    installed = _offered(project)
    for one in settings(project, path, _NAME):
        place = Place(path, one.line, one.keys[0])
        for word in sorted({one.value, *one.keys[1:]} if one.keys[0] in _LISTS else ()):
            if one.keys[0] == "markdown_extensions":
                yield from _of_markdown(word, place)
            else:
                yield from _of_mkdocs(word, place, installed)


def _offered(project: Project) -> dict[str, str]:
    """The distributions that are installed, by the plug-ins and themes of MkDocs that they bring."""
    if project.environment is None:
        return {}
    groups = ("mkdocs.plugins", "mkdocs.themes")
    return {name: owner for group in groups for owner, name, _ in project.environment.offering(group)}


def _of_mkdocs(word: str, place: Place, installed: Mapping[str, str]) -> Iterator[Usage]:
    plain = word.rpartition("/")[2]
    owner = installed.get(word) or installed.get(plain) or _MKDOCS.get(plain, "")
    if owner:
        yield Usage(f'is "{word}" of MkDocs', place, _NAME, Role.DOCUMENTATION, Strength.HINT, distribution=owner)


def _of_markdown(word: str, place: Place) -> Iterator[Usage]:
    module = word.partition(":")[0]
    if "." in word and " " not in word and all(part.isidentifier() for part in module.split(".")):
        says = "is an extension of Markdown"
        yield Usage(says, place, _NAME, Role.DOCUMENTATION, Strength.HINT, module=module)


EVIDENCE: Evidence = Evidence(_NAME, "extensions and themes of Sphinx and MkDocs", _find)
