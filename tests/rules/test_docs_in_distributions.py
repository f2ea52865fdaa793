from __future__ import annotations

import pytest

from builders.scenes import distribution_files
from builders.sites import SITE, found_paths, only, site_scene
from deadweight.core.edit import Safety
from deadweight.core.scene import Scene
from deadweight.rules.docs_in_distributions import RULE


def scene_with(files: dict[str, bytes]) -> Scene:
    return site_scene(distribution_files(SITE, "pkg", files={"pkg/__init__.py": b"", **files}))


@pytest.mark.parametrize(
    "path",
    ["pkg/docs/guide.html", "pkg/examples/run.py", "pkg/README.md", "CHANGELOG.rst", "share/doc/pkg/a.txt"],
)
def test_finds_documentation(path: str) -> None:
    found = only(RULE, scene_with({path: b"text"}))
    assert found.paths == (f"{SITE}/{path}",)
    assert found.safety is Safety.SAFE


@pytest.mark.parametrize(
    "path", ["pkg/docs/LICENSE", "pkg/examples/NOTICE.txt", "share/doc/pkg/COPYING", "pkg/AUTHORS.rst"]
)
def test_leaves_what_a_licence_asks_to_travel_along(path: str) -> None:
    assert not found_paths(RULE, scene_with({path: b"text"}))


def test_leaves_a_docs_folder_that_is_a_package() -> None:
    """botocore/docs makes the docstrings of clients at run time."""
    assert not found_paths(RULE, scene_with({"pkg/docs/__init__.py": b"", "pkg/docs/method.py": b""}))


def test_leaves_pages_that_the_distribution_reads_by_name() -> None:
    """huggingface_hub fills templates/modelcard_template.md."""
    files = {"pkg/cards.py": b"CARD = 'README.md'\n", "pkg/README.md": b"text"}
    assert not found_paths(RULE, scene_with(files))


def test_leaves_a_folder_that_the_distribution_finds_by_its_own_place() -> None:
    files = {"pkg/demo.py": b"HERE = Path(__file__).parent / 'examples'\n", "pkg/examples/a.json": b"{}"}
    assert not found_paths(RULE, scene_with(files))


def test_leaves_prose_that_no_known_name_tells_as_documentation() -> None:
    assert not found_paths(RULE, scene_with({"pkg/prompts/system.md": b"You are", "pkg/words.txt": b"a"}))


def test_leaves_the_licences_and_the_description_in_the_metadata() -> None:
    assert not found_paths(RULE, scene_with({"pkg-1.0.dist-info/licenses/README.md": b"text"}))


def test_leaves_the_skeleton_from_which_ansible_galaxy_makes_a_collection() -> None:
    """ansible/galaxy/data/default/collection/docs holds the file that makes the folder of a new collection."""
    files = {
        "pkg/galaxy/__init__.py": b"",
        "pkg/galaxy/data/default/collection/docs/.git_keep": b"keep",
        "pkg/galaxy/data/default/role/README.md": b"Role Name",
    }
    assert not found_paths(RULE, scene_with(files))


def test_leaves_stubs_of_an_example_module_that_jedi_reads() -> None:
    """jedi/third_party/typeshed/stubs/tensorflow/tensorflow/core/example/*.pyi are stubs of tensorflow.core.example."""
    assert not found_paths(
        RULE, scene_with({"pkg/typeshed/__init__.py": b"", "pkg/example/feature_pb2.pyi": b"x: int"})
    )


@pytest.mark.parametrize(
    "source", [b"from pkg.examples import run\n", b"def f():\n    import pkg.examples.run\n", b"import pkg.examples\n"]
)
def test_leaves_examples_without_an_init_that_the_application_imports(source: bytes) -> None:
    package = distribution_files(SITE, "pkg", files={"pkg/__init__.py": b"", "pkg/examples/run.py": b"x = 1"})
    assert not found_paths(RULE, site_scene(package, {"app/main.py": source}))


def test_leaves_examples_that_the_package_itself_imports() -> None:
    files = {"pkg/demo.py": b"from .examples.run import main\n", "pkg/examples/run.py": b"x = 1"}
    assert not found_paths(RULE, scene_with(files))


def test_leaves_a_text_with_the_name_of_a_document_that_its_package_reads() -> None:
    files = {"pkg/news.txt": b"text", "pkg/feed.py": b"open(HERE / 'news.txt')\n"}
    assert not found_paths(RULE, scene_with(files))


def installed_outside(path: str) -> dict[str, bytes]:
    """A distribution with one file in the environment, outside its site."""
    parts = distribution_files(SITE, "pkg", files={"pkg/__init__.py": b""})
    parts[f"{SITE}/pkg-1.0.dist-info/RECORD"] += f"../../../{path},,\n".encode()
    return {**parts, path: b"text"}


@pytest.mark.parametrize("path", ["share/pkg/docs/a.html", "etc/pkg/README.md", "share/jupyter/examples/a.json"])
def test_leaves_what_a_package_installs_as_data_outside_its_site(path: str) -> None:
    assert not found_paths(RULE, site_scene(installed_outside(path)))


@pytest.mark.parametrize("path", ["share/man/man1/pkg.1", "share/doc/pkg/guide.html"])
def test_finds_the_manual_that_a_package_installs_outside_its_site(path: str) -> None:
    assert found_paths(RULE, site_scene(installed_outside(path))) == {path}


def test_finds_a_folder_of_examples_at_the_top_of_the_site() -> None:
    assert found_paths(RULE, scene_with({"examples/run.py": b"x"})) == {f"{SITE}/examples/run.py"}
