from __future__ import annotations

import pytest

from builders.loading import link, system_scene
from deadweight.core.closure import Closure, Step
from deadweight.core.entry import Entry
from deadweight.core.scene import Scene
from deadweight.facts.system_packages import PACKAGES_BY_PATH, SYSTEM_PACKAGES, SystemPackage, reached_packages

_INFO = "var/lib/dpkg/info"
_STATUS = b"""\
Package: app
Status: install ok installed
Priority: optional
Version: 1.0-1
Pre-Depends: dpkg (>= 1.15)
Depends: libone (>= 1.0) | libtwo, mta:any, missing,
 data (= 1.0)
Description: an app
 with a long text: of lines

Package: libone
Version: 2
Essential: yes
Priority: required

Package: libtwo
Version: 3

Package: postfix
Version: 3.9
Provides: mta, other (= 1)

Package: data
Version: 1.0
"""


def _dpkg() -> dict[str, bytes | Entry]:
    lists = {
        "app": b"/.\n/usr\n/usr/bin\n/usr/bin/app\n/bin/run\n",
        "libone:amd64": b"/usr/lib/libone.so.1\n/usr/lib/libone.so\n",
        "libtwo": b"/usr/lib/gone.so\n",
        "postfix": b"/usr/sbin/postfix\n",
        "data": b"/usr/share/data/x\n",
    }
    return {
        "bin": link("bin", "usr/bin"),
        "usr/bin/app": b"x",
        "usr/bin/run": b"x",
        "usr/lib/libone.so.1": b"x",
        "usr/lib/libone.so": link("usr/lib/libone.so", "libone.so.1"),
        "usr/sbin/postfix": b"x",
        "usr/share/data/x": b"x",
        "var/lib/dpkg/status": _STATUS,
        f"{_INFO}/app.md5sums": b"",
        f"{_INFO}/app.postinst": b"#!/bin/sh\n",
        f"{_INFO}/app-more.list": b"",
        **{f"{_INFO}/{name}.list": body for name, body in lists.items()},
    }


def _named(scene: Scene) -> dict[str, SystemPackage]:
    return {one.name: one for one in scene.ask(SYSTEM_PACKAGES)}


def test_a_package_of_dpkg_has_its_files_where_the_links_lead() -> None:
    app = _named(system_scene(_dpkg()))["app"]
    assert (app.version, app.files) == ("1.0-1", ("usr/bin/app", "usr/bin/run"))


def test_what_dpkg_keeps_about_a_package_is_its_records_and_nobody_elses() -> None:
    found = _named(system_scene(_dpkg()))
    assert found["app"].records == (f"{_INFO}/app.list", f"{_INFO}/app.md5sums", f"{_INFO}/app.postinst")
    assert found["libone"].records == (f"{_INFO}/libone:amd64.list",)


def test_the_list_of_a_package_stands_for_it() -> None:
    assert _named(system_scene(_dpkg()))["libone"].node == f"{_INFO}/libone:amd64.list"


def test_every_installed_alternative_and_provider_is_depended_on_and_what_is_not_installed_is_not() -> None:
    assert _named(system_scene(_dpkg()))["app"].depends == ("data", "libone", "libtwo", "postfix")


def test_what_a_system_must_have_is_told() -> None:
    found = _named(system_scene(_dpkg()))
    assert (found["libone"].essential, found["libone"].priority) == (True, "required")
    assert not found["app"].essential


def test_an_image_without_dpkg_has_its_packages_by_their_paragraphs() -> None:
    files: dict[str, bytes | Entry] = {
        "usr/lib/libone.so.1": b"x",
        "var/lib/dpkg/status.d/libone": b"Package: libone\nVersion: 2\nDepends: base\n",
        "var/lib/dpkg/status.d/libone.md5sums": b"0" * 32 + b"  usr/lib/libone.so.1\n",
        "var/lib/dpkg/status.d/base": b"Package: base\nVersion: 1\n",
    }
    found = _named(system_scene(files))
    assert found["libone"].files == ("usr/lib/libone.so.1",)
    assert found["libone"].depends == ("base",)
    assert set(found["libone"].records) == {"var/lib/dpkg/status.d/libone", "var/lib/dpkg/status.d/libone.md5sums"}


def test_packages_of_apk_depend_on_those_that_provide_what_they_name() -> None:
    installed = (
        b"P:app\nV:1-r0\nD:so:libc.musl-x86_64.so.1 zlib>=1.3 !bad cmd:tool\nF:usr/bin\nR:app\n\n"
        b"P:musl\nV:1.2\np:so:libc.musl-x86_64.so.1=1\nF:lib\nR:ld-musl-x86_64.so.1\n\n"
        b"P:zlib\nV:1.3\nF:lib\nR:libz.so.1\nF:usr/share\nR:note\n"
    )
    files: dict[str, bytes | Entry] = {
        "lib/apk/db/installed": installed,
        "usr/bin/app": b"\x7fELF" + bytes(20),
        "lib/ld-musl-x86_64.so.1": b"\x7fELF" + bytes(20),
        "lib/libz.so.1": b"\x7fELF",
        "usr/share/note": b"a longer note",
    }
    found = _named(system_scene(files))
    assert found["app"].depends == ("musl", "zlib")
    assert (found["app"].manager, found["zlib"].node) == ("apk", "usr/share/note")


def test_each_file_and_node_leads_to_its_package() -> None:
    by_path = system_scene(_dpkg()).ask(PACKAGES_BY_PATH)
    assert {path: by_path[path].name for path in ("usr/bin/run", f"{_INFO}/data.list")} == {
        "usr/bin/run": "app",
        f"{_INFO}/data.list": "data",
    }


@pytest.mark.parametrize("path", ["usr/lib/libone.so.1", f"{_INFO}/libone:amd64.list"])
def test_a_package_is_reached_by_any_file_or_its_node(path: str) -> None:
    packages = system_scene(_dpkg()).ask(SYSTEM_PACKAGES)
    assert reached_packages(packages, Closure({path: Step(path, "is needed")})) == {"libone"}
