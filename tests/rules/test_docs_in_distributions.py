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
    ["pkg/docs/guide.html", "pkg/examples/run.py", "pkg/README.md", "pkg/_vendor/CHANGELOG.rst", "share/doc/pkg/a.txt"],
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
