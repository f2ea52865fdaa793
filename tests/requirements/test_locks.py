"""Locks as their own tools write them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from packaging.pylock import Pylock

from builders.declared import pins_of, project_of
from builders.indexes import index_of, links, offline_uv
from deadweight.core.errors import UsageError
from deadweight.core.requirement import Lock, LockedFile
from deadweight.requirements.locked import locks, read_lock

RELEASES = {
    "web==2.0": ("core>=1", "fast; extra == 'speed'"),
    "core==1.5": (),
    "fast==0.1": (),
    "tests==7.0": ("core",),
    "gui==1.0": (),
}
PROJECT = """\
[project]
name = "mine"
version = "1"
requires-python = ">=3.11"
dependencies = ["web[speed]", "gui; sys_platform == 'win32'"]
[project.optional-dependencies]
x = ["fast"]
[dependency-groups]
test = ["tests"]
"""


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that uv locked, exported and compiled in every form that it writes."""
    room = tmp_path_factory.mktemp("locked")
    index = index_of(room / "index", RELEASES)
    folder = project_of(room / "project", {"pyproject.toml": PROJECT})
    uv, offline = offline_uv(room), links(index)
    python = ("--python", sys.executable)
    uv.run(("lock", *offline, *python), folder)
    whole = ("--all-extras", "--all-groups", *offline, *python)
    uv.run(("export", "-q", "--format", "pylock.toml", "-o", "pylock.toml", *whole), folder)
    uv.run(("export", "-q", "-o", "requirements.txt", *whole), folder)
    hashed = ("pyproject.toml", "-o", "requirements-hashed.txt", "--generate-hashes")
    uv.run(("pip", "compile", "-q", *hashed, *offline, *python), folder)
    return folder


def of_form(folder: Path, form: str) -> Lock:
    return next(lock for lock in locks(folder) if lock.form == form)


def test_every_form_that_uv_writes_has_the_same_pins(locked: Path) -> None:
    found = {lock.path: {pin.name: pin.version for pin in lock.pins} for lock in locks(locked)}
    whole = {"web": "2.0", "core": "1.5", "fast": "0.1", "gui": "1.0", "tests": "7.0"}
    assert found == {
        "uv.lock": whole,
        "pylock.toml": whole,
        "requirements.txt": whole,
        "requirements-hashed.txt": {"web": "2.0", "core": "1.5", "fast": "0.1"},
    }


def test_the_lock_of_uv_says_what_brings_each_pin_and_what_it_needs(locked: Path) -> None:
    pins = pins_of(of_form(locked, "uv.lock"))
    assert {name: pin.groups for name, pin in pins.items()} == {
        "web": ("",),
        "core": ("", "test"),
        "fast": ("", "x"),
        "gui": ("",),
        "tests": ("test",),
    }
    assert pins["web"].needs == ("core", "fast; extra == 'speed'")
    assert of_form(locked, "uv.lock").requires_python == ">=3.11"


def test_each_pin_stands_on_the_line_of_its_head(locked: Path) -> None:
    for lock in locks(locked):
        lines = (locked / lock.path).read_text("utf-8").splitlines()
        for pin in lock.pins:
            line = lines[pin.place.line - 1]
            assert line.startswith(("[[package", f"{pin.name}==")), (lock.path, pin.name, line)


def test_a_standard_lock_is_read_as_packaging_reads_it(locked: Path) -> None:
    import tomllib

    theirs = Pylock.from_dict(tomllib.loads((locked / "pylock.toml").read_text("utf-8")))
    ours = pins_of(of_form(locked, "pylock.toml"))
    for package in theirs.packages:
        pin = ours[str(package.name)]
        assert (pin.version, pin.marker) == (str(package.version), str(package.marker or ""))
        assert [(file.size, file.hashes) for file in pin.files] == [
            (wheel.size, tuple(f"{kind}:{value}" for kind, value in wheel.hashes.items()))
            for wheel in package.wheels or ()
        ]


def test_the_notes_of_a_compiled_list_say_who_needs_whom(locked: Path) -> None:
    compiled = next(lock for lock in locks(locked) if lock.path == "requirements-hashed.txt")
    pins = pins_of(compiled)
    assert pins["web"].needs == ("core", "fast")
    assert all(file.hashes[0].startswith("sha256:") for pin in compiled.pins for file in pin.files)


UV = """\
version = 1
revision = 3
requires-python = ">=3.11"

[[package]]
name = "mine"
version = "1"
source = { editable = "." }
dependencies = [{ name = "torch", version = "2.0+cpu", marker = "sys_platform == 'linux'" }, { name = "own" }]

[[package]]
name = "torch"
version = "2.0+cpu"
source = { registry = "https://h/whl/cpu" }
resolution-markers = ["sys_platform == 'linux'"]
wheels = [{ url = "https://h/torch-2.0%2Bcpu-cp311-none-any.whl", hash = "sha256:ab", size = 190000000 }]

[[package]]
name = "own"
version = "0.1"
source = { git = "https://h/own?rev=main#abc" }

[[package]]
name = "lib"
source = { directory = "../lib" }
"""


