"""A project's own modules as an import names them."""

from __future__ import annotations

from deadweight.facts.own_module_names import OwnModules, own_module_names


def test_modules_below_a_folder_of_sources_are_named_from_there() -> None:
    found = own_module_names(["src/service/__init__.py", "src/service/web/routes.py", "worker.py", "README.md"])
    assert found == OwnModules(("service", "service.web.routes", "worker"), ("", "src"))


def test_what_is_run_and_not_imported_is_left_out() -> None:
    paths = ["setup.py", "conftest.py", "app/__main__.py", "app/conftest.py", "noxfile.py", "app/a-b.py", "x/2.py"]
    assert own_module_names([*paths, "app/main.py"]).names == ("app.main",)
    assert own_module_names(["__init__.py"]).names == ()
