from __future__ import annotations

from dataclasses import replace

from builders.hard_cases import START, Case, notebook, project, told, verdicts, without_environment
from deadweight.core.requirement import Role
from deadweight.core.verdict import Fault
from deadweight.dependencies.checking import check
from deadweight.pipeline.usages import usages

MAIN = "app/main.py"


def case(app: str, asks: str, installed: str = "", **files: str) -> Case:
    return Case("", {"app/__init__.py": "", MAIN: app, **START, **files}, asks, set(), installed)


def test_nothing_is_said_of_a_project_that_asks_for_what_it_uses() -> None:
    assert not verdicts(case("import requests\n", "requests"))


def test_a_verdict_has_its_evidence_its_place_and_its_advice() -> None:
    (one,) = verdicts(case("import requests\n", "", "requests"))
    assert (one.fault, one.name, one.basis, one.is_sure) == (Fault.UNDECLARED, "requests", "recorded", True)
    assert [str(use.place) for use in one.uses] == ["app/main.py:1"]
    assert one.says == "the code uses it, and nothing asks for it"


def test_a_transitive_verdict_says_who_brings_it() -> None:
    (one,) = verdicts(case("import sklearn, joblib\n", "scikit-learn"))
    assert one.says == "the code uses it, and it is there only because scikit-learn brings it"


def test_a_distribution_that_is_not_installed_is_said_to_be_so() -> None:
    (one,) = verdicts(case("import polars\n", ""))
    assert one.says.endswith("; it is not installed")


def test_a_guessed_name_is_not_sure() -> None:
    assert told(verdicts(case("import unheard_of\n", ""))) == {"undeclared unheard-of?"}


def test_an_unused_verdict_says_what_dropping_frees() -> None:
    (one,) = verdicts(case("", "scikit-learn"))
    assert (one.fault, one.size, one.advice) == (Fault.UNUSED, 3000, "drop it")
    assert [str(place) for place in one.places] == ["requirements.txt:1"]


def test_a_name_that_only_a_run_can_tell_in_what_runs_takes_the_sureness() -> None:
    (one,) = verdicts(case("import importlib\nimportlib.import_module(input())\n", "rich"))
    assert not one.is_sure
    assert "app/main.py:2" in one.says


def test_a_name_that_only_a_run_can_tell_in_tests_does_not() -> None:
    files = {"tests/test_a.py": "import importlib\nimportlib.import_module(input())\n"}
    assert told(verdicts(case("", "rich", **files))) == {"unused rich"}


def test_a_source_that_cannot_be_parsed_takes_the_sureness() -> None:
    assert told(verdicts(case("def f(:\n", "rich"))) == {"unused rich?"}


def test_a_name_that_a_source_has_as_a_text_is_not_sure() -> None:
    (one,) = verdicts(case("TOOLS = [\n    'pip3',\n    'pip',\n]\n", "pip"))
    assert not one.is_sure
    assert one.says == "nothing uses it; not sure: app/main.py:3 has the text 'pip'"


def test_a_command_that_somebody_may_run_by_hand_is_not_sure() -> None:
    made = case("", "gunicorn")
    without = replace(made, files={path: body for path, body in made.files.items() if path != "Dockerfile"})
    assert told(verdicts(without)) == {"unused gunicorn?"}
    assert told(verdicts(made)) == {"unused gunicorn"}


def test_a_line_that_bounds_a_version_of_what_comes_anyway_is_not_sure() -> None:
    made = project(case("import sklearn\n", "scikit-learn numpy"))
    items = tuple(
        replace(one, requirement="numpy<3") if one.name == "numpy" else one for one in made.declarations.items
    )
    bounded = replace(made, declarations=replace(made.declarations, items=items))
    assert told(check(bounded, usages(bounded))) == {"unused numpy?"}
    assert told(check(made, usages(made))) == {"unused numpy"}


def _with_demand(asks: str, line: str, code: str) -> set[str]:
    made = project(case(code, asks))
    assert made.environment is not None
    ones = tuple(
        replace(one, requires=(*one.requires, line)) if one.name == "httpcore" else one
        for one in made.environment.distributions
    )
    offered = replace(made, environment=replace(made.environment, distributions=ones))
    return told(check(offered, usages(offered)))


