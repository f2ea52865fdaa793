from __future__ import annotations

from builders.scenes import distribution_files
from builders.sites import SITE, site_scene
from deadweight.facts.application_imports import APPLICATION_IMPORTS


def test_top_level_names_of_all_imports_of_the_application_are_told() -> None:
    files = {"app/main.py": b"import a.b\ndef f():\n    from c import d\n"}
    assert site_scene(files).ask(APPLICATION_IMPORTS) == {"a": "app/main.py", "c": "app/main.py"}


def test_what_distributions_import_is_left_out() -> None:
    parts = distribution_files(SITE, "pkg", files={"pkg/__init__.py": b"import numpy\n"})
    assert site_scene(parts).ask(APPLICATION_IMPORTS) == {}


def test_code_that_only_builds_tests_or_documents_is_left_out() -> None:
    files = dict.fromkeys(("setup.py", "noxfile.py", "docs/conf.py", "tests/test_a.py"), b"import sphinx\n")
    assert site_scene({**files, "conf.py": b"import a\n"}).ask(APPLICATION_IMPORTS) == {"a": "conf.py"}
