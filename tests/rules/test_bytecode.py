from __future__ import annotations

from builders.findings import found_by, paths_of
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