def test_what_a_used_requirement_has_an_extra_for_alone_is_not_sure_to_be_unused() -> None:
    asks, code = "httpcore anyio", "import httpcore\n"
    assert _with_demand(asks, "anyio>=4; extra == 'asyncio'", code) == {"unused anyio?"}
    assert _with_demand(asks, "anyio>=4; extra == 'test'", code) == {"unused anyio"}
    assert _with_demand(asks, "rich; extra == 'asyncio'", code) == {"unused anyio"}
    assert _with_demand(asks, "anyio>=4; extra == 'asyncio'", "") == {"unused anyio", "unused httpcore"}


def test_an_extra_for_many_says_nothing_of_one() -> None:
    made = project(case("import httpcore\n", "httpcore anyio"))
    assert made.environment is not None
    lines = ("anyio; extra == 'all'", "rich; extra == 'all'")
    ones = tuple(
        replace(one, requires=lines) if one.name == "httpcore" else one for one in made.environment.distributions
    )
    offered = replace(made, environment=replace(made.environment, distributions=ones))
    assert told(check(offered, usages(offered))) == {"unused anyio"}


def test_what_only_examples_show_is_of_no_use_to_production() -> None:
    files = {"README.md": "```python\nimport rich\n```\n"}
    (one,) = verdicts(case("", "rich", **files))
    assert (one.fault, one.is_sure) == (Fault.MISPLACED, True)
    assert one.says == "only documentation uses it"


def test_what_several_others_use_goes_to_development() -> None:
    files = {"tests/test_a.py": "import rich\n", "docs/conf.py": "import rich\n"}
    (one,) = verdicts(case("", "rich", **files))
    assert one.says == "only tests and documentation use it"
    assert one.advice == "move it to the development requirements"


def test_what_tests_use_is_missed_where_the_project_states_what_tests_need() -> None:
    files = {"tests/test_a.py": "import pytest, respx\n"}
    assert told(verdicts(case("", "|pytest", "respx", **files))) == {"undeclared respx"}
    assert not verdicts(case("", "", "respx pytest", **files))


def test_a_library_may_leave_what_its_functions_import_to_their_callers() -> None:
    made = project(case("def f():\n    import boto3\n", "", "boto3"))
    library = replace(made, declarations=replace(made.declarations, name="library"))
    assert told(check(library, usages(library))) == {"undeclared boto3?"}
    assert told(check(made, usages(made))) == {"undeclared boto3"}


def test_others_code_in_the_project_has_its_own_reasons() -> None:
    assert not verdicts(case("", "", "rich", **{"app/_vendor/other/a.py": "import rich\n"}))


def test_without_an_environment_well_known_names_are_sure() -> None:
    made = without_environment(case("import yaml, numpy, unheard_of\n", "pyyaml"))
    assert told(check(made, usages(made))) == {"undeclared numpy", "undeclared unheard-of?"}


def test_notebooks_alone_are_what_runs() -> None:
    assert not verdicts(Case("", {"look.ipynb": notebook("import rich\n")}, "rich"))


def test_a_demand_that_is_not_met_is_told() -> None:
    made = project(case("import rich\n", "rich"))
    items = tuple(replace(one, requirement="rich>=2") for one in made.declarations.items)
    older = replace(made, declarations=replace(made.declarations, items=items))
    (one,) = check(older, usages(older))
    assert one.fault is Fault.UNMET
    assert "requirements.txt:1 wants rich>=2" in one.says


def test_demands_that_no_version_meets_are_told_as_such() -> None:
    made = project(case("import rich\n", "rich"))
    first = made.declarations.items[0]
    items = (replace(first, requirement="rich>=2"), replace(first, requirement="rich<2"))
    torn = replace(made, declarations=replace(made.declarations, items=items))
    assert {one.fault for one in check(torn, usages(torn))} == {Fault.CONFLICTING}


def test_sure_verdicts_come_first() -> None:
    found = verdicts(case("import unheard_of, rich\n", "", "rich"))
    assert [one.is_sure for one in found] == [True, False]


def test_the_role_of_what_is_missing_says_for_whom_it_is() -> None:
    files = {"tests/test_a.py": "import pytest, respx\n"}
    (one,) = verdicts(case("", "|pytest", "respx", **files))
    assert one.uses[0].role is Role.TEST
    assert one.advice == "ask for it in requirements-test.txt"
