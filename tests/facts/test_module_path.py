"""Where imports are looked up, and which files a name runs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.reaching import SITE, entered
from builders.scenes import distribution_files, scene_of
from deadweight.core.entry import Entry, Kind
from deadweight.core.trace import Entrance
from deadweight.facts.entrances import ENTRANCES
from deadweight.facts.module_path import MODULE_PATH

TAG = "cpython-311-x86_64-linux-gnu.so"
OTHER = "opt/more/lib/python3.11/site-packages"
FILES = {
    "app.py": b"",
    f"{SITE}/plain.py": b"",
    f"{SITE}/package/__init__.py": b"",
    f"{SITE}/package/inner.py": b"",
    f"{SITE}/package/fast.{TAG}": b"",
    f"{SITE}/package/stable.abi3.so": b"",
    f"{SITE}/package/bare.so": b"",
    f"{SITE}/package/old.pyc": b"",
    f"{SITE}/space/one.py": b"",
    f"{OTHER}/space/two.py": b"",
    f"{SITE}/compiled/__init__.{TAG}": b"",
}


@pytest.mark.parametrize(
    ("name", "paths", "whole"),
    [
        ("plain", ("plain.py",), True),
        ("package", ("package/__init__.py",), True),
        ("package.inner", ("package/__init__.py", "package/inner.py"), True),
        ("package.inner.Class", ("package/__init__.py", "package/inner.py"), False),
        ("package.missing", ("package/__init__.py",), False),
        ("package.fast", ("package/__init__.py", f"package/fast.{TAG}"), True),
        ("package.stable", ("package/__init__.py", "package/stable.abi3.so"), True),
        ("package.bare", ("package/__init__.py", "package/bare.so"), True),
        ("package.old", ("package/__init__.py", "package/old.pyc"), True),
        ("compiled", (f"compiled/__init__.{TAG}",), True),
        ("space", (), True),
        ("space.one", ("space/one.py",), True),
        ("missing", (), False),
    ],
)
def test_a_name_runs_its_packages_and_itself(name: str, paths: tuple[str, ...], whole: bool) -> None:
    found = entered(FILES).ask(MODULE_PATH).resolve(name)
    assert (found.paths, found.whole) == (tuple(f"{SITE}/{path}" for path in paths), whole)


def test_a_namespace_package_has_parts_in_several_sites() -> None:
    assert entered(FILES).ask(MODULE_PATH).resolve("space.two").paths == (f"{OTHER}/space/two.py",)


def test_the_directory_of_the_script_comes_before_what_is_installed() -> None:
    scene = entered({"jobs/run.py": b"", "jobs/plain.py": b"", **FILES}, "python jobs/run.py")
    assert scene.ask(MODULE_PATH).resolve("plain").paths == ("jobs/plain.py",)


def test_a_path_in_the_environment_is_looked_into() -> None:
    scene = entered({"source/web.py": b""}, "python -m web", PYTHONPATH="/srv/source")
    assert scene.ask(MODULE_PATH).resolve("web").paths == ("source/web.py",)


def test_lines_of_path_files_and_maps_of_editable_installs_are_followed() -> None:
    finder = b"MAPPING: dict[str, str] = {'web': '/srv/work/web', 'tool': '/srv/work/tool.py'}\n"
    files = {
        f"{SITE}/more.pth": b"# a remark\n/srv/source\n../beside\nimport os\n",
        f"{SITE}/__editable___web_finder.py": finder,
        "source/first.py": b"",
        f"{SITE.rpartition('/')[0]}/beside/second.py": b"",
        "work/web/__init__.py": b"",
        **distribution_files(SITE, "any"),
    }
    places = entered(files).ask(MODULE_PATH)
    assert places.resolve("first").paths == ("source/first.py",)
    assert places.resolve("second").paths == (f"{SITE.rpartition('/')[0]}/beside/second.py",)
    assert places.resolve("web").paths == ("work/web/__init__.py",)
    assert not places.resolve("os").depth


def test_links_to_packages_are_followed() -> None:
    link = Entry(f"{SITE}/linked", Kind.SYMLINK, target="/store/linked")
    files: dict[str, bytes | Entry] = {"store/linked/__init__.py": b"", "store/linked/a.py": b"", link.path: link}
    scene = scene_of({**files, **FILES})
    scene.learn(ENTRANCES, (Entrance(("python", "app.py"), "--run"),))
    assert scene.ask(MODULE_PATH).resolve("linked.a").paths == ("store/linked/__init__.py", "store/linked/a.py")


@pytest.mark.parametrize(
    ("command", "library"),
    [
        ("/usr/bin/python3 x", "usr/lib/python3.11"),
        ("/usr/local/bin/python3 x", "usr/local/lib/python3.13"),
        ("tool", "usr/lib/python3.11"),
        ("./start.sh", "usr/local/lib/python3.13"),
    ],
)
def test_the_library_is_that_of_the_python_that_is_run(command: str, library: str) -> None:
    files = {
        "usr/bin/python3": b"\x7fELF",
        "usr/lib/python3.11/os.py": b"",
        "usr/local/bin/python3": b"\x7fELF",
        "usr/local/lib/python3.13/os.py": b"",
        "usr/bin/tool": b"#!/usr/bin/python3\n",
        "start.sh": b"#!/bin/sh\n",
        "bin/sh": b"\x7fELF",
    }
    scene = scene_of(files)
    scene.learn(ENTRANCES, (Entrance(tuple(command.split()), "--run"),))
    assert scene.ask(MODULE_PATH).resolve("os").paths == (f"{library}/os.py",)


def test_modules_are_found_by_the_beginning_of_their_names() -> None:
    places = entered(FILES).ask(MODULE_PATH)
    assert set(places.beginning("package.")) >= {f"{SITE}/package/inner.py", f"{SITE}/package/bare.so"}
    assert set(places.beginning("pl")) == {f"{SITE}/plain.py"}
    assert not set(places.beginning("package.x"))


def test_a_module_is_called_by_the_path_below_the_nearest_root() -> None:
    places = entered(FILES).ask(MODULE_PATH)
    assert places.name_of(f"{SITE}/package/__init__.py") == "package"
    assert places.name_of(f"{SITE}/package/fast.{TAG}") == "package.fast"
    assert places.name_of("app.py") == "app"
    assert places.is_installed(f"{SITE}/package/inner.py")
    assert not places.is_installed("app.py")


@given(st.lists(st.sampled_from(["", "p", "q", "r", "ns", "one", "app", "absent", "deep"]), min_size=1, max_size=4))
def test_a_name_is_as_deep_as_the_longest_beginning_of_it_that_is_whole(parts: list[str]) -> None:
    """However it was asked before: what is not there is not remembered."""
    files = {f"{SITE}/{name}": b"" for name in ("p/__init__.py", "p/q.py", "p/r/deep.py", "ns/one/__init__.py")}
    places = scene_of({"app.py": b"", **files}).ask(MODULE_PATH)
    found = places.resolve(".".join(parts))
    beginnings = [places.resolve(".".join(parts[:count])) for count in range(1, len(parts) + 1)]
    assert found.whole is beginnings[-1].whole is (found.depth == len(parts))
    whole = [one for one in beginnings if one.whole]
    assert found.depth == len(whole)
    assert not whole or found.paths == whole[-1].paths
