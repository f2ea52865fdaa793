from __future__ import annotations

import compileall
import importlib.util
import py_compile
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from builders.findings import found_by, paths_of, tree_of
from deadweight.core.edit import Safety
from deadweight.core.entry import Entry, Kind
from deadweight.core.finding import Confidence
from deadweight.rules.bytecode import RULE


def test_finds_bytecode_whose_source_stands_one_directory_above() -> None:
    (finding,) = found_by(RULE, {"app/x.py": b"x = 1", "app/__pycache__/x.cpython-311.pyc": b"bytes"})
    assert finding.paths == ("app/__pycache__",)
    assert finding.size == 5
    assert finding.safety is Safety.SAFE
    assert finding.confidence is Confidence.CERTAIN


def test_finds_optimised_bytecode_and_that_of_a_test_runner() -> None:
    cache = "app/__pycache__"
    compiled = {f"{cache}/x.cpython-311.opt-1.pyc": b"1", f"{cache}/x.cpython-311-pytest-8.4.1.pyc": b"2"}
    (finding,) = found_by(RULE, {"app/x.py": b"", **compiled})
    assert finding.size == 2


def test_finds_bytecode_at_the_root_of_the_artifact() -> None:
    assert paths_of(found_by(RULE, {"x.py": b"", "__pycache__/x.cpython-312.pyc": b"1"})) == {"__pycache__"}


def test_finds_old_bytecode_right_beside_its_source() -> None:
    assert paths_of(found_by(RULE, {"app/x.py": b"", "app/x.pyc": b"1"})) == {"app/x.pyc"}


def test_finds_only_the_files_of_a_cache_that_holds_more() -> None:
    files = {"x.py": b"", "__pycache__/x.cpython-312.pyc": b"1", "__pycache__/gone.cpython-312.pyc": b"2"}
    assert paths_of(found_by(RULE, files)) == {"__pycache__/x.cpython-312.pyc"}


def test_leaves_bytecode_without_source() -> None:
    files = {"app/x.pyc": b"1", "app/__pycache__/y.cpython-311.pyc": b"2", "other/y.py": b""}
    assert found_by(RULE, files) == ()


def test_leaves_the_source_of_the_bytecode_and_its_neighbours() -> None:
    files = {"app/x.py": b"", "app/__pycache__/x.cpython-311.pyc": b"1", "app/data.json": b"{}"}
    assert paths_of(found_by(RULE, files)) == {"app/__pycache__"}


def test_bytecode_that_has_another_name_elsewhere_frees_nothing() -> None:
    link = Entry("kept/x.pyc", Kind.HARDLINK, target="app/__pycache__/x.cpython-311.pyc")
    files: dict[str, bytes | Entry] = {"app/x.py": b"", "app/__pycache__/x.cpython-311.pyc": b"12345"}
    (finding,) = found_by(RULE, {**files, "kept/x.pyc": link})
    assert finding.size == 0


def test_each_edit_names_the_bytes_of_one_owner() -> None:
    site = "usr/lib/python3/site-packages"
    files = {f"{site}/{name}.py": b"" for name in ("a", "b")}
    files |= {f"{site}/__pycache__/{name}.cpython-311.pyc": b"1" for name in ("a", "b")}
    assert sum(len(finding.paths) for finding in found_by(RULE, files)) in (1, 2)


@pytest.mark.parametrize("optimisation", ["", "1", "2"])
def test_finds_what_the_interpreter_itself_calls_the_cache_of_a_source(optimisation: str) -> None:
    for source in ("x.py", "app/main.py", "app/a.b/__init__.py"):
        compiled = importlib.util.cache_from_source(source, optimization=optimisation)
        (finding,) = found_by(RULE, {source: b"", compiled: b"12"})
        assert finding.size == 2


def test_finds_all_that_compileall_writes_and_nothing_else(tmp_path: Path) -> None:
    for name in ("a.py", "pkg/__init__.py", "pkg/b.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x = 1\n")
    before = tree_of(tmp_path)
    assert all(compileall.compile_dir(tmp_path, quiet=2, optimize=level) for level in (0, 1, 2))
    after = tree_of(tmp_path)
    findings = found_by(RULE, after)
    assert paths_of(findings) == {"__pycache__", "pkg/__pycache__"}
    written = sum(len(body) for path, body in after.items() if path not in before and isinstance(body, bytes))
    assert sum(finding.size for finding in findings) == written


def test_leaves_a_sourceless_distribution_that_compileall_made(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    assert compileall.compile_dir(tmp_path, quiet=2, legacy=True)
    (tmp_path / "a.py").unlink()
    assert set(tree_of(tmp_path)) == {"a.pyc"}
    assert found_by(RULE, tree_of(tmp_path)) == ()


@pytest.mark.parametrize("mode", list(py_compile.PycInvalidationMode))
def test_only_bytecode_that_is_never_checked_against_its_source_is_left(
    tmp_path: Path, mode: py_compile.PycInvalidationMode
) -> None:
    """Bazel and Nix write unchecked hashes: there the bytecode is the program, and its source may say another thing."""
    (tmp_path / "x.py").write_text("x = 1\n")
    py_compile.compile(str(tmp_path / "x.py"), doraise=True, invalidation_mode=mode)
    is_left = mode is py_compile.PycInvalidationMode.UNCHECKED_HASH
    assert bool(found_by(RULE, tree_of(tmp_path))) is not is_left


def test_a_program_without_its_bytecode_says_the_same_to_a_user_who_cannot_write(tmp_path: Path) -> None:
    """An image with USER app and a read-only root: the only price is the start."""
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg/__init__.py").write_text("def answer():\n    return 42\n")
    compileall.compile_dir(tmp_path, quiet=2)
    code = "import pkg, os; print(pkg.answer(), pkg.__cached__ is not None, os.access(pkg.__path__[0], os.W_OK))"
    user = ["--unshare-user", "--uid", "65534", "--gid", "65534"]
    command = ["bwrap", "--ro-bind", "/", "/", *user, "--chdir", str(tmp_path), sys.executable, "-c", code]
    if shutil.which("bwrap") is None:
        pytest.skip("this machine has no bubblewrap")
    before = subprocess.run(command, capture_output=True, text=True, check=False)
    for finding in found_by(RULE, tree_of(tmp_path)):
        for path in finding.paths:
            shutil.rmtree(tmp_path / path)
    after = subprocess.run(command, capture_output=True, text=True, check=False)
    assert before.stdout.startswith("42 True False"), before.stderr
    assert (after.stdout, after.stderr, after.returncode) == (before.stdout, before.stderr, before.returncode)
    assert not list(tmp_path.rglob("__pycache__"))
