from __future__ import annotations

import pytest

from builders.evidence import project_of
from deadweight.core.requirement import Role
from deadweight.facts.path_roles import role_of_path, started_scripts


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("app/main.py", Role.CORE),
        ("src/pkg/testing/fake.py", Role.CORE),
        ("src/pkg/tools/a.py", Role.CORE),
        ("Dockerfile", Role.CORE),
        ("manage.py", Role.CORE),
        ("tests/a.py", Role.TEST),
        ("src/pkg/tests/a.py", Role.TEST),
        ("src/pkg/test_a.py", Role.TEST),
        ("conftest.py", Role.TEST),
        ("docs/conf.py", Role.DOCUMENTATION),
        ("examples/a.py", Role.DOCUMENTATION),
        ("README.md", Role.DOCUMENTATION),
        ("scripts/README.md", Role.DOCUMENTATION),
        ("setup.py", Role.BUILD),
        ("app/setup.py", Role.CORE),
        ("noxfile.py", Role.DEVELOPMENT),
        ("scripts/a.py", Role.DEVELOPMENT),
        (".github/workflows/a.yml", Role.DEVELOPMENT),
        ("src/pkg/a.pyi", Role.TYPING),
    ],
)
def test_a_path_says_what_it_is_for(path: str, role: Role) -> None:
    assert role_of_path(path) is role


def test_a_script_that_the_image_starts_is_for_production() -> None:
    files = {"scripts/a.py": "", "scripts/b.py": "", "scripts/c.py": "", "Procfile": "web: python ./scripts/b.py\n"}
    files |= {"Dockerfile": "FROM x\nCMD python scripts/a.py\n", "tests/run.sh": "python scripts/c.py\n"}
    project = project_of(files, roles={path: role_of_path(path) for path in files})
    assert started_scripts(project) == {"scripts/a.py", "scripts/b.py"}
