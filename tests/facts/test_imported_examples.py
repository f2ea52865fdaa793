from __future__ import annotations

import pytest

from builders.scenes import distribution_files
from builders.sites import SITE, site_scene
from deadweight.facts.imported_examples import IMPORTED_EXAMPLES


@pytest.mark.parametrize(
    ("source", "folders"),
    [
        (b"from pkg.examples import run\n", {"pkg/examples"}),
        (b"import pkg.docs.method\n", {"pkg/docs"}),
        (b"def f():\n    from pkg.example.a import b\n", {"pkg/example"}),
        (b"from pkg import examples\n", {"pkg/examples"}),
        (b"import pkg.examples.docs.x\n", {"pkg/examples", "pkg/examples/docs"}),
        (b"import doctest, pkg.documents, pkg.my_examples\n", set()),
        (b"x = 'pkg.examples.run'\n", set()),
    ],
)
def test_a_folder_is_named_by_every_import_that_leads_into_it(source: bytes, folders: set[str]) -> None:
    assert site_scene({"app/main.py": source}).ask(IMPORTED_EXAMPLES) == folders


def test_a_relative_import_leads_into_the_folder_of_its_own_package() -> None:
    files = {"pkg/__init__.py": b"", "pkg/deep/demo.py": b"from ..examples.run import main\n"}
    assert site_scene(distribution_files(SITE, "pkg", files=files)).ask(IMPORTED_EXAMPLES) == {"pkg/examples"}
