from __future__ import annotations

import pytest

from builders.scenes import distribution_files
from builders.sites import SITE, image_running, site_scene
from deadweight.facts.native_builds import NATIVE_BUILDS, is_builder


def test_an_application_that_compiles_is_told_with_its_source() -> None:
    scene = site_scene({"app/main.py": b"model = torch.compile(model)\n"})
    assert scene.ask(NATIVE_BUILDS).application == "app/main.py"


def test_a_distribution_that_may_compile_with_torch_is_told() -> None:
    scene = site_scene(
        distribution_files(SITE, "torch", files={"torch/__init__.py": b"import torch.x\n'torch.compile'\n"}),
        distribution_files(SITE, "fast", files={"fast/ops.py": b"from torch.utils import cpp_extension\n"}),
    )
    assert scene.ask(NATIVE_BUILDS).torch_user(f"{SITE}/torch-1.0.dist-info") == f"{SITE}/fast/ops.py"


def test_a_word_on_compiling_without_an_import_of_torch_is_no_use() -> None:
    """setuptools/_distutils names cpp_extension in a comment."""
    parts = distribution_files(SITE, "setuptools", files={"setuptools/msvc.py": b"# see cpp_extension\n"})
    assert site_scene(parts).ask(NATIVE_BUILDS).with_torch == {}


def test_an_image_without_a_compiler_can_build_nothing() -> None:
    assert not site_scene({"usr/bin/env": b""}, image=image_running("a")).ask(NATIVE_BUILDS).possible
    assert site_scene({"usr/bin/x86_64-linux-gnu-g++-12": b""}, image=image_running("a")).ask(NATIVE_BUILDS).possible


def test_a_directory_may_be_used_where_there_is_a_compiler() -> None:
    assert site_scene({"bin/python": b""}).ask(NATIVE_BUILDS).possible


@pytest.mark.parametrize(
    "name", ["triton", "pytorch-triton-rocm", "cffi", "cython", "numba", "cupy-cuda12x", "deepspeed"]
)
def test_what_exists_to_build_is_a_builder(name: str) -> None:
    assert is_builder(name)


@pytest.mark.parametrize("name", ["torch", "numpy", "tritonclient", "numbagg", "cffi-lint", "cupyx"])
def test_what_only_sounds_like_a_builder_is_none(name: str) -> None:
    """tritonclient talks to a server over HTTP."""
    assert not is_builder(name)


def test_what_compiles_against_others_is_told_with_its_metadata() -> None:
    scene = site_scene(distribution_files(SITE, "cupy-cuda12x"), distribution_files(SITE, "numba"))
    assert scene.ask(NATIVE_BUILDS).with_others == f"{SITE}/cupy_cuda12x-1.0.dist-info"
    assert not site_scene(distribution_files(SITE, "numba")).ask(NATIVE_BUILDS).with_others