def test_sizes_indexes_markers_and_addresses_of_uv_are_read(tmp_path: Path) -> None:
    pins = pins_of(read_lock(project_of(tmp_path, {"uv.lock": UV}) / "uv.lock"))
    assert list(pins) == ["torch", "own", "lib"]
    torch = pins["torch"]
    assert torch.source == "https://h/whl/cpu"
    assert torch.marker == "(sys_platform == 'linux')"
    assert torch.files == (
        LockedFile(
            "torch-2.0+cpu-cp311-none-any.whl",
            190000000,
            ("sha256:ab",),
            "https://h/torch-2.0%2Bcpu-cp311-none-any.whl",
        ),
    )
    assert (pins["own"].source, pins["lib"].source) == ("git+https://h/own?rev=main#abc", "../lib")


POETRY = """\
# This file is automatically @generated by Poetry 2.1.0 and should not be changed by hand.

[[package]]
name = "Requests"
version = "2.31.0"
optional = false
python-versions = ">=3.7"
groups = ["main", "dev"]
markers = {main = "sys_platform == 'linux'", dev = "os_name == 'nt'"}
files = [
    {file = "requests-2.31.0-py3-none-any.whl", hash = "sha256:aa"},
    {file = "requests-2.31.0.tar.gz", hash = "sha256:bb"},
]

[package.dependencies]
urllib3 = ">=1.21.1,<3"
PySocks = {version = ">=1.5.6,<1.5.7 || >1.5.7", optional = true}
idna = {version = "^2.5", markers = "python_version >= '3'"}

[package.extras]
socks = ["PySocks (>=1.5.6,!=1.5.7)"]

[[package]]
name = "torch"
version = "2.0.0+cpu"
optional = false
python-versions = "*"
files = []

[package.source]
type = "legacy"
url = "https://h/whl/cpu"
reference = "cpu"

[metadata]
lock-version = "2.1"
python-versions = "^3.11"
content-hash = "00"
"""
OLD_POETRY = """\
[[package]]
name = "black"
version = "22.1"
category = "dev"
optional = false
python-versions = "*"

[metadata]
python-versions = "*"
content-hash = "00"

[metadata.files]
black = [{file = "black-22.1.tar.gz", hash = "sha256:cc"}]
"""


def test_the_lock_of_poetry_is_read_new_and_old(tmp_path: Path) -> None:
    lock = read_lock(project_of(tmp_path, {"poetry.lock": POETRY}) / "poetry.lock")
    requests, torch = lock.pins
    assert (requests.name, requests.version, requests.groups) == ("requests", "2.31.0", ("", "dev"))
    assert requests.marker == "(sys_platform == 'linux') or (os_name == 'nt')"
    assert requests.needs == (
        "urllib3<3,>=1.21.1",
        "PySocks>=1.5.6; extra == 'socks'",
        'idna<3,>=2.5; python_version >= "3"',
    )
    assert requests.files[0] == LockedFile("requests-2.31.0-py3-none-any.whl", None, ("sha256:aa",))
    assert (torch.source, torch.place.line) == ("https://h/whl/cpu", 23)
    assert lock.requires_python == ">=3.11,<4"
    old = read_lock(project_of(tmp_path, {"old.lock": OLD_POETRY}) / "old.lock")
    assert (old.form, old.pins[0].groups, old.pins[0].files[0].name) == ("poetry.lock", ("dev",), "black-22.1.tar.gz")


PDM = """\
[metadata]
groups = ["default", "test"]
lock_version = "4.5.0"
[[metadata.targets]]
requires_python = ">=3.11"

[[package]]
name = "httpx"
version = "0.27.0"
groups = ["default"]
dependencies = ["httpcore==1.*"]
files = [{file = "httpx-0.27.0.tar.gz", hash = "sha256:aa"}]

[[package]]
name = "httpx"
version = "0.27.0"
extras = ["http2"]
groups = ["test"]
dependencies = ["h2<5,>=3", "httpx==0.27.0"]

[[package]]
name = "own"
version = "1"
git = "https://h/own.git"
revision = "abc"
marker = "python_version < '4'"
"""


def test_the_lock_of_pdm_is_read_with_extras_united(tmp_path: Path) -> None:
    lock = read_lock(project_of(tmp_path, {"pdm.lock": PDM}) / "pdm.lock")
    pins = pins_of(lock)
    assert len(lock.pins) == 2
    assert pins["httpx"].needs == ("httpcore==1.*", "h2<5,>=3")
    assert pins["httpx"].groups == ("", "test")
    assert (pins["own"].source, pins["own"].marker) == ("git+https://h/own.git@abc", "python_version < '4'")
    assert lock.requires_python == ">=3.11"


PIPFILE = {
    "_meta": {"hash": {"sha256": "00"}, "pipfile-spec": 6, "requires": {"python_version": "3.11"}, "sources": []},
    "default": {
        "Flask": {"hashes": ["sha256:aa", "sha256:bb"], "index": "pypi", "version": "==3.0.0"},
        "own": {"git": "https://h/own.git", "ref": "abc"},
    },
    "develop": {"pytest": {"markers": "python_version >= '3.7'", "version": "==8.0"}},
    "docs": {"sphinx": {"index": "main", "version": "==7.0"}},
}


