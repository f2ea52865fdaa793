from __future__ import annotations

from builders.evidence import project_of, roles, subjects
from deadweight.core.requirement import Role
from deadweight.core.usage import Strength
from deadweight.uses.shell_scripts import EVIDENCE

START = '#!/bin/sh\nset -e\nalembic upgrade head\nif [ -z "$DEV" ]; then\n  exec gunicorn app:app\nfi\n'


def test_finds_what_the_script_that_starts_the_service_needs() -> None:
    project = project_of({"docker/entrypoint.sh": START})
    assert {"alembic", "gunicorn"} <= subjects(EVIDENCE, project, Strength.NEEDED)


def test_finds_the_script_that_a_dockerfile_starts() -> None:
    files = {"Dockerfile": 'FROM x\nENTRYPOINT ["/srv/go"]\n', "bin/go": START, "bin/other": START}
    uses = [use for use in EVIDENCE.find(project_of(files)) if use.command == "gunicorn"]
    assert {use.place.path: use.strength for use in uses} == {
        "bin/go": Strength.NEEDED,
        "bin/other": Strength.HINT,
    }


def test_finds_what_a_script_is_for_by_its_name() -> None:
    project = project_of({"scripts/lint.sh": "ruff check .\n", "build.sh": "cythonize x.pyx\n"})
    assert roles(EVIDENCE, project) == {"ruff": Role.DEVELOPMENT, "cythonize": Role.BUILD}


def test_leaves_other_scripts_at_a_hint_and_programs_of_other_kinds_alone() -> None:
    files: dict[str, str | bytes] = {
        "tools/sync.sh": "dvc pull\n",
        "bin/tool": "#!/usr/bin/env python\ngunicorn\n",
        "bin/data": b"\x7fELF",
    }
    project = project_of(files)
    assert subjects(EVIDENCE, project, Strength.NEEDED, Strength.OPTIONAL) == set()
    assert subjects(EVIDENCE, project) == {"dvc"}
