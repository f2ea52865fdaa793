"""What belongs to Python itself."""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path

from builders.scenes import distribution_files, scene_of
from builders.trees import entries_of
from deadweight.core.owner import NOBODY, Owner, OwnerKind

HEADER = b'#define PY_MAJOR_VERSION 3\n#define PY_VERSION              "3.12.4"\n'
PYTHON = Owner(OwnerKind.INTERPRETER, "python", "3.12.4")
OWN = (
    "lib/python3.12/os.py",
    "lib/python3.12/lib-dynload/_ssl.so",
    "lib/python3.12/__pycache__/os.cpython-312.pyc",
    "lib/libpython3.12.so.1.0",
    "lib/libpython3.so",
    "lib/pkgconfig/python-3.12-embed.pc",
    "bin/python3.12",
    "bin/python3",
    "bin/python3-config",
    "bin/pydoc3",
    "bin/2to3-3.12",
    "share/man/man1/python3.12.1",
)
OTHERS = ("bin/python3.11", "lib/libpython3.11.so.1.0", "bin/pythonic", "include/python3.11/Python.h", "bin/pip3")


def test_programs_headers_and_the_standard_library_are_the_interpreters() -> None:
    files = {f"usr/local/{path}": b"x" for path in (*OWN, *OTHERS)}
    files["usr/local/include/python3.12/patchlevel.h"] = HEADER
    ownership = scene_of(files).ownership
    assert {ownership.of(f"usr/local/{path}") for path in OWN} == {PYTHON}
    assert {ownership.of(f"usr/local/{path}") for path in OTHERS} == {NOBODY}


def test_an_interpreter_of_before_the_one_abi_is_known_by_its_own_names() -> None:
    own = ("bin/python3.7m", "lib/libpython3.7m.a", "include/python3.7m/Python.h", "lib/python3.7/os.py")
    ownership = scene_of({f"opt/p/{path}": b"x" for path in own}).ownership
    assert {ownership.of(f"opt/p/{path}") for path in own} == {Owner(OwnerKind.INTERPRETER, "python", "3.7")}


def test_a_program_that_two_interpreters_could_have_is_contested() -> None:
    files = {f"usr/local/{path}": b"x" for path in ("lib/python3.11/os.py", "lib/python3.12/os.py", "bin/python3")}
    (contest,) = scene_of(files).ownership.contests
    assert (contest.path, [owner.version for owner in contest.owners]) == ("usr/local/bin/python3", ["3.11", "3.12"])


def test_what_is_installed_in_an_interpreter_is_not_its() -> None:
    files = distribution_files("usr/local/lib/python3.12/site-packages", "one")
    stray = "usr/local/lib/python3.12/site-packages/stray.py"
    ownership = scene_of({**files, "usr/local/lib/python3.12/os.py": b"x", stray: b"y"}).ownership
    assert ownership.of("usr/local/lib/python3.12/os.py") == Owner(OwnerKind.INTERPRETER, "python", "3.12")
    assert ownership.of("usr/local/lib/python3.12/site-packages/one/__init__.py").kind is OwnerKind.DISTRIBUTION
    assert ownership.of(stray) == NOBODY


def test_the_interpreter_that_runs_this_is_known() -> None:
    library = Path(sysconfig.get_path("stdlib"))
    prefix = Path(sys.base_prefix)
    paths = [library / "os.py", library / "json/decoder.py", prefix / "bin" / f"python3.{sys.version_info.minor}"]
    entries = entries_of(str(path) for path in paths)
    ownership = scene_of(entries).ownership
    assert {ownership.of(path).name for path in entries} == {"python"}


def test_what_a_system_package_records_is_the_packages() -> None:
    files = {
        "var/lib/dpkg/status": b"Package: libpython3.11-stdlib\nVersion: 3.11.2\n",
        "var/lib/dpkg/info/libpython3.11-stdlib:amd64.list": b"/usr/lib/python3.11/os.py\n",
        "usr/lib/python3.11/os.py": b"x",
    }
    owner = scene_of(files).ownership.of("usr/lib/python3.11/os.py")
    assert owner == Owner(OwnerKind.OS_PACKAGE, "libpython3.11-stdlib", "3.11.2")
