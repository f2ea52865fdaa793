from __future__ import annotations

import pytest

from builders.scenes import distribution_files
from builders.sites import SITE, found_paths, only, site_scene
from deadweight.core.edit import Safety
from deadweight.rules.static_libraries import RULE


def files(name: str) -> dict[str, bytes]:
    return distribution_files(SITE, "pkg", files={"pkg/__init__.py": b"", f"pkg/lib/{name}": b"!<arch>\n"})


@pytest.mark.parametrize("name", ["libnpymath.a", "x.la", "x.lib", "TorchConfig.cmake", "numpy.pc"])
def test_finds_what_only_a_linker_or_a_build_reads(name: str) -> None:
    found = only(RULE, site_scene(files(name)))
    assert found.paths == (f"{SITE}/pkg/lib",)
    assert (found.size, found.safety) == (8, Safety.SAFE)


def test_leaves_libraries_where_the_application_builds() -> None:
    assert not found_paths(RULE, site_scene(files("x.a"), {"app/main.py": b"from torch.utils import cpp_extension\n"}))


@pytest.mark.parametrize("name", ["libx.so", "libx.so.1", "data.bin", "x.py"])
def test_leaves_what_a_program_loads(name: str) -> None:
    assert not found_paths(RULE, site_scene(files(name)))


@pytest.mark.parametrize("ending", [".a", ".la", ".lib", ".cmake", ".pc"])
def test_a_file_is_only_proven_where_its_distribution_speaks_of_its_ending(ending: str) -> None:
    kept = {f"pkg/kernel{ending}": b"text"}
    quiet = distribution_files(SITE, "pkg", files={"pkg/__init__.py": b"", **kept})
    speaking = distribution_files(SITE, "pkg", files={"pkg/__init__.py": f"K = 'kernel{ending}'\n".encode(), **kept})
    assert only(RULE, site_scene(quiet)).safety is Safety.SAFE
    assert only(RULE, site_scene(speaking)).safety is Safety.PROVEN
