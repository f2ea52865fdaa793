"""What an index took back, asked of a real uv and an index on loopback."""

from __future__ import annotations

import os
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from deadweight.cli.program import run
from deadweight.core.errors import Lacking
from deadweight.requirements.uv import find_uv
from deadweight.requirements.withdrawn import GONE, Withdrawn, withdrawn


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name is the standard library's
        """Nothing."""


@pytest.fixture
def index(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a uv that asks an index with good 1.0, and withdrawn 1.0 (yanked) and 1.1."""
    root = tmp_path / "index"
    _project(root, "good", {"1.0": None})
    _project(root, "withdrawn", {"1.0": "it eats files", "1.1": None})
    _project(root, "silent", {"2.0": ""})
    _project(root, "sourced", {"1.0": None}, "sourced-1.0.tar.gz")
    _project(root, "elsewhere", {"1.0": None}, "elsewhere-1.0-cp36-cp36m-manylinux1_x86_64.whl")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(root)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}/simple"
    yield {**os.environ, "UV_DEFAULT_INDEX": url, "UV_CACHE_DIR": str(tmp_path / "cache"), "NO_PROXY": "127.0.0.1"}
    server.shutdown()
    server.server_close()


def _project(root: Path, name: str, versions: dict[str, str | None], file: str = "") -> None:
    folder = root / "simple" / name
    folder.mkdir(parents=True)
    links = []
    for version, yanked in versions.items():
        wheel = folder / (file or f"{name}-{version}-py3-none-any.whl")
        info = f"{name}-{version}.dist-info"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
            archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            archive.writestr(f"{info}/RECORD", "")
        mark = "" if yanked is None else f' data-yanked="{yanked}"'
        digest = sha256(wheel.read_bytes()).hexdigest()
        links.append(f'<a href="{wheel.name}#sha256={digest}"{mark}>{wheel.name}</a>')
    (folder / "index.html").write_text(f"<html><body>{''.join(links)}</body></html>")


def test_a_yanked_version_is_told_with_its_reason(index: dict[str, str], tmp_path: Path) -> None:
    pins = {"good": "1.0", "withdrawn": "1.0", "silent": "2.0"}
    told = withdrawn(find_uv(index), pins, tmp_path)
    assert told.reasons == {"withdrawn": "it was yanked: it eats files", "silent": "it was yanked, no reason is given"}


def test_a_version_that_is_gone_is_found_among_others(index: dict[str, str], tmp_path: Path) -> None:
    pins = {"good": "1.0", "withdrawn": "0.9", "absent": "3.0", "silent": "2.0"}
    told = withdrawn(find_uv(index), pins, tmp_path)
    assert told.reasons == {"withdrawn": GONE, "absent": GONE, "silent": "it was yanked, no reason is given"}


def test_versions_that_stand_and_local_builds_are_left_alone(index: dict[str, str], tmp_path: Path) -> None:
    assert withdrawn(find_uv(index), {"good": "1.0", "withdrawn": "1.1", "torch": "2.0+cpu"}, tmp_path) == Withdrawn()


def test_a_version_that_cannot_be_installed_here_is_not_known_to_be_gone(index: dict[str, str], tmp_path: Path) -> None:
    pins = {"good": "1.0", "sourced": "1.0", "elsewhere": "1.0", "withdrawn": "0.9"}
    told = withdrawn(find_uv(index), pins, tmp_path)
    assert told.reasons == {"withdrawn": GONE}
    assert "no usable wheels" in told.unknown["sourced"]
    assert "no wheels with a matching" in told.unknown["elsewhere"]
    assert told.unknown.keys() == {"sourced", "elsewhere"}


def test_an_index_that_does_not_answer_is_told_and_is_no_clean_bill(index: dict[str, str], tmp_path: Path) -> None:
    nobody = {**index, "UV_DEFAULT_INDEX": "http://127.0.0.1:1/simple", "UV_HTTP_RETRIES": "0"}
    with pytest.raises(Lacking):
        withdrawn(find_uv(nobody), {"good": "1.0"}, tmp_path)


def test_check_asks_the_index_for_pins_of_the_project(
    index: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("UV_DEFAULT_INDEX", "UV_CACHE_DIR", "NO_PROXY"):
        monkeypatch.setenv(name, index[name])
    project = tmp_path / "project"
    project.mkdir()
    (project / "requirements.txt").write_text("good==1.0\nwithdrawn==1.0\n")
    (project / "app.py").write_text("import good, withdrawn\n")
    assert run(["deps", "check", str(project), "--index", "--select", "alarming"]) == 1
    told = capsys.readouterr().out
    assert "it eats files" in told
    assert "requirements.txt:2" in told
    assert run(["deps", "check", str(project), "--select", "alarming"]) == 0


def test_check_tells_what_the_index_could_not_be_asked(
    index: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("UV_DEFAULT_INDEX", "UV_CACHE_DIR", "NO_PROXY"):
        monkeypatch.setenv(name, index[name])
    project = tmp_path / "project"
    project.mkdir()
    (project / "requirements.txt").write_text("sourced==1.0\n")
    (project / "app.py").write_text("import sourced\n")
    assert run(["deps", "check", str(project), "--index"]) == 0
    told = capsys.readouterr().out
    assert "sourced==1.0" in told
    assert "not known" in told
