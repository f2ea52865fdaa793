"""What is a cache, by its place, its name, its shape or its own word."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from builders.scenes import scene_of
from builders.trees import files_of
from deadweight.core.owner import Owner, OwnerKind
from deadweight.owners.caches import caches


def cache(name: str) -> Owner:
    return Owner(OwnerKind.CACHE, name)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("root/.cache/pip/http-v2/a/b", "pip"),
        ("root/.cache/huggingface/hub/version.txt", "hugging face"),
        ("home/me/.cache/something-new/x", "something-new"),
        ("var/lib/apt/lists/deb_dists", "apt lists"),
        ("var/cache/apt/archives/a.deb", "apt archives"),
        ("root/.npm/_cacache/index-v5/a", "npm"),
        ("app/.mypy_cache/3.12/a.json", "mypy"),
        ("root/.triton/cache/ab/kernel.cubin", "triton"),
        ("root/.m2/repository/org/x.jar", "maven"),
        ("app/.pytest_cache/v/x", "pytest"),
        ("app/notebooks/.ipynb_checkpoints/a.ipynb", "jupyter"),
    ],
)
def test_a_cache_is_known_by_its_place(path: str, name: str) -> None:
    assert scene_of({path: b"x", "etc/passwd": b"r"}).ownership.of(path) == cache(name)


def test_a_cache_of_pip_is_known_wherever_it_was_told_to_be() -> None:
    files = {"tmp/c/http-v2/a": b"1", "tmp/c/selfcheck/b": b"2", "tmp/c/wheels/x.whl": b"3", "tmp/d/http-v2/a": b"4"}
    ownership = scene_of({**files, "etc/passwd": b"r"}).ownership
    assert {ownership.of(path) for path in files if path.startswith("tmp/c/")} == {cache("pip")}
    assert ownership.of("tmp/d/http-v2/a").kind is OwnerKind.NOBODY


def test_the_cache_that_a_real_tool_leaves_is_known(tmp_path: Path) -> None:
    (tmp_path / "test_one.py").write_text("def test_one():\n    pass\n")
    subprocess.run([sys.executable, "-m", "pytest", "-q", tmp_path], cwd=tmp_path, check=True, capture_output=True)
    scene = scene_of(files_of(tmp_path))
    assert dict(caches(scene.listing)) == {".pytest_cache": "pytest"}


def test_a_directory_that_says_it_is_a_cache_is_one() -> None:
    files = {"app/target/CACHEDIR.TAG": b"Signature: 8a477f597d28d172789f06886806bc55", "app/target/debug/x": b"1"}
    assert scene_of(files).ownership.of("app/target/debug/x") == cache("target")


def test_an_environment_that_uv_tagged_is_no_cache() -> None:
    files = {"app/.venv/CACHEDIR.TAG": b"Signature", "app/.venv/pyvenv.cfg": b"home = /usr/bin\n"}
    assert list(caches(scene_of(files).listing)) == []


def test_packages_that_conda_unpacked_are_a_cache() -> None:
    files = {"opt/conda/pkgs/urls.txt": b"u", "opt/conda/pkgs/a-1/lib/x.so": b"x", "srv/pkgs/a": b"p"}
    ownership = scene_of({**files, "etc/passwd": b"r"}).ownership
    assert ownership.of("opt/conda/pkgs/a-1/lib/x.so") == cache("conda")
    assert ownership.of("srv/pkgs/a").kind is OwnerKind.APPLICATION


def test_a_cache_in_a_cache_is_the_outer_one() -> None:
    scene = scene_of({"app/.tox/py/.mypy_cache/a.json": b"1"})
    assert dict(caches(scene.listing)) == {"app/.tox": "tox"}


def test_bytecode_without_its_source_is_a_cache_and_with_it_is_not() -> None:
    files = {"app/a.py": b"1", "app/__pycache__/a.cpython-312.pyc": b"2", "app/__pycache__/gone.cpython-312.pyc": b"3"}
    ownership = scene_of(files).ownership
    assert ownership.of("app/__pycache__/gone.cpython-312.pyc") == cache("python bytecode")
    assert ownership.of("app/__pycache__/a.cpython-312.pyc").kind is OwnerKind.APPLICATION
