"""What every tool's tables in pyproject.toml ask for."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders.declared import asked_of, lines_of, stated_in
from deadweight.core.errors import UsageError
from deadweight.core.requirement import Declarations


def pyproject(folder: Path, text: str, **files: str) -> Declarations:
    return stated_in(folder, {"pyproject.toml": text, **files})


def test_the_project_table_is_read_with_lines_and_roles(tmp_path: Path) -> None:
    stated = pyproject(
        tmp_path,
        """\
        [build-system]
        requires = ["hatchling>=1"]
        [project]
        name = "My.Thing"
        requires-python = ">=3.11"
        dependencies = [
            "flask>=2",  # the web
            "numpy",
        ]
        [project.optional-dependencies]
        gpu = ["cupy"]
        Test_All = ["pytest"]
        docs = ["sphinx"]
        typing = ["mypy"]
        lint = ["ruff"]
        [project.scripts]
        thing = "thing.cli:main"
        [project.entry-points."pytest11"]
        thing = "thing.plugin"
        """,
    )
    assert lines_of(stated) == [
        "build build: hatchling>=1 @ pyproject.toml:2",
        "core: flask>=2 @ pyproject.toml:7",
        "core: numpy @ pyproject.toml:8",
        "extra gpu: cupy @ pyproject.toml:11",
        "test test-all: pytest @ pyproject.toml:12",
        "documentation docs: sphinx @ pyproject.toml:13",
        "typing typing: mypy @ pyproject.toml:14",
        "development lint: ruff @ pyproject.toml:15",
    ]
    assert (stated.name, stated.requires_python) == ("my-thing", ">=3.11")
    assert stated.extras == ("gpu", "test-all", "docs", "typing", "lint")
    assert stated.scripts == {"console_scripts": {"thing": "thing.cli:main"}, "pytest11": {"thing": "thing.plugin"}}
    assert stated.items[1].place.key == "project.dependencies"


def test_an_extra_that_asks_for_another_includes_it(tmp_path: Path) -> None:
    text = """\
        [project]
        name = "mine"
        [project.optional-dependencies]
        fast = ["orjson"]
        all = ["Mine[fast]"]
        """
    stated = pyproject(tmp_path, text)
    assert asked_of(stated) == ["extra: orjson"]
    assert stated.includes == {"all": ("fast",)}


def test_dependency_groups_are_read_with_what_they_include(tmp_path: Path) -> None:
    text = """\
        [dependency-groups]
        Test = ["pytest>7", {include-group = "coverage_set"}]
        coverage-set = ["coverage"]
        docs = ["sphinx"]
        typing = ["mypy", {include-group = "test"}]
        misc = ["rich"]
        """
    stated = pyproject(tmp_path, text)
    assert lines_of(stated) == [
        "test test: pytest>7 @ pyproject.toml:2",
        "test coverage-set: coverage @ pyproject.toml:3",
        "documentation docs: sphinx @ pyproject.toml:4",
        "typing typing: mypy @ pyproject.toml:5",
        "development misc: rich @ pyproject.toml:6",
    ]
    assert stated.includes == {"test": ("coverage-set",), "typing": ("test",)}


@pytest.mark.parametrize(
    ("groups", "told"),
    [
        ('a = [{include-group = "b"}]\nb = [{include-group = "a"}]', "in a circle: a -> b -> a"),
        ('a = [{include-group = "a"}]', "in a circle: a -> a"),
        ('a = [{include-group = "none"}]', "a includes the group none, which is not there"),
        ('a = [{include = "b"}]', "is no include-group"),
        ("a = [1]", "1 is no text"),
        ('a = "flask"', "dependency-groups.a is no list"),
        ('a-b = []\na_b = ["flask"]', "the group a-b is stated twice"),
        ('a = ["flask=="]', "'flask==' is no requirement"),
    ],
)
def test_broken_groups_are_told(tmp_path: Path, groups: str, told: str) -> None:
    with pytest.raises(UsageError, match="pyproject") as caught:
        stated_in(tmp_path, {"pyproject.toml": f"[dependency-groups]\n{groups}\n"})
    assert told in caught.value.message


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[project]\ndependencies = "flask"', "project.dependencies is no list"),
        ("[project]\ndependencies = {flask = '1'}", "project.dependencies is no list"),
        ("[project]\ndependencies = [{a = 1}]", "is no text"),
        ("[project]\noptional-dependencies = []", "project.optional-dependencies is no table"),
        ("[project]\nname = 1", "project.name is no text"),
        ("[project]\ndependencies = ['a', 'b b', 'c; x']", "pyproject.toml:2 (project.dependencies)"),
        ("dependency-groups = 1", "dependency-groups is no table"),
        ("[project\n", "pyproject.toml:1:9: it is no TOML"),
        ("[tool.poetry.dependencies]\nflask = 'x y z'", "tool.poetry.dependencies.flask"),
        ("[tool.poetry.dependencies]\nflask = 7", "7 is no version of flask"),
    ],
)
def test_a_broken_table_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(UsageError, match="pyproject") as caught:
        stated_in(tmp_path, {"pyproject.toml": text})
    assert told in caught.value.message


def test_all_problems_of_one_file_are_told_at_once(tmp_path: Path) -> None:
    text = "[project]\ndependencies = ['a b', 'c==']\n[dependency-groups]\nx = ['d d']\n"
    text += "[tool.poetry.dependencies]\ne = 5\n"
    with pytest.raises(UsageError, match="problems") as caught:
        stated_in(tmp_path, {"pyproject.toml": text})
    assert [name in caught.value.message for name in ("'a b'", "'c=='", "'d d'", "of e")] == [True] * 4


DYNAMIC = """\
    [project]
    name = "x"
    dynamic = ["version", "dependencies", "optional-dependencies"]
    [tool.setuptools.dynamic]
    dependencies = {file = ["lists/core.txt"]}
    optional-dependencies.fast = {file = "lists/fast.txt"}
    optional-dependencies.dev = {file = ["lists/dev.txt"]}
    """


@pytest.mark.parametrize("head", ["", '[build-system]\nrequires = ["setuptools"]\n'], ids=["without", "with"])
def test_what_setuptools_reads_from_files_is_read_with_or_without_a_build_system(tmp_path: Path, head: str) -> None:
    files = {
        "pyproject.toml": head + DYNAMIC.replace("    [", "[").replace("    ", ""),
        "lists/core.txt": "torch\nfastapi\n",
        "lists/fast.txt": "orjson\n",
        "lists/dev.txt": "pytest\n",
    }
    stated = stated_in(tmp_path, files)
    assert [line for line in lines_of(stated) if "build" not in line] == [
        "core: torch @ lists/core.txt:1",
        "core: fastapi @ lists/core.txt:2",
        "extra fast: orjson @ lists/fast.txt:1",
        "development dev: pytest @ lists/dev.txt:1",
    ]
    assert stated.extras == ("fast", "dev")


def test_a_file_that_a_dynamic_field_names_and_that_is_missing_is_an_error(tmp_path: Path) -> None:
    text = '[project]\ndynamic = ["dependencies"]\n[tool.setuptools.dynamic]\ndependencies = {file = ["gone.txt"]}\n'
    with pytest.raises(UsageError, match=r"gone\.txt cannot be read") as caught:
        stated_in(tmp_path, {"pyproject.toml": text})
    assert caught.value.where.startswith("pyproject.toml:3")


def test_what_a_dynamic_file_is_for_is_said_by_the_project_and_not_by_its_name(tmp_path: Path) -> None:
    text = '[project]\ndynamic = ["dependencies"]\n[tool.setuptools.dynamic]\n'
    text += 'dependencies = {file = ["requirements-dev.txt"]}\n'
    assert asked_of(stated_in(tmp_path, {"pyproject.toml": text, "requirements-dev.txt": "flask\n"})) == ["core: flask"]


def test_hatch_reads_requirements_files_too(tmp_path: Path) -> None:
    text = '[project]\ndynamic = ["dependencies"]\n[tool.hatch.metadata.hooks.requirements_txt]\nfiles = ["req.txt"]\n'
    assert asked_of(stated_in(tmp_path, {"pyproject.toml": text, "req.txt": "flask\n"})) == ["core: flask"]


def test_what_only_the_back_end_knows_is_a_gap_and_never_nothing(tmp_path: Path) -> None:
    text = (
        '[build-system]\nrequires = []\nbuild-backend = "mine.api"\n[project]\nname = "x"\ndynamic = ["dependencies"]\n'
    )
    stated = stated_in(tmp_path, {"pyproject.toml": text})
    assert stated.items == ()
    assert [gap.reason for gap in stated.gaps] == ["dependencies are dynamic: mine.api works them out when it builds"]


def test_poetry_is_read_with_groups_extras_and_python(tmp_path: Path) -> None:
    stated = pyproject(
        tmp_path,
        """\
        [tool.poetry]
        name = "Poetic"
        [tool.poetry.dependencies]
        python = "^3.9"
        flask = "^2.1"
        numpy = {version = "~1.24", extras = ["x"], markers = "sys_platform == 'linux'"}
        orjson = {version = "*", optional = true}
        torch = [
            {version = "2.0", platform = "linux"},
            {version = "1.13", python = "<3.10"},
        ]
        lib = {path = "../lib", develop = true}
        own = {git = "https://h/own.git", branch = "main"}
        far = {url = "https://h/far-1.0.zip"}
        [tool.poetry.extras]
        fast = ["orjson"]
        [tool.poetry.dev-dependencies]
        black = "22.*"
        [tool.poetry.group.test.dependencies]
        pytest = ">=7,<9"
        [tool.poetry.scripts]
        poetic = "poetic:main"
        """,
    )
    assert [f"{one.role} {one.requirement}" for one in stated.items] == [
        "core flask<3,>=2.1",
        'core numpy[x]<1.25,>=1.24; sys_platform == "linux"',
        "extra orjson",
        'core torch==2.0; sys_platform == "linux"',
        'core torch==1.13; python_version < "3.10"',
        "core lib",
        "core own @ git+https://h/own.git@main",
        "core far @ https://h/far-1.0.zip",
        "development black==22.*",
        "test pytest<9,>=7",
    ]
    by_name = {one.name: one for one in stated.items}
    assert (by_name["lib"].path, by_name["lib"].is_editable) == ("../lib", True)
    assert by_name["orjson"].group == "fast"
    assert (stated.name, stated.requires_python, stated.extras) == ("poetic", ">=3.9,<4", ("fast",))
    assert stated.scripts == {"console_scripts": {"poetic": "poetic:main"}}
    assert by_name["flask"].place.line == 5


def test_pdm_uv_hatch_and_flit_are_read(tmp_path: Path) -> None:
    stated = pyproject(
        tmp_path,
        """\
        [tool.pdm.dev-dependencies]
        test = ["pytest", "-e file:///${PROJECT_ROOT}/lib#egg=lib"]
        [tool.uv]
        dev-dependencies = ["ruff"]
        constraint-dependencies = ["numpy<2"]
        [tool.hatch.envs.docs]
        dependencies = ["mkdocs"]
        extra-dependencies = ["mkdocs-material"]
        [tool.flit.metadata]
        module = "mine"
        requires = ["requests"]
        dev-requires = ["tox"]
        [tool.flit.metadata.requires-extra]
        gpu = ["cupy"]
        """,
    )
    assert [f"{one.role} {one.group}: {one.requirement}" for one in stated.items] == [
        "core : requests",
        "development dev: tox",
        "extra gpu: cupy",
        "documentation docs: mkdocs",
        "documentation docs: mkdocs-material",
        "test test: pytest",
        "test test: lib",
        "development dev: ruff",
        "core : numpy<2",
    ]
    assert stated.items[-1].is_constraint
    assert stated.items[6].is_editable
    assert stated.name == "mine"


def test_hatch_may_have_a_file_of_its_own(tmp_path: Path) -> None:
    stated = stated_in(tmp_path, {"hatch.toml": '[envs.test]\ndependencies = ["pytest"]\n'})
    assert lines_of(stated) == ["test test: pytest @ hatch.toml:2"]


def test_where_uv_takes_a_requirement_from_is_noted(tmp_path: Path) -> None:
    stated = pyproject(
        tmp_path,
        """\
        [project]
        dependencies = ["torch", "own", "lib", "flask", "member"]
        [tool.uv.sources]
        torch = [{index = "cpu", marker = "sys_platform == 'linux'"}, {index = "other"}]
        own = {git = "https://h/own", rev = "abc"}
        lib = {path = "../lib", editable = true}
        member = {workspace = true}
        [[tool.uv.index]]
        name = "cpu"
        url = "https://h/whl/cpu"
        """,
    )
    assert {one.name: one.source for one in stated.items} == {
        "torch": "https://h/whl/cpu, other",
        "own": "git+https://h/own@abc",
        "lib": "../lib",
        "flask": "",
        "member": "workspace",
    }
    assert stated.items[2].path == "../lib"


def test_a_pyproject_of_settings_alone_declares_nothing(tmp_path: Path) -> None:
    stated = stated_in(tmp_path, {"pyproject.toml": "[tool.ruff]\nline-length = 100\n"})
    assert (stated.items, stated.files) == ((), ())
