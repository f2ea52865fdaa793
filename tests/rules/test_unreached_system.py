from __future__ import annotations

from builders.reach import reached_scene
from deadweight.core.entry import Entry, Kind
from deadweight.core.scene import Scene
from deadweight.rules.unreached_system import RULE

STATUS = b"".join(
    b"Package: %s\nStatus: install ok installed\nVersion: 1.0\nArchitecture: amd64\n\n" % name
    for name in (b"perl", b"libc6", b"bash")
)


def _listed(*paths: str) -> bytes:
    return "".join(f"/{path}\n" for path in paths).encode()


LIBC = ("usr/lib/x86_64-linux-gnu/libc.so.6", "usr/share/doc/libc6/copyright", "usr/share/doc/libc6/changelog.gz")
PERL = ("usr/bin/perl", "usr/share/perl/strict.pm", "usr/share/doc/perl/copyright", "etc/perl/Net.cfg")
FILES: dict[str, bytes | Entry] = {
    "etc/os-release": b"ID=debian\n",
    "var/lib/dpkg/status": STATUS,
    "var/lib/dpkg/info/libc6.list": _listed(*LIBC),
    "var/lib/dpkg/info/perl.list": _listed(*PERL),
    "bin": Entry("bin", Kind.SYMLINK, target="usr/bin"),
    **dict.fromkeys((*LIBC, *PERL), b"x" * 100),
    "usr/local/share/mine": b"x",
    "usr/share/cache.bin": b"x",
    "srv/data": b"x",
}
REACHED = ("usr/lib/x86_64-linux-gnu/libc.so.6",)


def _found(scene: Scene) -> dict[str, tuple[str, ...]]:
    return {one.owner: one.paths for one in RULE.find(scene)}


def test_finds_the_files_of_packages_that_nothing_reaches() -> None:
    found = _found(reached_scene(FILES, REACHED))
    assert found["perl 1.0"] == ("usr/bin", "usr/share/doc/perl", "usr/share/perl")
    assert found["libc6 1.0"] == ("usr/share/doc/libc6/changelog.gz",)


def test_leaves_configuration_records_top_links_licences_and_what_is_local() -> None:
    gone = {path for paths in _found(reached_scene(FILES, REACHED)).values() for path in paths}
    kept = {"etc/perl/Net.cfg", "var/lib/dpkg/status", "bin", "usr/share/doc/libc6/copyright", "usr/local/share/mine"}
    assert not gone & {*kept, "srv/data", "usr/local"}
    assert "usr/share/cache.bin" in gone


def test_a_directory_that_is_a_member_stays() -> None:
    found = _found(reached_scene(FILES, (*REACHED, "usr/bin")))
    assert "usr/bin" not in found["perl 1.0"]
    assert "usr/bin/perl" in found["perl 1.0"]


def test_leaves_all_in_an_artifact_that_is_no_file_system() -> None:
    assert _found(reached_scene({"app.py": b"x", "usr/bin/perl": b"x"}, ["app.py"])) == {}


def test_leaves_all_where_it_is_not_known_what_is_reached() -> None:
    assert _found(reached_scene(FILES, REACHED, known=False)) == {}


INSTALLING = {f"var/lib/dpkg/info/libc6.{kind}": b"x" for kind in ("symbols", "postinst", "templates")} | {
    "var/cache/debconf/templates.dat": b"x",
    "var/lib/dpkg/status-old": b"x",
}
READ_BY_SCANNERS = {f"var/lib/dpkg/info/libc6.{kind}": b"x" for kind in ("md5sums", "conffiles")}


def test_what_the_package_manager_keeps_to_install_goes_where_nothing_reaches_it() -> None:
    files = {**FILES, **INSTALLING, **READ_BY_SCANNERS, "var/cache/debconf/config.dat.lock/x": b"x"}
    gone = {path for paths in _found(reached_scene(files, REACHED)).values() for path in paths}
    assert INSTALLING.keys() <= gone
    assert not gone & {*READ_BY_SCANNERS, "var/lib/dpkg/status", "var/lib/dpkg/info/libc6.list", "var/lib/dpkg/info"}


def test_a_program_that_installs_packages_keeps_what_that_takes() -> None:
    files = {**FILES, **INSTALLING, "usr/bin/dpkg": b"x"}
    gone = {path for paths in _found(reached_scene(files, (*REACHED, "usr/bin/dpkg"))).values() for path in paths}
    assert not gone & INSTALLING.keys()


def test_a_package_that_only_records_speak_of_keeps_no_licence() -> None:
    found = _found(reached_scene(FILES, (*REACHED, "var/lib/dpkg/info/perl.list")))
    assert "usr/share/doc/perl" in found["perl 1.0"]