def test_the_lock_of_pipenv_is_read_with_its_categories(tmp_path: Path) -> None:
    text = json.dumps(PIPFILE, indent=4)
    lock = read_lock(project_of(tmp_path, {"Pipfile.lock": text}) / "Pipfile.lock")
    pins = pins_of(lock)
    assert {name: (pin.version, pin.groups) for name, pin in pins.items()} == {
        "flask": ("3.0.0", ("",)),
        "own": ("", ("",)),
        "pytest": ("8.0", ("dev",)),
        "sphinx": ("7.0", ("docs",)),
    }
    assert [file.hashes for file in pins["flask"].files] == [("sha256:aa",), ("sha256:bb",)]
    assert (pins["own"].source, pins["sphinx"].source) == ("git+https://h/own.git@abc", "main")
    lines = text.splitlines()
    for name, pin in pins.items():
        assert name in lines[pin.place.line - 1].lower()
    assert lock.requires_python == "==3.11.*"


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("uv.lock", "version = \n", ["uv.lock:1:11", "no TOML"]),
        ("uv.lock", "[[package]]\nname = 'a'\n", ["it is no uv.lock"]),
        ("poetry.lock", "[[package]]\nname = 'a'\n", ["it is no poetry.lock"]),
        ("pdm.lock", "", ["it is no pdm.lock"]),
        ("Pipfile.lock", "{}", ["it is no Pipfile.lock"]),
        ("Pipfile.lock", '{"_meta": \n', ["Pipfile.lock:2:1", "no JSON"]),
        ("uv.lock", "version = 1\npackage = 1\n", ["package is no list of packages"]),
        ("uv.lock", "version = 1\n[[package]]\nname = 'a'\n[[package]]\nversion = '1'\n",
         ["uv.lock:2: the package states no version", "uv.lock:4: the package states no name"]),
        ("poetry.lock", "[[package]]\nname = 'a'\nversion = 'x y'\n[metadata]\ncontent-hash = '0'\n",
         ["poetry.lock:1", "'x y' is no version"]),
        ("pylock.toml", "lock-version = '1.0'\ncreated-by = ''\n[[packages]]\nname = 1\n[[packages]]\nversion = '1'\n",
         ["pylock.toml:3", "pylock.toml:5"]),
        ("pylock.toml", "lock-version = '9.0'\ncreated-by = 'x'\npackages = []\n", ["9.0"]),
        ("Pipfile.lock", '{"_meta": {"pipfile-spec": 6}, "default": {"a": {"version": ">1"}}}', ["no exact version"]),
    ],
)  # fmt: skip
def test_a_broken_lock_is_told_with_all_that_is_wrong(tmp_path: Path, name: str, text: str, told: list[str]) -> None:
    with pytest.raises(UsageError, match="lock") as caught:
        locks(project_of(tmp_path, {name: text}))
    for one in told:
        assert one in caught.value.message


def test_what_is_wrong_with_several_locks_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no TOML") as caught:
        locks(project_of(tmp_path, {"uv.lock": "=", "poetry.lock": "="}))
    assert "uv.lock:1" in caught.value.message
    assert "poetry.lock:1" in caught.value.message


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("before.toml", UV),
        ("before", POETRY),
        ("x.lock", PDM),
        ("saved.json", json.dumps(PIPFILE)),
        ("old.txt", "# autogenerated by uv\na==1\n"),
    ],
)
def test_a_lock_under_another_name_is_known_by_what_it_holds(tmp_path: Path, name: str, text: str) -> None:
    assert read_lock(project_of(tmp_path, {name: text}) / name).pins


@pytest.mark.parametrize("text", ["", "flask\n", "[project]\nname = 'x'\n", "{}"])
def test_what_is_no_lock_is_said_to_be_none(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError, match="no lock that is read"):
        read_lock(project_of(tmp_path, {"some.file": text}) / "some.file")


def test_a_lock_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        read_lock(tmp_path / "uv.lock")


@pytest.mark.parametrize(
    ("name", "text", "is_lock"),
    [
        ("requirements.txt", "flask==1\nclick==2\n", False),
        ("requirements.txt", "flask==1 --hash=sha256:aa\nclick==2 --hash=sha256:bb\n", True),
        ("requirements.txt", "flask==1 --hash=sha256:aa\nclick>=2 --hash=sha256:bb\n", False),
        ("requirements.txt", "# This file is autogenerated by pip-compile\nflask==1\n    # via -r a.in\n", True),
        ("requirements.lock", "flask==1\n", True),
        ("freeze.txt", "flask==1\nown @ git+https://h/own@abc\n", True),
        ("requirements.txt", "flask==1.* --hash=sha256:aa\n", False),
        ("requirements.txt", "", False),
    ],
)
def test_a_list_is_a_lock_where_a_tool_sealed_it(tmp_path: Path, name: str, text: str, is_lock: bool) -> None:
    assert bool(locks(project_of(tmp_path, {name: text}))) == is_lock


def test_a_project_without_locks_has_none(tmp_path: Path) -> None:
    assert locks(tmp_path) == ()
