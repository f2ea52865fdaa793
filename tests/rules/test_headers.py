from __future__ import annotations

import pytest

from builders.scenes import distribution_files
from builders.sites import SITE, found_paths, image_running, only, site_scene
from deadweight.core.edit import Safety
from deadweight.rules.headers import RULE

PLAIN = distribution_files(SITE, "pkg", files={"pkg/__init__.py": b"", "pkg/include/pkg/a.h": b"int a;\n"})
TORCH = distribution_files(
    SITE, "torch", files={"torch/__init__.py": b"NAME = 'prefix.h'\n", "torch/include/c10/a.h": b"int a;\n"}
)


def test_finds_headers_that_nothing_speaks_of() -> None:
    found = only(RULE, site_scene(PLAIN))
    assert found.paths == (f"{SITE}/pkg/include",)
    assert (found.safety, found.size) == (Safety.SAFE, 7)


def test_finds_headers_outside_the_site_directory() -> None:
    parts = distribution_files(SITE, "greenlet", files={"greenlet/__init__.py": b""})
    record = f"{SITE}/greenlet-1.0.dist-info/RECORD"
    parts[record] += b"../../../include/site/python3.12/greenlet/greenlet.h,,\n"
    parts["include/site/python3.12/greenlet/greenlet.h"] = b"int g;\n"
    assert found_paths(RULE, site_scene(parts)) == {"include"}


def test_finds_headers_that_their_own_distribution_reads_only_to_be_proven() -> None:
    """torch._inductor includes torch/csrc/inductor/cpp_prefix.h when torch.compile runs."""
    assert only(RULE, site_scene(TORCH)).safety is Safety.PROVEN


def test_finds_headers_of_torch_only_to_suggest_where_another_may_compile() -> None:
    user = distribution_files(
        SITE, "transformers", files={"transformers/x.py": b"import torch\ntorch.compile(model)\n"}
    )
    found = only(RULE, site_scene(TORCH, user))
    assert found.safety is Safety.SUGGESTED
    assert found.evidence[-1].where == f"{SITE}/transformers/x.py"


def test_finds_headers_of_torch_to_be_proven_in_an_image_without_a_compiler() -> None:
    application = {"app/main.py": b"import torch\ntorch.compile(model)\n"}
    found = only(RULE, site_scene(TORCH, application, image=image_running("python")))
    assert found.safety is Safety.PROVEN
    assert "no compiler" in found.evidence[1].says


@pytest.mark.parametrize("code", [b"model = torch.compile(model)\n", b"import numba\n", b"from cffi import FFI\n"])
def test_leaves_all_headers_where_the_application_builds(code: bytes) -> None:
    assert not found_paths(RULE, site_scene(TORCH, PLAIN, {"app/main.py": code}))


@pytest.mark.parametrize("name", ["pybind11", "cffi", "triton"])
def test_leaves_the_headers_of_what_exists_to_build(name: str) -> None:
    parts = distribution_files(SITE, name, files={f"{name}/__init__.py": b"", f"{name}/include/a.h": b"int a;\n"})
    assert not found_paths(RULE, site_scene(parts))


def test_leaves_the_headers_of_the_system() -> None:
    assert not found_paths(RULE, site_scene({"usr/include/stdio.h": b"int puts();\n"}))


@pytest.mark.parametrize("name", ["cupy-cuda12x", "pytensor", "numba-cuda", "pyopencl", "flashinfer-python"])
def test_finds_headers_only_to_suggest_where_something_compiles_against_others(name: str) -> None:
    """pytensor compiles against numpy's headers, cupy against those of nvidia-cuda-runtime, in any image."""
    jit = distribution_files(SITE, name, files={"jit/__init__.py": b"", "jit/core/complex.cuh": b"int a;\n"})
    found = only(RULE, site_scene(PLAIN, jit, image=image_running("python")))
    assert (found.owner, found.safety) == ("pkg 1.0", Safety.SUGGESTED)
    assert found.evidence[-1].where.endswith(".dist-info")


def test_finds_headers_that_a_source_hands_to_a_compiler_only_to_be_proven() -> None:
    """pyopencl's sources hold `#include <pyopencl-complex.h>`; no quote ends the name."""
    code = b"PREAMBLE = '#include <pkg/a.hpp>'\n"
    parts = distribution_files(SITE, "pkg", files={"pkg/__init__.py": code, "pkg/include/pkg/a.hpp": b"int a;\n"})
    assert only(RULE, site_scene(parts)).safety is Safety.PROVEN


@pytest.mark.parametrize("ending", [".h", ".hh", ".hpp", ".hxx", ".cuh", ".ipp", ".tcc"])
def test_every_ending_of_a_header_is_only_proven_where_its_distribution_speaks_of_it(ending: str) -> None:
    """thinc/backends/cpu_kernels.hh is a header like any other."""
    header = {f"pkg/kernels{ending}": b"int a;\n"}
    quiet = distribution_files(SITE, "pkg", files={"pkg/__init__.py": b"", **header})
    speaking = distribution_files(SITE, "pkg", files={"pkg/__init__.py": f"K = 'kernels{ending}'\n".encode(), **header})
    assert only(RULE, site_scene(quiet)).safety is Safety.SAFE
    assert only(RULE, site_scene(speaking)).safety is Safety.PROVEN
