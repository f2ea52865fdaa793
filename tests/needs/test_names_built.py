"""Modules need what they import by names that they build, list or load late."""

from __future__ import annotations

import pytest

from builders.reaching import SITE, entered, reached
from builders.scenes import distribution_files
from deadweight.needs.entrances import NEED as ENTRANCES
from deadweight.needs.imports import NEED as IMPORTS


def modules(init: bytes, app: bytes = b"import library\n") -> set[str]:
    """The modules that are reached of a library with this `__init__`, relative to its package."""
    files = {
        "library/__init__.py": init,
        "library/one.py": b"",
        "library/two.py": b"",
        "library/drivers/__init__.py": b"",
        "library/drivers/fast.py": b"",
        "library/drivers/slow.py": b"",
        "plug_red.py": b"",
        "plug_blue.py": b"",
    }
    scene = entered({"app.py": app, **distribution_files(SITE, "library", files=files)})
    found = {path.removeprefix(f"{SITE}/") for path in reached(scene, [ENTRANCES, IMPORTS]) if path.startswith(SITE)}
    return {path.removeprefix("library/") for path in found} - {"__init__.py"}


DRIVERS = {"drivers/__init__.py", "drivers/fast.py", "drivers/slow.py"}
ALL = {"one.py", "two.py", "drivers/__init__.py"}


@pytest.mark.parametrize(
    ("init", "names"),
    [
        (b"import importlib\ndef f(n):\n    importlib.import_module(f'library.drivers.{n}')\n", DRIVERS),
        (b"def f(n):\n    __import__('library.drivers.' + n)\n", DRIVERS),
        (b"def f(n):\n    import_module('library.drivers.%s' % n)\n", DRIVERS),
        (b"def f(n):\n    import_module('library.drivers.{}'.format(n))\n", DRIVERS),
        (b"def f(n):\n    import_module('.' + n, 'library.drivers')\n", DRIVERS),
        (b"def f(n):\n    name = 'library.drivers.' + n\n    return import_module(name)\n", DRIVERS),
        (b"def f(n):\n    import_module('library.drivers.f' + n)\n", {"drivers/__init__.py", "drivers/fast.py"}),
        (b"def f(n):\n    import_module(f'plug_{n}')\n", {"plug_red.py", "plug_blue.py"}),
        (b"def f(n):\n    import_module('.' + n, __name__)\n", ALL),
        (b"def f(n):\n    import_module(n)\n", ALL),
        (b"import pkgutil\nfor one in pkgutil.iter_modules(__path__): pass\n", ALL),
        (b"def f(n):\n    walk_packages(import_module(n))\nf('library.drivers')\n", ALL | DRIVERS),
        (b"T = {'a': 'library.one'}\ndef f(n):\n    import_module(T[n])\n", {"one.py"}),
        (b"for n in ('library.one', 'library.two'):\n    import_module(n)\n", {"one.py", "two.py"}),
        (b"import_module('.one', __name__)\n", {"one.py"}),
        (b"lazy = {'one'}\ndef __getattr__(n):\n    return import_module('.' + n, __name__)\n", {"one.py"}),
        (b"def __getattr__(n):\n    return import_module('.' + n, __name__)\n", ALL),
        (b"import lazy_loader\na, b, c = lazy_loader.attach(__name__, submodules=['one'])\n", {"one.py"}),
        (b"_import_structure = {'two': ['Thing']}\n", {"two.py"}),
        (b"__all__ = ['one']\n", {"one.py"}),
        (b"import sys\nsys.modules[__name__] = Lazy(__name__, define_import_structure(__file__))\n", ALL),
        (b"words = ['one', 'two']\n", set()),
        (b"def f(c):\n    import_module(c.__module__)\n", set()),
        (b"def f(n):\n    import_module('%s.fast' % n)\n", ALL | {"drivers/fast.py"}),
        (b"def f(n, m):\n    import_module(f'{n}.drivers.{m}')\n", ALL | DRIVERS),
        (b"def f(n):\n    import_module(n)\n    this is no python\n", ALL),
        (b"x = 'one'; this is no python\n", set()),
    ],
)
def test_built_names_reach_what_they_can_come_to(init: bytes, names: set[str]) -> None:
    assert modules(init) == names


def test_a_name_that_a_caller_hands_to_an_importer_is_reached() -> None:
    app = b"from elsewhere import optional_import\nred = optional_import('plug_red')\nother = print('plug_blue')\n"
    assert modules(b"", app) == {"plug_red.py"}


def test_packages_that_the_application_names_are_reached_whole() -> None:
    assert modules(b"", b"INSTALLED_APPS = ['library']\n") == ALL | DRIVERS
    assert modules(b"", b"ENGINE = 'library.drivers'\n") == DRIVERS
    assert modules(b"", b"import library\nENGINE = 'library'\n") == set()


def test_the_modules_of_one_package_of_the_application_go_together() -> None:
    files = {
        "app.py": b"import web.main\n",
        "web/__init__.py": b"",
        "web/main.py": b"",
        "web/jobs.py": b"",
        "x.py": b"",
    }
    found = set(reached(entered(files), [ENTRANCES, IMPORTS]))
    assert found == {"app.py", "web/__init__.py", "web/main.py", "web/jobs.py"}
