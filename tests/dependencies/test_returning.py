"""What left the core comes back as it was declared."""

from __future__ import annotations

from builders.projects import declared, installed, used, verdict
from deadweight.core.requirement import Declarations, Role
from deadweight.core.verdict import Fault
from deadweight.dependencies.returning import gone_from_core, returned_to_core
from deadweight.dependencies.splitting import split

STATED = Declarations((declared("flask>=3"), declared("attrs>=20"), declared("black"), declared("idna", Role.TEST)))
VERDICTS = (
    verdict(Fault.UNUSED, "attrs"),
    verdict(Fault.UNUSED, "black"),
    verdict(Fault.UNDECLARED, "numpy", used("numpy")),
)
PARTS = split(STATED, VERDICTS, None)
KNOWN = (STATED, installed(yaml="6.0"))


def core(*names: str) -> list[str]:
    parts = PARTS
    for name in names:
        parts = returned_to_core(parts, name, "put back", KNOWN)
    return [one.requirement for one in parts.lists["core"]]


def test_what_was_left_out_or_moved_is_what_has_gone() -> None:
    assert gone_from_core(PARTS) == ("attrs", "black")


def test_what_was_left_out_comes_back_with_its_bounds() -> None:
    assert core("attrs") == ["flask>=3", "numpy", "attrs>=20"]
    assert "attrs" not in gone_from_core(returned_to_core(PARTS, "attrs", "", KNOWN))


def test_what_was_moved_leaves_the_list_that_it_went_to() -> None:
    parts = returned_to_core(PARTS, "black", "", KNOWN)
    assert "dev" not in parts.lists
    assert "black" in [one.name for one in parts.lists["core"]]


def test_what_only_tests_asked_for_is_in_both() -> None:
    parts = returned_to_core(PARTS, "idna", "", KNOWN)
    assert "idna" in [one.name for one in parts.lists["core"]]
    assert [one.name for one in parts.lists["test"]] == ["idna"]


def test_what_nobody_declared_comes_at_least_as_installed() -> None:
    assert core("yaml")[-1] == "yaml>=6.0"
    assert core("yaml", "yaml").count("yaml>=6.0") == 1
