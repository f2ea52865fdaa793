"""Commands of continuous integration: GitHub's workflows, GitLab, CircleCI, Azure, Travis, Jenkins, and git hooks.

A job is for what its name says. It installs what it needs by itself, so all of it is a hint. Sources: docs.github.com/
en/actions/reference/workflow-syntax-for-github-actions; docs.gitlab.com/ci/yaml; circleci.com/docs/configuration-
reference; learn.microsoft.com/azure/devops/pipelines/yaml-schema; pre-commit.com/#repository-local-hooks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from deadweight.core.project import Project
from deadweight.core.requirement import Role
from deadweight.core.requirement_seams import Evidence
from deadweight.core.usage import Strength, Usage
from deadweight.facts.command_usages import Occasion, text_usages
from deadweight.facts.project_bodies import text_of
from deadweight.facts.role_words import role_in
from deadweight.facts.settings import Setting, settings

_NAME = "commands of continuous integration"
_FILES = (
    ".github/workflows/*.yml .github/workflows/*.yaml .github/actions/*/action.yml .gitlab-ci.yml .gitlab/*.yml"
    " .circleci/config.yml azure-pipelines*.yml azure-pipelines*.yaml .travis.yml bitbucket-pipelines.yml"
    " .readthedocs.yml .readthedocs.yaml .pre-commit-config.yaml .pre-commit-hooks.yaml cloudbuild.yaml appveyor.yml"
)
_RUNNING = frozenset(
    {"run", "script", "before_script", "after_script", "command", "bash", "entry", "install", "before_install", "build"}
    | {"commands", "pre_build", "post_build", "pre_install", "post_install", "test_script", "build_script"}
)
_JOBS = frozenset({"jobs", "steps", "on", "build", "stages", "pipelines"})
_JENKINS = re.compile(
    r"""\bsh\s*\(?\s*(?:script:\s*)?(?:'''(.*?)'''|\"{3}(.*?)\"{3}|'([^'\n]*)'|"([^"\n]*)")""", re.DOTALL
)


def _find(project: Project) -> Iterator[Usage]:
    for path in project.matching(*_FILES.split()):
        for one in settings(project, path, _NAME):
            if one.key in _RUNNING and not one.keys[-1].startswith("name"):
                yield from text_usages(one.value, one.line, _occasion(path, one))
    for path in project.matching("Jenkinsfile", "Jenkinsfile.*"):
        text = text_of(project, path, _NAME)
        for found in _JENKINS.finditer(text):
            said = next(part for part in found.groups() if part is not None)
            occasion = Occasion(_NAME, path, "is run by the pipeline", Role.DEVELOPMENT, Strength.HINT)
            yield from text_usages(said, text.count("\n", 0, found.start()) + 1, occasion)


def _occasion(path: str, one: Setting) -> Occasion:
    job = next((key for key in one.keys if key not in _JOBS and not key.isdigit() and key not in _RUNNING), "")
    file = path.rpartition("/")[2].partition(".")[0]
    role = role_in(job) or role_in(file) or (Role.DOCUMENTATION if "readthedocs" in path else Role.DEVELOPMENT)
    return Occasion(_NAME, path, f"is run by the job {job}" if job else "is run", role, Strength.HINT, key=one.spot)


EVIDENCE: Evidence = Evidence(_NAME, "what jobs of continuous integration and local git hooks run, by job", _find)
