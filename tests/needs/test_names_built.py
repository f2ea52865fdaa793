"""Modules need what they import by names that they build, list or load late."""

from __future__ import annotations

import pytest

from builders.reaching import SITE, entered, reached
from builders.scenes import distribution_files
from deadweight.facts.bodies import MAX_SOURCE
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


CALLS = b"from library.one import _load\n"
LOADS = b"def _load(n, *, m='none'):\n    for one in m:\n        import_module(f'library.drivers.{n}')\n"


@pytest.mark.parametrize(
    ("one", "two", "names"),
    [
        (LOADS, CALLS + b"_load('fast')\n", {"drivers/fast.py"}),
        (LOADS, CALLS + b"x = 1\ndef f():\n    return _load(n='fast', m=['x'])\n", {"drivers/fast.py"}),
        (LOADS, CALLS + b"_load.__module__ = 'library'\n_load('fast')\n", {"drivers/fast.py"}),
        (LOADS, CALLS + b"_load('json')\n_load('gone')\n", set()),
        (
            LOADS.replace(b"(f'library.drivers.{n}')", b"(n)"),
            CALLS + b"_load('library.drivers.fast')\n",
            {"drivers/fast.py"},
        ),
        (LOADS.replace(b"{n}", b"{one}"), CALLS + b"_load('x', m=('fast', 'y'))\n", {"drivers/fast.py"}),
        (b"def _load(n):\n    a = f'library.{n}'\n    import_module(a)\n", CALLS + b"_load('drivers')\n", set()),
        (LOADS.replace(b"import_module(f", b"__import__(f"), CALLS + b"_load('fast')\n", {"drivers/fast.py"}),
    ],
)
def test_what_every_caller_writes_out_is_followed_in_the_callers(one: bytes, two: bytes, names: set[str]) -> None:
    found = handing(one, two)
    assert found & {"drivers/fast.py", "drivers/slow.py", "three.py"} == names


def test_only_callers_that_are_reached_hand_anything() -> None:
    found = handing(LOADS + b"_load('fast')\n", b"x = 1\n", b"from library.one import _load\n_load('slow')\n")
    assert "drivers/fast.py" in found
    assert "drivers/slow.py" not in found


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (LOADS, CALLS + b"def f(name):\n    _load(name)\n"),
        (LOADS, CALLS + b"_load('fast', m=[str(1)])\n_load(*names)\n"),
        (LOADS, CALLS + b"_load('fast')\n_load(**names)\n"),
        (LOADS, CALLS + b"_load('fast')\nhand_on(_load)\n"),
        (LOADS, CALLS + b"_load('fast')\n_load.__call__(name)\n"),
        (LOADS, b"from library.one import _load as load\nload(x)\n_load('fast')\n"),
        (LOADS, b"x = 1\n"),
        (b"@registered\n" + LOADS, CALLS + b"_load('fast')\n"),
        (LOADS.replace(b"m='none'", b"m=MORE"), CALLS + b"_load('fast')\n"),
        (LOADS.replace(b"_load", b"load"), CALLS.replace(b"_load", b"load") + b"load('fast')\n"),
        (LOADS.replace(b"{n}", b"{n}{other}"), CALLS + b"_load('fast')\n"),
        (b"def g():\n" + LOADS.replace(b"\n", b"\n    ").replace(b"def", b"    def", 1), CALLS + b"_load('fast')\n"),
        (LOADS.replace(b"    for", b"    n = n.lower()\n    for"), CALLS + b"_load('fast')\n"),
    ],
)
def test_what_a_caller_may_compute_is_what_only_a_run_can_tell(one: bytes, two: bytes) -> None:
    assert {"drivers/slow.py", "drivers/fast.py"} <= handing(one, two)


def test_a_source_that_is_too_large_to_be_read_may_hand_anything() -> None:
    called = CALLS + b"_load('fast')\n"
    assert "drivers/slow.py" not in handing(LOADS, called, b"# small\n")
    assert "drivers/slow.py" in handing(LOADS, called, b"#" * (MAX_SOURCE + 1))


def test_a_caller_of_a_private_module_that_computes_a_name_leaves_all_beside_it() -> None:
    one = b"def load(n):\n    import_module(n)\n"
    calls = b"from library._one import load\n"
    files = {"library/_one.py": one, "library/three.py": b"", "library/__init__.py": b"from library import two\n"}
    assert "three.py" not in _library({**files, "library/two.py": calls + b"load('json')\n"})
    assert "three.py" in _library({**files, "library/two.py": calls + b"load(name)\n"})


def handing(one: bytes, two: bytes, three: bytes = b"") -> set[str]:
    """The modules that are reached of a library whose `one` loads others and whose `two` calls it."""
    return _library(
        {
            "library/__init__.py": b"from library import one, two\n",
            "library/one.py": one,
            "library/two.py": two,
            "library/three.py": three,
            "library/drivers/__init__.py": b"",
            "library/drivers/fast.py": b"",
            "library/drivers/slow.py": b"",
        }
    )


def _library(files: dict[str, bytes]) -> set[str]:
    scene = entered({"app.py": b"import library\n", **distribution_files(SITE, "library", files=files)})
    return {path.removeprefix(f"{SITE}/library/") for path in reached(scene, [ENTRANCES, IMPORTS])}
