"""Records go with the last file of their package."""

from __future__ import annotations

from builders.reach import reached_scene
from deadweight.core.entry import Entry
from deadweight.core.plan import Plan
from deadweight.core.scene import Scene
from deadweight.edits.package_records import package_follow_ups
from deadweight.rules.hollow_packages import RULE
from deadweight.rules.unreached_packages import RULE as WHOLE

STATUS = "".join(
    f"Package: {name}\nStatus: install ok installed\nVersion: 1.0\nArchitecture: amd64\nEssential: {essential}\n\n"
    for name, essential in (("perl-base", "yes"), ("libc6", "no"), ("login", "yes"), ("less", "no"))
).encode()
FILES: dict[str, bytes | Entry] = {
    "etc/os-release": b"ID=debian\n",
    "etc/login.defs": b"x",
    "usr/bin/perl": b"x" * 100,
    "usr/bin/login": b"x",
    "usr/lib/libc.so.6": b"x",
    "var/lib/dpkg/status": STATUS,
    "var/lib/dpkg/info/perl-base.list": b"/usr/bin/perl\n",
    "var/lib/dpkg/info/perl-base.md5sums": b"0  usr/bin/perl\n",
    "var/lib/dpkg/info/libc6.list": b"/usr/lib/libc.so.6\n",
    "usr/bin/less": b"x",
    "var/lib/dpkg/info/less.list": b"/usr/bin/less\n",
    "var/lib/dpkg/info/login.list": b"/usr/bin/login\n/etc/login.defs\n",
}


def found(*reached: str) -> tuple[Scene, dict[str, tuple[str, ...]]]:
    scene = reached_scene(FILES, reached)
    return scene, {one.owner: one.paths for one in RULE.find(scene)}


def test_finds_records_though_others_depend_on_the_package() -> None:
    _, gone = found("usr/lib/libc.so.6", "var/lib/dpkg/info/perl-base.list")
    assert gone["perl-base 1.0"] == ("var/lib/dpkg/info/perl-base.list", "var/lib/dpkg/info/perl-base.md5sums")
    assert "libc6 1.0" not in gone


def test_its_settings_go_with_it() -> None:
    assert "etc/login.defs" in found("usr/lib/libc.so.6")[1]["login 1.0"]


def test_leaves_a_package_with_any_of_its_files() -> None:
    assert set(found("usr/lib/libc.so.6", "etc/login.defs")[1]) == {"perl-base 1.0"}


def test_leaves_what_goes_whole_to_the_rule_that_takes_it() -> None:
    scene, gone = found("usr/lib/libc.so.6")
    assert "less 1.0" not in gone
    assert "less 1.0" in {one.owner for one in WHOLE.find(scene)}


def test_the_status_of_dpkg_says_so_too() -> None:
    scene, _ = found("usr/lib/libc.so.6", "etc/login.defs")
    edits = tuple(edit for one in RULE.find(scene) for edit in one.edits)
    assert isinstance(Plan(scene.artifact.digest, "oci-layout", edits), Plan)
    (follow,) = package_follow_ups(scene, edits)
    assert follow.paths == ("var/lib/dpkg/status",)
    assert "perl-base" in follow.reason
