from __future__ import annotations

from dataclasses import replace

import pytest

from builders.evidence import installed, project_of
from deadweight.core.project import Project
from deadweight.core.requirement import Lock, Pinned, Place
from deadweight.core.usage import Usage
from deadweight.dependencies.mapping import Mapped, Names
from deadweight.facts.own_modules import own_modules


def of(project: Project, module: str, path: str = "app/main.py") -> Mapped | None:
    return Names(project).of(Usage("is imported", Place(path, 1), "imports", module=module))


NAMESPACE = [
    installed("azure-core", modules=frozenset({"azure", "azure.core"})),
    installed("azure-storage-blob", modules=frozenset({"azure", "azure.storage", "azure.storage.blob"})),
]


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        ("azure.core.pipeline", Mapped(("azure-core",), "recorded")),
        ("azure.storage.blob.BlobClient", Mapped(("azure-storage-blob",), "recorded")),
        ("azure.keyvault.secrets", Mapped(("azure-keyvault-secrets",), "table")),
        ("azure.mgmt.network", Mapped(("azure-mgmt-network",), "table")),
        ("azure", None),
    ],
)
def test_a_part_of_a_namespace_is_of_the_distribution_that_has_it(module: str, expected: Mapped | None) -> None:
    assert of(project_of({}, installed=NAMESPACE), module) == expected


def test_what_is_installed_says_more_than_the_table() -> None:
    project = project_of({}, installed=[installed("opencv-python-headless", modules=frozenset({"cv2"}))])
    assert of(project, "cv2.dnn") == Mapped(("opencv-python-headless",), "recorded")


def test_how_the_modules_of_a_distribution_are_known_is_said() -> None:
    one = installed("a", modules=frozenset({"b"}), modules_known_by="Import-Name")
    assert of(project_of({}, installed=[one]), "b") == Mapped(("a",), "Import-Name")


def test_of_several_that_have_a_module_the_declared_one_is_used() -> None:
    both = [installed(name, modules=frozenset({"psycopg2"})) for name in ("psycopg2", "psycopg2-binary")]
    assert of(project_of({}, declares="psycopg2-binary", installed=both), "psycopg2") == Mapped(
        ("psycopg2-binary",), "recorded"
    )


def test_without_an_environment_the_table_says_it_then_the_name() -> None:
    project = project_of({}, declares="opencv-python-headless python-slugify")
    assert of(project, "cv2") == Mapped(("opencv-python-headless",), "table")
    assert of(project, "yaml.nodes") == Mapped(("pyyaml",), "table")
    assert of(project, "unheard_of.part") == Mapped(("unheard-of",), "guessed")


def test_a_guess_takes_a_name_that_a_lock_speaks_of() -> None:
    place = Place("uv.lock", 1)
    lock = Lock("uv.lock", "uv.lock", (Pinned("python-strange", "1", place),))
    assert of(replace(project_of({}), locks=(lock,)), "strange") == Mapped(("python-strange",), "guessed")


@pytest.mark.parametrize("module", ["os.path", "tomllib", "distutils.core", "_typeshed", "compression.zstd"])
def test_the_standard_library_of_any_python_is_nobodys(module: str) -> None:
    assert of(project_of({}), module) is None


def made(files: list[str], declares: str = "") -> Project:
    project = project_of(dict.fromkeys(files, ""), declares=declares)
    return replace(project, own=own_modules(files))


def test_the_projects_own_modules_are_its_own() -> None:
    assert of(made(["app/__init__.py", "src/pkg/__init__.py", "one.py"]), "app.main") is None
    assert of(made(["src/pkg/__init__.py"]), "pkg.part") is None
    assert of(made(["app/deep/helpers.py"]), "helpers") is None


def test_a_module_within_a_package_takes_no_name_from_a_distribution() -> None:
    files = ["app/__init__.py", "app/requests.py", "app/main.py"]
    assert of(made(files, "requests"), "requests") == Mapped(("requests",), "table")


def test_a_folder_without_init_takes_no_name_from_a_declared_distribution() -> None:
    files = ["alembic/env.py", "app/__init__.py"]
    assert of(made(files, "alembic"), "alembic.context") == Mapped(("alembic",), "table")
    assert of(made(files), "alembic.context") is None


def test_a_script_finds_what_lies_beside_it() -> None:
    files = ["scripts/run.py", "scripts/steps.py"]
    assert of(made(files), "steps", "scripts/run.py") is None


def test_a_namespace_that_the_project_shares_with_a_distribution_is_told_by_its_parts() -> None:
    files = ["src/poetry/__version__.py", "src/poetry/console/app.py"]
    project = made(files, "poetry-core")
    assert of(project, "poetry.core.masonry") == Mapped(("poetry-core",), "table")
    assert of(project, "poetry.console.app") is None


def test_a_command_is_of_the_distribution_that_has_it() -> None:
    project = project_of({}, declares="black", installed=[installed("awscli", commands=frozenset({"aws"}))])
    names = Names(project)

    def command(name: str) -> Mapped | None:
        return names.of(Usage("is run", Place("Makefile", 1), "makefiles", command=name))

    assert command("aws") == Mapped(("awscli",), "recorded")
    assert command("black") == Mapped(("black",), "guessed")
    assert command("ls") is None


def test_a_distribution_that_is_named_is_taken_as_it_is_said() -> None:
    use = Usage("is the engine", Place("a.py", 1), "engines", distribution="Open_PyXL")
    assert Names(project_of({})).of(use) == Mapped(("open-pyxl",), "stated")
