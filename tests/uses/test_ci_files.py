from __future__ import annotations

from builders.evidence import lines, project_of, roles, subjects
from deadweight.core.requirement import Role
from deadweight.core.usage import Strength
from deadweight.uses.ci_files import EVIDENCE

WORKFLOW = """\
name: ci
on: push
jobs:
  tests:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - name: Test
        run: |
          pip install .
          pytest --cov=app -n auto
  deploy:
    steps:
      - run: ansible-playbook site.yml
"""


def test_finds_what_the_jobs_run_and_what_for() -> None:
    project = project_of({".github/workflows/ci.yml": WORKFLOW})
    assert {"pytest", "pytest-cov", "pytest-xdist", "ansible-playbook"} <= subjects(EVIDENCE, project)
    assert roles(EVIDENCE, project)["ansible-playbook"] is Role.DEVELOPMENT
    assert roles(EVIDENCE, project)["pytest"] is Role.TEST
    assert lines(EVIDENCE, project)["pytest"] == 11


def test_finds_the_other_services_too() -> None:
    files = {
        ".gitlab-ci.yml": "docs:\n  script:\n    - sphinx-build docs out\n",
        ".circleci/config.yml": "jobs:\n  lint:\n    steps:\n      - run: {command: flake8 .}\n",
        "azure-pipelines.yml": "steps:\n- script: tox -e py\n",
        "Jenkinsfile": 'node { sh \'mypy app\' ; sh(script: """\nblack .\n""") }',
        ".pre-commit-config.yaml": "repos:\n- repo: local\n  hooks:\n  - language: system\n    entry: pylint\n",
    }
    found = roles(EVIDENCE, project_of(files))
    assert {"sphinx-build", "flake8", "tox", "mypy", "black", "pylint"} <= set(found)
    assert found["sphinx-build"] is Role.DOCUMENTATION


def test_leaves_it_at_a_hint_and_other_values_alone() -> None:
    project = project_of({".github/workflows/ci.yml": WORKFLOW, "other.yml": "run: pytest"})
    assert not subjects(EVIDENCE, project, Strength.NEEDED, Strength.OPTIONAL)
    assert "Test" not in subjects(EVIDENCE, project)
