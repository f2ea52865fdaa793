from __future__ import annotations

import pytest

from builders.scenes import distribution_files
from builders.sites import SITE, found_paths, only, site_scene
from deadweight.core.edit import Safety
from deadweight.rules.compiled_tests import RULE

ELF = b"\x7fELF" + bytes(60)


@pytest.mark.parametrize("name", ["test_jit", "atest_test", "FileStoreTest"])
def test_finds_programs_by_the_names_that_tests_have(name: str) -> None:
    assert found_paths(RULE, site_scene(distribution_files(SITE, "torch", files={f"torch/bin/{name}": ELF})))


def test_finds_compiled_tests() -> None:
    """torch/bin/test_api and test_jit."""
    files = {"torch/bin/test_api": ELF, "torch/bin/protoc": ELF, "torch/__init__.py": b""}
    found = only(RULE, site_scene(distribution_files(SITE, "torch", files=files)))
    assert found.paths == (f"{SITE}/torch/bin/test_api",)
    assert (found.size, found.safety) == (64, Safety.SAFE)


@pytest.mark.parametrize("name", ["_test_ccallback.so", "test_x.cpython-312.so", "torch_shm_manager", "latest"])
def test_leaves_modules_and_other_programs(name: str) -> None:
    assert not found_paths(RULE, site_scene(distribution_files(SITE, "pkg", files={f"pkg/{name}": ELF})))


def test_leaves_scripts() -> None:
    assert not found_paths(RULE, site_scene(distribution_files(SITE, "pkg", files={"pkg/test_run": b"#!/bin/sh\n"})))


def test_leaves_a_program_among_the_commands_of_the_environment() -> None:
    """A wheel's data scripts land in bin: that is where a person calls them from."""
    parts = distribution_files(SITE, "net", files={"net/__init__.py": b""})
    parts[f"{SITE}/net-1.0.dist-info/RECORD"] += b"../../../bin/speed_test,,\n"
    assert not found_paths(RULE, site_scene({**parts, "bin/speed_test": ELF}))
