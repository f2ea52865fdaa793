from __future__ import annotations

import csv
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from builders.wheels import wheel_file
from deadweight.core.errors import Corrupt, Hostile
from deadweight.edits.wheel_laying import NOTE, Laid, Prefix, laid_out, wheel_metadata

SITE = "venv/lib/python3.12/site-packages"
LINE = "#!/venv/bin/python3"
PREFIX = Prefix(SITE, LINE)
FILES = {
    "light/__init__.py": b"x = 1\n",
    "light/_native.so": b"\x7fELF" + bytes(5000),
    "light-1.0.data/scripts/tool": b"#!python\nprint(1)\n",
    "light-1.0.data/scripts/other": b"#!/bin/sh\ntrue\n",
    "light-1.0.data/data/share/light/a.txt": b"a",
    "light-1.0.data/purelib/extra.py": b"",
    "light-1.0.data/headers/light.h": b"int x;",
}


def laid(wheel: Path, staging: Path, prefix: Prefix = PREFIX) -> dict[str, Laid]:
    staging.mkdir()
    return dict(laid_out(wheel, prefix, {"wheel": wheel.name}, staging))


def test_every_file_gets_the_place_that_an_installer_gives_it(tmp_path: Path) -> None:
    wheel = wheel_file(tmp_path, "light", files=FILES, entry_points="[console_scripts]\nlight = light.cli:main\n")
    found = laid(wheel, tmp_path / "staging")
    assert {path for path in found if "dist-info" not in path} == {
        f"{SITE}/light/__init__.py",
        f"{SITE}/light/_native.so",
        f"{SITE}/extra.py",
        "venv/bin/tool",
        "venv/bin/other",
        "venv/bin/light",
        "venv/share/light/a.txt",
    }
    assert {path for path, one in found.items() if one.executable} == {
        "venv/bin/tool",
        "venv/bin/other",
        "venv/bin/light",
    }
    assert found["venv/bin/tool"].body.read_bytes() == f"{LINE}\nprint(1)\n".encode()
    assert found["venv/bin/other"].body.read_bytes() == b"#!/bin/sh\ntrue\n"
    assert found["venv/bin/light"].body.read_text().startswith(f"{LINE}\nimport sys\nfrom light.cli import main\n")


def test_pip_lays_out_the_same_files(tmp_path: Path) -> None:
    wheel = wheel_file(tmp_path, "light", files=FILES, entry_points="[console_scripts]\nlight = light.cli:main\n")
    root = tmp_path / "root"
    words = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-compile", "--prefix", str(root)]
    subprocess.run([*words, "--no-index", "--ignore-installed", str(wheel)], check=True, capture_output=True)
    (site,) = root.glob("lib*/python*/site-packages")
    ours = laid(wheel, tmp_path / "staging", Prefix(str(site.relative_to(root)), f"#!{sys.executable}"))
    theirs = {str(path.relative_to(root)): path for path in root.rglob("*") if path.is_file()}
    info = f"{site.relative_to(root)}/light-1.0.dist-info"
    header = {path for path in theirs if path.endswith("light.h")}
    assert ours.keys() - theirs.keys() == {f"{info}/{NOTE}"}
    assert theirs.keys() - ours.keys() == header | {f"{info}/REQUESTED", f"{info}/direct_url.json"}
    for path, one in ours.items():
        if path in theirs and "/bin/light" not in f"/{path}" and not path.endswith(("RECORD", "INSTALLER")):
            assert one.body.read_bytes() == theirs[path].read_bytes(), path
            assert one.executable or not theirs[path].stat().st_mode & 0o100, path


def test_the_record_names_every_file_with_its_hash_and_size(tmp_path: Path) -> None:
    found = laid(wheel_file(tmp_path, "light", files=FILES), tmp_path / "staging")
    record = f"{SITE}/light-1.0.dist-info/RECORD"
    rows = {row[0]: row[1:] for row in csv.reader(found[record].body.read_text().splitlines())}
    assert rows.pop("light-1.0.dist-info/RECORD") == ["", ""]
    assert rows["../../../bin/tool"][1] == str(found["venv/bin/tool"].size)
    assert len(rows) == len(found) - 1
    assert all(digest.startswith("sha256=") for digest, _ in rows.values())


def test_a_script_of_an_entry_point_calls_what_it_names(tmp_path: Path) -> None:
    points = "[console_scripts]\nlight = light.cli:Main.run [extra]\n"
    wheel = wheel_file(tmp_path, "light", files={"light/cli.py": b"x"}, entry_points=points)
    text = laid(wheel, tmp_path / "staging")["venv/bin/light"].body.read_text()
    assert "from light.cli import Main\n" in text
    assert "sys.exit(Main.run())" in text
    compile(text, "light", "exec")


def test_what_was_fetched_is_noted_beside_the_metadata(tmp_path: Path) -> None:
    wheel = wheel_file(tmp_path, "light")
    found = laid(wheel, tmp_path / "staging")
    assert json.loads(found[f"{SITE}/light-1.0.dist-info/{NOTE}"].body.read_bytes()) == {"wheel": wheel.name}
    assert found[f"{SITE}/light-1.0.dist-info/INSTALLER"].body.read_bytes() == b"deadweight\n"


@pytest.mark.parametrize(
    ("site", "root", "scripts"),
    [
        ("usr/local/lib/python3.11/site-packages", "usr/local", "usr/local/bin"),
        ("lib/python3.12/site-packages", "", "bin"),
        ("usr/lib/python3/dist-packages", "usr", "usr/bin"),
        ("app/vendor", "app/vendor", "app/vendor/bin"),
        ("", "", "bin"),
    ],
)
def test_scripts_lie_in_the_prefix_of_the_site(site: str, root: str, scripts: str) -> None:
    assert (Prefix(site).root, Prefix(site).scripts) == (root, scripts)


def _altered(wheel: Path, name: str, body: bytes) -> Path:
    out = wheel.with_name("altered-1.0-py3-none-any.whl")
    with zipfile.ZipFile(wheel) as opened, zipfile.ZipFile(out, "w") as copy:
        for member in opened.infolist():
            if member.filename != name:
                copy.writestr(member.filename, opened.read(member))
        copy.writestr(name, body)
    return out


def test_a_wheel_that_is_not_what_its_record_says_is_refused(tmp_path: Path) -> None:
    wheel = _altered(wheel_file(tmp_path, "light"), "light/__init__.py", b"import evil\n")
    with pytest.raises(Corrupt, match="not what its RECORD says"):
        laid(wheel, tmp_path / "staging")


def test_a_name_that_climbs_out_is_refused(tmp_path: Path) -> None:
    wheel = wheel_file(tmp_path, "light", files={"../../evil.py": b"x"})
    with pytest.raises(Hostile):
        laid(wheel, tmp_path / "staging")


def test_what_is_no_wheel_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.whl").write_bytes(b"nothing")
    with pytest.raises(Corrupt, match="no wheel"):
        wheel_metadata(tmp_path / "x.whl")
    with zipfile.ZipFile(tmp_path / "y.whl", "w") as opened:
        opened.writestr("light/__init__.py", b"")
    with pytest.raises(Corrupt, match="no whole metadata"):
        wheel_metadata(tmp_path / "y.whl")


def test_metadata_is_read_from_the_wheel(tmp_path: Path) -> None:
    wheel = wheel_file(tmp_path, "light", requires=["numpy>=2", "x ; extra == 'y'"])
    assert wheel_metadata(wheel)["requires-dist"] == ("numpy>=2", "x ; extra == 'y'")
