"""What Python needs beside imports: entry points, data, its start, bytecode, pickles, and what runs touched."""

from __future__ import annotations

import pickle
import zlib
from collections import OrderedDict

import pytest

from builders.reaching import SITE, entered, reached
from builders.scenes import distribution_files
from deadweight.core.trace import Touch, Trace, Use
from deadweight.facts.trace import TRACE
from deadweight.needs.bytecode import NEED as BYTECODE
from deadweight.needs.entrances import NEED as ENTRANCES
from deadweight.needs.entry_points import NEED as ENTRY_POINTS
from deadweight.needs.extension_modules import NEED as EXTENSIONS
from deadweight.needs.imports import NEED as IMPORTS
from deadweight.needs.package_data import NEED as DATA
from deadweight.needs.pickles import NEED as PICKLES
from deadweight.needs.startup import NEED as STARTUP
from deadweight.needs.trace import NEED as TOUCHED

PLUGIN = distribution_files(
    SITE,
    "plugin",
    files={"plugin/__init__.py": b"", "plugin/part.py": b"", "plugin/rest.py": b""},
    entry_points="[host.parts]\nx = plugin.part:Thing [extra]\n[other]\ny = plugin.rest\n",
)


@pytest.mark.parametrize(
    ("source", "names"),
    [
        (b"entry_points(group='host.parts')\n", {"part.py"}),
        (b"for p in pkg_resources.iter_entry_points('other'): pass\n", {"rest.py"}),
        (b"GROUP = 'host.parts'\nentry_points().get(GROUP)\n", {"part.py"}),
        (b"stevedore.ExtensionManager('other')\n", {"rest.py"}),
        (b"def f(group):\n    return entry_points(group=group)\n", {"part.py"}),
        (b"x = 'host.parts'\n", set()),
    ],
)
def test_entry_points_of_a_group_that_is_looked_up_are_reached(source: bytes, names: set[str]) -> None:
    host = distribution_files(SITE, "host", files={"host/__init__.py": source})
    found = reached(entered({"app.py": b"import host\n", **host, **PLUGIN}), [ENTRANCES, IMPORTS, ENTRY_POINTS])
    inner = {path.removeprefix(f"{SITE}/plugin/") for path in found if path.startswith(f"{SITE}/plugin/")}
    assert inner - {"__init__.py"} == names


def test_data_is_reached_with_a_module_of_its_package() -> None:
    files = {
        "library/__init__.py": b"",
        "library/table.json": b"{}",
        "library/data/deep/a.csv": b"",
        "library/other/__init__.py": b"",
        "library/other/b.csv": b"",
        "library/native.so": b"",
    }
    host = distribution_files(SITE, "library", files=files | {"../../../share/library/c.txt": b""})
    host["venv/share/library/c.txt"] = host.pop(f"{SITE}/../../../share/library/c.txt")
    found = reached(entered({"app.py": b"import library\n", **host}), [ENTRANCES, IMPORTS, DATA])
    inner = {path for path in found if path.endswith((".json", ".csv", ".txt", ".so"))}
    assert inner == {f"{SITE}/library/table.json", f"{SITE}/library/data/deep/a.csv", "venv/share/library/c.txt"}


def test_time_zones_come_with_their_distribution() -> None:
    files = {"tzdata/__init__.py": b"", "tzdata/zoneinfo/Europe/__init__.py": b"", "tzdata/zoneinfo/Europe/Rome": b"TZ"}
    found = reached(
        entered({"app.py": b"import tzdata\n", **distribution_files(SITE, "tzdata", files=files)}),
        [ENTRANCES, IMPORTS, DATA],
    )
    assert {f"{SITE}/{path}" for path in files} <= set(found)


LIBRARY = {
    "usr/lib/python3.11/os.py": b"",
    "usr/lib/python3.11/site.py": b"",
    "usr/lib/python3.11/codecs.py": b"",
    "usr/lib/python3.11/encodings/__init__.py": b"",
    "usr/lib/python3.11/encodings/idna.py": b"",
    "usr/lib/python3.11/_strptime.py": b"",
    "usr/lib/python3.11/turtle.py": b"",
    "usr/lib/python3.11/multiprocessing/__init__.py": b"",
    "usr/lib/python3.11/multiprocessing/resource_tracker.py": b"",
    "usr/lib/python3.11/lib-dynload/_datetime.cpython-311-x86_64-linux-gnu.so": b"",
    "usr/lib/python3.11/_sysconfigdata__linux_x86_64-linux-gnu.py": b"",
}


def test_python_starts_with_what_it_imports_by_itself() -> None:
    found = reached(entered({"app.py": b"", **LIBRARY}), [ENTRANCES, IMPORTS, STARTUP])
    left = {path.rpartition("/")[2] for path in LIBRARY if path not in found}
    assert left == {"turtle.py", "__init__.py", "resource_tracker.py"}


def test_the_late_parts_of_a_library_package_come_with_it() -> None:
    found = reached(entered({"app.py": b"import multiprocessing\n", **LIBRARY}), [ENTRANCES, IMPORTS, STARTUP])
    assert "usr/lib/python3.11/multiprocessing/resource_tracker.py" in found


def test_an_environment_finds_its_python_and_lines_of_path_files_are_imported() -> None:
    files = {
        "app.py": b"",
        "venv/pyvenv.cfg": b"",
        f"{SITE}/_early.pth": b"import _early\n/elsewhere\n",
        f"{SITE}/_early.py": b"",
        f"{SITE}/late.py": b"",
        **distribution_files(SITE, "plugin"),
    }
    found = reached(entered(files), [ENTRANCES, IMPORTS, STARTUP])
    assert {"venv/pyvenv.cfg", f"{SITE}/_early.pth", f"{SITE}/_early.py"} <= set(found)
    assert f"{SITE}/late.py" not in found


