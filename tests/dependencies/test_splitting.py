"""Requirements put into lists by what uses them: nothing is lost, nothing unsure is dropped or added."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from builders.projects import declared, installed, used, verdict
from deadweight.core.requirement import Declarations, Declared, Place, Role
from deadweight.core.verdict import Fault, Verdict
from deadweight.dependencies.splitting import Split, lower_bound, split


def of(items: list[Declared], *verdicts: Verdict, **versions: str) -> Split:
    return split(Declarations(tuple(items)), verdicts, installed(**versions) if versions else None)


def listed(parts: Split) -> dict[str, list[str]]:
    return {name: [one.requirement for one in kept] for name, kept in parts.lists.items()}


def test_what_nothing_is_said_of_stays_where_it_is_declared() -> None:
    items = [declared("flask>=3"), declared("pytest", Role.TEST), declared("black", Role.DEVELOPMENT)]
    assert listed(of(items)) == {"core": ["flask>=3"], "test": ["pytest"], "dev": ["black"]}


def test_what_is_surely_unused_is_in_no_list_and_told_with_its_place_and_reason() -> None:
    parts = of([declared("attrs>=20", line=4)], verdict(Fault.UNUSED, "attrs", says="nothing uses it"))
    assert parts.lists == {}
    assert [(one.requirement, one.says, one.place) for one in parts.left_out] == [
        ("attrs>=20", "nothing uses it", Place("requirements.txt", 4))
    ]


def test_what_may_be_unused_is_kept_with_a_comment_that_says_so() -> None:
    parts = of([declared("attrs")], verdict(Fault.UNUSED, "attrs", sure=False, says="only a hint"))
    assert [one.note for one in parts.lists["core"]] == ["not sure: only a hint"]
    assert not parts.left_out


def test_a_tool_of_development_is_moved_and_not_lost() -> None:
    names = ("pytest-cov", "sphinx", "mypy", "black", "jupyter")
    parts = of([declared(name) for name in names], *(verdict(Fault.UNUSED, name) for name in names))
    assert listed(parts) == {
        "test": ["pytest-cov"],
        "docs": ["sphinx"],
        "typing": ["mypy"],
        "dev": ["black", "jupyter"],
    }
    assert {name for name, _ in parts.moved()} == {"test", "docs", "typing", "dev"}


def test_what_is_misplaced_goes_where_its_uses_are() -> None:
    parts = of(
        [declared("requests"), declared("numpy", Role.TEST)],
        verdict(Fault.MISPLACED, "requests", used("requests", Role.DOCUMENTATION, "docs/conf.py")),
        verdict(Fault.MISPLACED, "numpy", used("numpy"), used("numpy", Role.TEST, "tests/a.py")),
    )
    assert listed(parts) == {"core": ["numpy"], "docs": ["requests"]}


def test_what_is_used_and_not_declared_is_added_at_least_as_it_is_installed() -> None:
    parts = of(
        [declared("pandas")],
        verdict(Fault.TRANSITIVE, "numpy", used("numpy")),
        verdict(Fault.UNDECLARED, "responses", used("responses", Role.TEST)),
        numpy="2.1.3+local.4",
    )
    assert listed(parts) == {"core": ["pandas", "numpy>=2.1.3"], "test": ["responses"]}
    assert parts.lists["core"][1].note == "added: numpy is imported (app/main.py:3)"


def test_a_guess_is_never_added_and_always_told() -> None:
    parts = of([], verdict(Fault.UNDECLARED, "yaml", used("yaml"), sure=False, says="yaml may be of yaml"))
    assert parts.lists == {}
    assert [(one.name, one.place) for one in parts.not_added] == [("yaml", Place("app/main.py", 3))]


def test_a_verdict_is_on_the_places_that_it_names() -> None:
    here = Verdict(Fault.UNUSED, "attrs", "unused", "drop", places=(Place("requirements.txt", 2),))
    parts = of([declared("attrs>=20", line=2), declared("attrs", Role.TEST, path="test.txt", line=1)], here)
    assert listed(parts) == {"test": ["attrs"]}


def test_extras_have_a_list_each_and_constraints_none() -> None:
    extra = Declared("uvloop", "uvloop", Role.EXTRA, Place("pyproject.toml", 3), "fast")
    bound = Declared("idna", "idna<4", Role.CORE, Place("constraints.txt", 1), is_constraint=True)
    assert listed(of([extra, bound])) == {"extra-fast": ["uvloop"]}


def test_several_with_markers_of_their_own_stay_apart() -> None:
    items = [declared("numpy>=2; python_version >= '3.12'"), declared("numpy<2; python_version < '3.12'")]
    assert len(of(items).lists["core"]) == 2


def test_a_version_that_is_none_bounds_nothing() -> None:
    assert lower_bound("odd", installed(odd="from-the-trunk")) == ""


ROLES = st.sampled_from([Role.CORE, Role.TEST, Role.DEVELOPMENT, Role.DOCUMENTATION])
FAULTS = st.sampled_from([Fault.UNUSED, Fault.MISPLACED])


@given(
    st.dictionaries(st.sampled_from([f"lib{number}" for number in range(9)]), ROLES),
    st.lists(st.tuples(st.integers(0, 8), FAULTS, ROLES, st.booleans())),
)
@settings(max_examples=150, derandomize=True, deadline=None)
def test_every_declaration_is_in_one_list_or_left_out_for_a_sure_reason(
    roles: dict[str, Role], found: list[tuple[int, Fault, Role, bool]]
) -> None:
    verdicts = [verdict(fault, f"lib{at}", used(f"lib{at}", role), sure=sure) for at, fault, role, sure in found]
    parts = of([declared(name, role) for name, role in roles.items()], *verdicts)
    kept = [one.name for several in parts.lists.values() for one in several]
    assert sorted([*kept, *(one.name for one in parts.left_out)]) == sorted(roles)
    sure = {one.name for one in verdicts if one.is_sure and one.fault is Fault.UNUSED}
    assert {one.name for one in parts.left_out} <= sure
