"""Whose the files of an Alpine system are."""

from __future__ import annotations

import pytest

from builders.scenes import scene_of
from deadweight.core.entry import Entry, Kind
from deadweight.core.owner import NOBODY, Owner, OwnerKind

MUSL = Owner(OwnerKind.OS_PACKAGE, "musl", "1.2.5-r0")
BUSYBOX = Owner(OwnerKind.OS_PACKAGE, "busybox", "1.36.1-r5")
INSTALLED = b"""C:Q1abc=
P:musl
V:1.2.5-r0
A:x86_64
D:so:other
F:lib
R:ld-musl-x86_64.so.1
a:0:0:755
Z:Q1def=
M:0:0:755
R:libc.musl-x86_64.so.1
a:0:0:777

C:Q1ghi=
P:busybox
V:1.36.1-r5
F:bin
R:busybox
F:lib
F:
R:top.txt

"""
FILES = {"lib/ld-musl-x86_64.so.1": b"1", "bin/busybox": b"2", "top.txt": b"3"}


@pytest.mark.parametrize("database", ["lib/apk/db", "usr/lib/apk/db"])
def test_each_package_has_the_files_of_its_paragraph(database: str) -> None:
    ownership = scene_of({**FILES, f"{database}/installed": INSTALLED, f"{database}/scripts.tar": b"s"}).ownership
    owners = {path: ownership.of(path) for path in FILES}
    assert owners == {"lib/ld-musl-x86_64.so.1": MUSL, "bin/busybox": BUSYBOX, "top.txt": BUSYBOX}
    assert ownership.of(f"{database}/scripts.tar").name == "apk-tools"
    assert ownership.sources[MUSL] == f"{database}/installed"


def test_a_directory_that_two_packages_list_is_nobodys() -> None:
    ownership = scene_of({**FILES, "lib/apk/db/installed": INSTALLED}).ownership
    assert ownership.of("lib") == NOBODY
    assert ownership.of("bin") == BUSYBOX
    assert ownership.contests == ()


def test_the_links_that_busybox_makes_are_its() -> None:
    link = Entry("bin/ls", Kind.SYMLINK, target="/bin/busybox")
    assert scene_of({**FILES, "lib/apk/db/installed": INSTALLED, "bin/ls": link}).ownership.of("bin/ls") == BUSYBOX


def test_a_paragraph_without_a_name_is_no_package() -> None:
    scene = scene_of({"lib/apk/db/installed": b"F:bin\nR:busybox\n", "bin/busybox": b"2"})
    assert scene.ownership.of("bin/busybox").kind is not OwnerKind.OS_PACKAGE