def test_the_hook_of_a_development_tool_is_not_what_python_needs_to_start() -> None:
    tool = {
        f"{SITE}/setuptools-66.egg-info/PKG-INFO": b"Name: setuptools\nVersion: 66\n",
        f"{SITE}/setuptools-66.egg-info/top_level.txt": b"_distutils_hack\nsetuptools\n",
        f"{SITE}/_distutils_hack/__init__.py": b"",
        f"{SITE}/setuptools/__init__.py": b"",
        f"{SITE}/distutils-precedence.pth": b"import os; on = True and __import__('_distutils_hack').add_shim();\n",
    }
    files = {"app.py": b"import late\n", "venv/pyvenv.cfg": b"", f"{SITE}/late.py": b"", **tool}
    found = reached(entered(files), [ENTRANCES, IMPORTS, STARTUP])
    assert f"{SITE}/late.py" in found
    assert not set(found) & set(tool)


def test_no_python_needs_no_start() -> None:
    assert set(reached(entered({"run.sh": b"#!/bin/sh\n", **LIBRARY}, "./run.sh"), [ENTRANCES, STARTUP])) == {"run.sh"}


def test_bytecode_comes_with_its_source_alone() -> None:
    files = {
        "app.py": b"",
        "__pycache__/app.cpython-311.pyc": b"",
        "__pycache__/app.cpython-311.opt-1.pyc": b"",
        "__pycache__/apple.cpython-311.pyc": b"",
    }
    assert set(files) - set(reached(entered(files), [ENTRANCES, BYTECODE])) == {"__pycache__/apple.cpython-311.pyc"}


@pytest.mark.parametrize("protocol", [0, 2, 5])
@pytest.mark.parametrize("packed", [False, True])
def test_a_pickle_of_the_application_reaches_the_modules_that_it_names(protocol: int, packed: bool) -> None:
    body = pickle.dumps(OrderedDict(a=1), protocol).replace(b"collections", b"models.tree")
    library = distribution_files(
        SITE, "models", files={"models/__init__.py": b"", "models/tree.py": b"", "models/x.py": b""}
    )
    scene = entered({"app.py": b"", "model.pkl": zlib.compress(body) if packed else body, **library})
    found = {path for path in reached(scene, [ENTRANCES, PICKLES]) if path.startswith(SITE)}
    assert found == {f"{SITE}/models/__init__.py", f"{SITE}/models/tree.py"}


def test_what_runs_touched_is_reached_and_the_source_of_bytecode_too() -> None:
    scene = entered({"app.py": b"", "a/x.py": b"", "a/__pycache__/x.cpython-311.pyc": b"", "b.txt": b"", "c.txt": b""})
    touches = (Touch("a/__pycache__/x.cpython-311.pyc", {Use.OPENED: 1}), Touch("b.txt", {Use.STATED: 2}, process="py"))
    scene.learn(TRACE, Trace("digest", touches=touches))
    found = reached(scene, [TOUCHED])
    assert set(found) == {"a/x.py", "a/__pycache__/x.cpython-311.pyc", "b.txt"}
    assert found["b.txt"].says == "was stated 2 times by py in a watched run"


def test_an_untraced_program_has_no_touched_paths() -> None:
    assert not reached(entered({"app.py": b""}), [TOUCHED])


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (b"\0library._methods\0", {"_methods.py"}),
        (b"\0_methods\0", {"_methods.py"}),
        (b"\0required.one\0", {"required/one.py"}),
        (b"\0unrelated\0", set()),
        (b"__pyx_" + zlib.compress(b"some_names_library._methods_and_more" * 3), {"_methods.py"}),
    ],
)
def test_names_in_an_extension_module_reach_modules_of_its_own_and_of_what_it_requires(
    text: bytes, names: set[str]
) -> None:
    core = "library/_core.cpython-311-x86_64-linux-gnu.so"
    files = {"library/__init__.py": b"from . import _core\n", core: b"\x7fELF" + text, "library/_methods.py": b""}
    library = distribution_files(SITE, "library", files=files, requires=["required"])
    required = distribution_files(SITE, "required", files={"required/__init__.py": b"", "required/one.py": b""})
    scene = entered({"app.py": b"import library\n", **library, **required})
    found = reached(scene, [ENTRANCES, IMPORTS, EXTENSIONS])
    inner = {path.removeprefix(f"{SITE}/").removeprefix("library/") for path in found if path.startswith(SITE)}
    assert f"{SITE}/{core}" in found
    assert inner - {"__init__.py", "required/__init__.py", core.removeprefix("library/")} == names


def test_what_python_was_built_with_is_no_package_with_data() -> None:
    config = "usr/lib/python3.11/config-3.11-x86_64-linux-gnu"
    files = {
        "app.py": b"import os\n",
        "usr/lib/python3.11/os.py": b"",
        f"{config}/helper.py": b"",
        f"{config}/makesetup": b"#!/bin/sh\ncc\n",
    }
    scene = entered(files)
    assert not [step.path for step in DATA.follow(scene, f"{config}/helper.py")]


def test_lists_of_entry_points_that_a_run_read_are_no_use_of_their_distributions() -> None:
    scene = entered({"app.py": b"", **PLUGIN})
    info = f"{SITE}/plugin-1.0.dist-info"
    touches = tuple(Touch(f"{info}/{name}", {Use.OPENED: 1}, 0.0, "p") for name in ("entry_points.txt", "METADATA"))
    scene.learn(TRACE, Trace(scene.artifact.digest, "app", touches))
    assert {step.path for step in TOUCHED.seeds(scene)} == {f"{info}/METADATA"}
