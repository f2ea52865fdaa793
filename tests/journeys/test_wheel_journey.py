"""Popular wheels and sdists: weighed, slimmed, installed by pip and imported."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from builders.journeys import deadweight, run

pytestmark = pytest.mark.journey

PYTHON = sys.executable
WHEELS = {
    "requests": "requests",
    "flask": "flask",
    "jinja2": "jinja2",
    "click": "click",
    "numpy": "numpy",
    "pyyaml": "yaml",
    "matplotlib": "matplotlib.pyplot",
    "pandas": "pandas",
    "scikit-learn": "sklearn.linear_model",
}
SDISTS = ("itsdangerous", "pytz", "six", "click")


@pytest.fixture(scope="session")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheels and all that they need."""
    folder = tmp_path_factory.mktemp("wheels")
    words = [PYTHON, "-m", "pip", "download", "--quiet", "--only-binary", ":all:", "--dest", str(folder), *WHEELS]
    if subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("no package index can be reached")
    return folder


def _wheel(folder: Path, name: str) -> Path:
    stem = name.replace("-", "_")
    return next(path for path in folder.glob("*.whl") if path.name.lower().startswith(f"{stem}-"))


@pytest.mark.parametrize("name", WHEELS)
def test_a_slimmed_wheel_is_installed_and_imported(name: str, index: Path, tmp_path: Path) -> None:
    wheel = _wheel(index, name)
    out = tmp_path / wheel.name
    report = deadweight("slim", wheel, "-o", out, "--allow", "safe", "--allow", "proven")
    assert report["after"]["total"] == out.stat().st_size <= wheel.stat().st_size
    with zipfile.ZipFile(out) as opened:
        assert opened.testzip() is None
    run(PYTHON, "-m", "venv", "--without-pip", tmp_path / "venv")
    python = tmp_path / "venv" / "bin" / "python"
    pip = (PYTHON, "-m", "pip", "--python", python)
    run(*pip, "install", "--quiet", "--no-compile", "--no-index", "--find-links", index, out)
    run(*pip, "check")
    run(python, "-W", "ignore", "-c", f"import {WHEELS[name]}")
    again = tmp_path / "again" / wheel.name
    again.parent.mkdir()
    deadweight("slim", wheel, "-o", again, "--allow", "safe", "--allow", "proven")
    assert again.read_bytes() == out.read_bytes()


@pytest.mark.parametrize("name", WHEELS)
def test_the_sums_of_a_wheel_are_those_of_zipfile(name: str, index: Path) -> None:
    wheel = _wheel(index, name)
    whole = deadweight("weigh", wheel)["before"]
    with zipfile.ZipFile(wheel) as opened:
        members = opened.infolist()
    assert whole["unpacked"] == sum(one.file_size for one in members)
    assert whole["visible"] == sum(one.compress_size for one in members)
    assert whole["visible"] + whole["overhead"] == wheel.stat().st_size


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Source distributions, built by nobody."""
    folder = tmp_path_factory.mktemp("sdists")
    run(PYTHON, "-m", "venv", folder / "venv")
    python = folder / "venv" / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", "flit_core", "setuptools", "wheel")
    words = ["download", "--quiet", "--no-deps", "--no-build-isolation", "--no-binary", ":all:", "--dest", str(folder)]
    done = subprocess.run([python, "-m", "pip", *words, *SDISTS], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"the source distributions cannot be fetched: {done.stderr[-400:]}")
    return folder


@pytest.mark.parametrize("name", SDISTS)
def test_a_slimmed_sdist_is_built_by_pip(name: str, sources: Path, tmp_path: Path) -> None:
    sdist = next(path for path in sources.glob("*.tar.gz") if path.name.lower().startswith(f"{name}-"))
    whole = deadweight("weigh", sdist)["before"]
    with tarfile.open(sdist) as opened:
        assert whole["unpacked"] == sum(one.size for one in opened if one.isreg())
    out = tmp_path / sdist.name
    deadweight("slim", sdist, "-o", out, "--allow", "safe", "--allow", "proven")
    python = sources / "venv" / "bin" / "python"
    target = tmp_path / "site"
    run(python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--target", target, out)
    run(python, "-c", f"import {name}", cwd=target)
