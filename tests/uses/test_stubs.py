from __future__ import annotations

from builders.evidence import found, project_of, subjects
from deadweight.core.requirement import Role
from deadweight.uses.stubs import EVIDENCE


def test_finds_stubs_of_what_is_declared_or_imported() -> None:
    names = "types-requests requests types-PyYAML pyyaml pandas-stubs boto3-stubs[s3] boto3 types-toml"
    project = project_of({"a.py": "import toml\nimport pandas as pd\n"}, declares=names)
    assert subjects(EVIDENCE, project) == {
        "types-requests",
        "types-pyyaml",
        "pandas-stubs",
        "boto3-stubs",
        "types-toml",
    }
    assert {use.role for use in found(EVIDENCE, project)} == {Role.TYPING}


def test_leaves_stubs_of_nothing() -> None:
    assert subjects(EVIDENCE, project_of({"a.py": "import os"}, declares="types-redis requests numpy")) == set()
