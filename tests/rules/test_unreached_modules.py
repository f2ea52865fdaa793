from __future__ import annotations

from builders.reach import reached_scene
from builders.scenes import distribution_files
from builders.sites import SITE
from deadweight.core.level import Level
from deadweight.rules.unreached_modules import RULE

ELF = b"\x7fELF\x02\x01\x01" + bytes(64)
FILES = distribution_files(
    SITE,
    "one",
    files={
        "one/__init__.py": b"",
        "one/core.py": b"x = 1\n",
        "one/extra/__init__.py": b"",
        "one/extra/table.json": b"{}",
        "one/fast.so": ELF,
        "one.libs/libz.so": ELF,
    },
)
REACHED = [f"{SITE}/{name}" for name in ("one-1.0.dist-info", "one/__init__.py", "one/core.py", "one/fast.so")]


def test_finds_modules_and_data_that_nothing_reaches_but_no_metadata_and_no_native_code() -> None:
    (found,) = RULE.find(reached_scene(FILES, REACHED))
    assert found.paths == (f"{SITE}/one/extra",)
    assert (found.owner, RULE.level) == ("one 1.0", Level.TIGHT)


def test_leaves_the_modules_of_a_distribution_that_is_not_reached_at_all() -> None:
    assert list(RULE.find(reached_scene(FILES, ["elsewhere"]))) == []


def test_leaves_all_where_every_file_is_reached() -> None:
    reached = [*FILES, f"{SITE}/one-1.0.dist-info"]
    assert list(RULE.find(reached_scene(FILES, reached))) == []


def test_finds_the_modules_of_the_standard_library_that_nothing_reaches() -> None:
    library = {f"usr/lib/python3.11/{name}": b"x = 1\n" for name in ("os.py", "turtle.py", "site.py")}
    scene = reached_scene({"usr/bin/python3.11": ELF, **library}, ["usr/lib/python3.11/os.py", "usr/bin/python3.11"])
    assert {path for one in RULE.find(scene) for path in one.paths} == {
        "usr/lib/python3.11/site.py",
        "usr/lib/python3.11/turtle.py",
    }


def test_bytecode_goes_with_its_module() -> None:
    files = {**FILES, f"{SITE}/one/__pycache__/lost.cpython-311.pyc": b"", f"{SITE}/one/lost.py": b"x = 1\n"}
    record = f"{SITE}/one-1.0.dist-info/RECORD"
    files[record] += b"one/lost.py,,\n"
    (found,) = RULE.find(reached_scene(files, REACHED))
    assert f"{SITE}/one/lost.py" in found.paths
    assert any("__pycache__" in path for path in found.paths)
