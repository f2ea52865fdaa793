from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from builders.loading import linked
from deadweight.core.errors import Corrupt
from deadweight.native.loader_cache import cached_libraries

LDCONFIG = shutil.which("ldconfig", path="/usr/sbin:/sbin:/usr/bin")
pytestmark = pytest.mark.skipif(LDCONFIG is None, reason="needs ldconfig")


def _cache(tmp_path: Path, *more: str) -> tuple[bytes, str]:
    """A cache that ldconfig makes of a system with three libraries, and how ldconfig prints it."""
    assert LDCONFIG is not None
    for path, soname in (("lib", "libone.so.1"), ("usr/lib", "libtwo.so.2"), ("opt/own", "libone.so.1")):
        (tmp_path / path).mkdir(parents=True, exist_ok=True)
        (tmp_path / path / f"{soname}.0").write_bytes(linked(soname))
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/ld.so.conf").write_text("/opt/own\n")
    subprocess.run([LDCONFIG, "-r", str(tmp_path), *more], check=True, capture_output=True)
    printed = subprocess.run([LDCONFIG, "-p", "-r", str(tmp_path)], check=True, capture_output=True, text=True)
    return (tmp_path / "etc/ld.so.cache").read_bytes(), printed.stdout


@pytest.mark.parametrize("form", ["new", "compat"])
def test_the_libraries_are_those_that_ldconfig_prints_in_their_order(tmp_path: Path, form: str) -> None:
    body, printed = _cache(tmp_path, "-c", form)
    told = re.findall(r"^\t(\S+) \(.*\) => (\S+)$", printed, re.MULTILINE)
    assert told
    assert list(cached_libraries(body)) == told


def test_the_cache_of_this_system_is_read() -> None:
    body = Path("/etc/ld.so.cache")
    if not body.exists():
        pytest.skip("needs a cache")
    assert LDCONFIG is not None
    printed = subprocess.run([LDCONFIG, "-p"], check=True, capture_output=True, text=True).stdout
    assert list(cached_libraries(body.read_bytes())) == re.findall(r"^\t(\S+) \(.*\) => (\S+)$", printed, re.MULTILINE)


def test_what_is_no_cache_is_corrupt() -> None:
    with pytest.raises(Corrupt, match="no cache"):
        cached_libraries(b"ld.so-1.7.0\0" + bytes(100))


def test_a_cache_cut_short_is_corrupt(tmp_path: Path) -> None:
    body, _ = _cache(tmp_path)
    with pytest.raises(Corrupt, match="cut short"):
        cached_libraries(body[:60])
    with pytest.raises(Corrupt, match="no end"):
        cached_libraries(body[: body.rindex(b"/lib") + 2])
