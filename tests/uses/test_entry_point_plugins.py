from __future__ import annotations

from builders.evidence import found, installed, project_of, subjects
from deadweight.core.requirement import Role
from deadweight.core.usage import Strength
from deadweight.uses.entry_point_plugins import EVIDENCE


def test_finds_what_a_host_loads_by_its_entry_points() -> None:
    there = [
        installed("keyrings-alt", entry_points={"keyring.backends": {"file": "keyrings.alt.file"}}),
        installed("sqlalchemy-spanner", entry_points={"sqlalchemy.dialects": {"spanner": "x:y"}}),
    ]
    files = {"a.py": "import keyring\nfrom sqlalchemy import text\n"}
    project = project_of(files, declares="keyrings.alt sqlalchemy-spanner", installed=there)
    assert subjects(EVIDENCE, project) == {"keyrings-alt", "sqlalchemy-spanner"}
    assert {(use.strength, use.role) for use in found(EVIDENCE, project)} == {(Strength.HINT, Role.CORE)}


def test_finds_families_by_their_names_where_nothing_is_installed() -> None:
    project = project_of({}, declares="pytest pytest-sugar flake8 flake8-bugbear keyrings.alt")
    assert subjects(EVIDENCE, project) == {"pytest-sugar", "flake8-bugbear"}


def test_leaves_plug_ins_without_their_host() -> None:
    there = [installed("keyrings-alt", entry_points={"keyring.backends": {"f": "x"}}), installed("pytest-x")]
    assert subjects(EVIDENCE, project_of({}, declares="keyrings.alt pytest pytest-x", installed=there)) == set()
