"""What a file of a project is for, told by where it lies and how it is called."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from deadweight.core.project import Project
from deadweight.core.requirement import Role

_TESTS = frozenset({"tests", "test", "unittests", "unit_tests", "integration_tests", "e2e", "functional_tests"})
_FIRST = {
    Role.DOCUMENTATION: "docs doc documentation examples example samples sample tutorials tutorial demos demo recipes",
    Role.DEVELOPMENT: "scripts script tools tool dev ci benchmarks benchmark bench perf notebooks notebook hack misc"
    " maintenance maint research experiments sandbox profiling .github .circleci .gitlab .ci .devcontainer asv_bench",
    Role.TEST: "testing qa",
    Role.BUILD: "packaging release conda recipe debian rpm",
}
_NAMES = (
    (Role.TEST, re.compile(r"test_.*\.py|.*_tests?\.py|tests?\.py|conftest\.py|pytest\.ini")),
    (
        Role.BUILD,
        re.compile(r"setup\.py|_?setup_\w+\.py|versioneer\.py|hatch_build\.py|meson\.build|build\.py|pavement\.py"),
    ),
    (Role.DEVELOPMENT, re.compile(r"noxfile\.py|tasks\.py|fabfile\.py|dodo\.py|duties\.py|toxfile\.py|ez_setup\.py")),
    (Role.TYPING, re.compile(r".*\.pyi")),
    (Role.DOCUMENTATION, re.compile(r".*\.(?:md|rst|adoc)|mkdocs\.ya?ml", re.IGNORECASE)),
)
_ROOT_ONLY = frozenset({Role.BUILD, Role.DEVELOPMENT})
_STARTING = ("Dockerfile*", "*.Dockerfile", "Containerfile*", "Procfile", "*compose*.y*ml", "*.service", "*.sh")
_SCRIPT = re.compile(r"[\w./-]+\.py\b")


def role_of_path(path: str) -> Role:
    """What the file is for: what runs in production, unless its place or name says otherwise."""
    *folders, name = path.split("/")
    if not _TESTS.isdisjoint(folder.lower() for folder in folders):
        return Role.TEST
    first = folders[0].lower() if folders else ""
    told = next((role for role, words in _FIRST.items() if first in words.split()), None)
    if told is Role.DOCUMENTATION or (told and not name.endswith(".md")):
        return told
    for role, pattern in _NAMES:
        if pattern.fullmatch(name) and (role not in _ROOT_ONLY or not folders):
            return role
    return Role.CORE


def started_scripts(project: Project) -> frozenset[str]:
    """Python files of folders for developers that what starts the service runs: they are for production too."""
    names = {path for path in project.python if project.role_of(path) is Role.DEVELOPMENT and "/" in path}
    return frozenset(names.intersection(_named(project, project.matching(*_STARTING)))) if names else frozenset()


def _named(project: Project, paths: Iterable[str]) -> Iterator[str]:
    for path in paths:
        if project.role_of(path) is Role.CORE:
            yield from (found.removeprefix("./").removeprefix("/app/") for found in _SCRIPT.findall(project.text(path)))
