from __future__ import annotations

from builders.evidence import project_of, roles, subjects
from deadweight.core.requirement import Role
from deadweight.core.usage import Strength
from deadweight.uses.task_files import EVIDENCE


def test_finds_what_tasks_run_and_what_for() -> None:
    files = {
        "justfile": "x := 'y'\ntest *args:\n    @pytest -n {{jobs}}\nserve:\n    flask run\n",
        "Taskfile.yml": "tasks:\n  docs:\n    cmds:\n      - sphinx-build a b\n",
        "package.json": '{"scripts": {"api": "honcho start"}, "dependencies": {"celery": "1"}}',
        "pyproject.toml": "[tool.poe.tasks]\nlint = 'ruff check'\n[tool.hatch.envs.t.scripts]\nx = 'dvc pull'\n",
    }
    told = roles(EVIDENCE, project_of(files))
    assert {"pytest", "pytest-xdist", "flask", "sphinx-build", "honcho", "ruff", "dvc"} <= set(told)
    assert (told["pytest"], told["flask"], told["sphinx-build"]) == (Role.TEST, Role.CORE, Role.DOCUMENTATION)


def test_leaves_other_tables_and_is_no_more_than_a_hint() -> None:
    text = "[project.scripts]\nrun = 'app:main'\n[tool.x.scripts]\ny = 'celery'\n"
    project = project_of({"pyproject.toml": text, "justfile": "a:\n  celery\n"})
    assert subjects(EVIDENCE, project) == subjects(EVIDENCE, project, Strength.HINT) == {"celery"}
    assert {use.place.path for use in EVIDENCE.find(project)} == {"justfile"}
