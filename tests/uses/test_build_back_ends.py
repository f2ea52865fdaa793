from __future__ import annotations

from builders.evidence import found, project_of, subjects
from deadweight.core.requirement import Role
from deadweight.uses.build_back_ends import EVIDENCE

TEXT = """\
[build-system]
requires = ["hatchling", "hatch-vcs"]
build-backend = "hatchling.build"
[tool.hatch.version]
source = "vcs"
[tool.setuptools_scm]
version_file = "x"
local_scheme = "y"
"""


def test_finds_the_back_end_and_its_plug_ins() -> None:
    project = project_of({"pyproject.toml": TEXT})
    assert subjects(EVIDENCE, project) == {"hatchling.build", "hatch-vcs", "setuptools-scm"}
    assert {use.role for use in found(EVIDENCE, project)} == {Role.BUILD}
    assert len(found(EVIDENCE, project)) == 3


def test_leaves_other_tables() -> None:
    assert not subjects(EVIDENCE, project_of({"pyproject.toml": "[tool.hatch.version]\npath = 'vcs'\n"}))
