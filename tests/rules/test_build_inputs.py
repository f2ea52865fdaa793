from __future__ import annotations

import pytest

from builders.scenes import distribution_files
from builders.sites import SITE, image_running, site_scene
from deadweight.core.artifact import Image
from deadweight.core.edit import Safety
from deadweight.core.finding import Confidence, Finding
from deadweight.facts.distributions import DISTRIBUTIONS
from deadweight.rules.build_inputs import build_inputs


def found(name: str, code: bytes, application: bytes = b"", image: Image | None = None) -> Finding | None:
    parts = distribution_files(SITE, name, files={f"{name}/__init__.py": code, f"{name}/a.h": b"int a;\n"})
    scene = site_scene(parts, {"app/main.py": application}, image=image)
    (one,) = scene.ask(DISTRIBUTIONS)
    return build_inputs(scene, "headers", one, [f"{SITE}/{name}/a.h"])


def safety(one: Finding | None) -> Safety | None:
    return one.safety if one else None


def test_nothing_is_found_without_files() -> None:
    scene = site_scene(distribution_files(SITE, "pkg"))
    (one,) = scene.ask(DISTRIBUTIONS)
    assert build_inputs(scene, "headers", one, []) is None


def test_files_that_nothing_speaks_of_are_certain_and_safe() -> None:
    one = found("pkg", b"")
    assert one is not None
    assert (one.safety, one.confidence) == (Safety.SAFE, Confidence.CERTAIN)
    assert one.evidence[0].where == f"{SITE}/pkg/a.h"


def test_files_that_the_distribution_speaks_of_are_possible_and_proven() -> None:
    one = found("pkg", b"HEADER = 'a.h'\n")
    assert one is not None
    assert (one.safety, one.confidence) == (Safety.PROVEN, Confidence.POSSIBLE)


@pytest.mark.parametrize(
    "application", [b"import pyximport\n", b"import triton\n", b"ffi = cffi.FFI()\n", b"np.get_include()\n"]
)
def test_an_application_that_builds_keeps_them(application: bytes) -> None:
    assert found("pkg", b"", application) is None


def test_an_application_that_builds_keeps_nothing_in_an_image_without_a_compiler() -> None:
    assert safety(found("pkg", b"", b"import cffi\n", image_running("python"))) is Safety.SAFE


@pytest.mark.parametrize("name", ["cython", "nanobind", "pybind11", "numba"])
def test_what_exists_to_build_keeps_its_own(name: str) -> None:
    assert found(name, b"") is None
