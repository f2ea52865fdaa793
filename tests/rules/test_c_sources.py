from __future__ import annotations

import pytest

from builders.scenes import distribution_files
from builders.sites import SITE, found_paths, only, site_scene
from deadweight.core.edit import Safety
from deadweight.rules.c_sources import RULE


@pytest.mark.parametrize(
    "name", ["_speedups.c", "fast.pyx", "fast.pxd", "kernel.cu", "solver.f90", "_dist.pyx.tp", "_heap.pxi.in"]
)
def test_finds_sources_of_extension_modules(name: str) -> None:
    files = {"pkg/__init__.py": b"", f"pkg/{name}": b"x"}
    found = only(RULE, site_scene(distribution_files(SITE, "pkg", files=files)))
    assert found.paths == (f"{SITE}/pkg/{name}",)
    assert found.safety is Safety.SAFE


def test_finds_sources_that_the_distribution_reads_only_to_be_proven() -> None:
    """bitsandbytes and others compile what they carry; so did triton/backends/nvidia/driver.py with driver.c."""
    files = {"pkg/driver.py": b"src = Path(d, 'driver.c').read_text()\n", "pkg/driver.c": b"int d;\n"}
    assert only(RULE, site_scene(distribution_files(SITE, "pkg", files=files))).safety is Safety.PROVEN


def test_templates_that_the_distribution_reads_only_go_with_a_proof() -> None:
    files = {"pkg/make.py": b"if name.endswith('.tp'): pass\n", "pkg/_dist.pyx.tp": b"x"}
    assert only(RULE, site_scene(distribution_files(SITE, "pkg", files=files))).safety is Safety.PROVEN


def test_leaves_templates_of_anything_else() -> None:
    files = {"pkg/__init__.py": b"", "pkg/config.in": b"x", "pkg/page.html.in": b"x", "pkg/mail.tp": b"x"}
    assert not found_paths(RULE, site_scene(distribution_files(SITE, "pkg", files=files)))


def test_leaves_the_sources_of_triton() -> None:
    files = {"triton/backends/nvidia/driver.c": b"int d;\n", "triton/__init__.py": b""}
    assert not found_paths(RULE, site_scene(distribution_files(SITE, "triton", files=files)))


def test_leaves_sources_where_the_application_compiles_cython() -> None:
    files = {"pkg/__init__.py": b"", "pkg/fast.pxd": b"x"}
    application = {"app/main.py": b"import pyximport\n"}
    assert not found_paths(RULE, site_scene(distribution_files(SITE, "pkg", files=files), application))


def test_leaves_python_and_the_application() -> None:
    parts = distribution_files(SITE, "pkg", files={"pkg/__init__.py": b"", "pkg/c.py": b""})
    assert not found_paths(RULE, site_scene(parts, {"app/x.c": b"int x;\n"}))


@pytest.mark.parametrize("ending", [".c", ".cc", ".cpp", ".cxx", ".cu", ".f90", ".pyx", ".pxd", ".pxi"])
def test_a_file_is_only_proven_where_its_distribution_speaks_of_its_ending(ending: str) -> None:
    kept = {f"pkg/kernel{ending}": b"text"}
    quiet = distribution_files(SITE, "pkg", files={"pkg/__init__.py": b"", **kept})
    speaking = distribution_files(SITE, "pkg", files={"pkg/__init__.py": f"K = 'kernel{ending}'\n".encode(), **kept})
    assert only(RULE, site_scene(quiet)).safety is Safety.SAFE
    assert only(RULE, site_scene(speaking)).safety is Safety.PROVEN
