from __future__ import annotations

import sys

from packaging.markers import Marker

from builders.scenes import artifact_of, scene_from, scene_of
from builders.sites import image_running
from deadweight.facts.target import MARKERS


def test_the_version_is_that_of_the_library_directory() -> None:
    markers = scene_of({"usr/lib/python3.9/site-packages/a.py": b"", "x/lib/python3.9/b.py": b""}).ask(MARKERS)
    assert (markers["python_version"], markers["python_full_version"]) == ("3.9", "3.9.0")


def test_the_version_is_that_of_extension_modules_where_no_directory_tells() -> None:
    markers = scene_of({"deps/numpy/_x.cpython-313-x86_64-linux-gnu.so": b""}).ask(MARKERS)
    assert markers["python_version"] == "3.13"


def test_the_version_is_that_of_this_python_where_nothing_tells() -> None:
    assert scene_of({"a.py": b""}).ask(MARKERS)["python_version"] == f"{sys.version_info[0]}.{sys.version_info[1]}"


def test_the_machine_is_that_of_the_image() -> None:
    scene = scene_from(artifact_of({"a.py": b""}, image=image_running("python")))
    assert scene.ask(MARKERS)["platform_machine"] == "x86_64"


def test_every_marker_can_be_evaluated() -> None:
    markers = scene_of({"a.py": b""}).ask(MARKERS)
    values = dict(markers)
    names = "os_name sys_platform platform_machine platform_system platform_release python_version implementation_name"
    for name in names.split():
        Marker(f"{name} != 'nothing'").evaluate(values)
