from __future__ import annotations

from collections.abc import Mapping

import pytest

from builders.loading import link, system_scene
from builders.scenes import scene_of
from deadweight.core.entry import Entry
from deadweight.core.globs import matcher
from deadweight.core.scene import Scene
from deadweight.facts.known_data import KNOWN_DATA, matching
from deadweight.needs.system_files import NEED


def _seeded(files: Mapping[str, bytes | Entry], environment: Mapping[str, str] | None = None) -> set[str]:
    return {step.path for step in NEED.seeds(system_scene(files, environment))}


def _read_by(path: str, *files: str) -> set[str]:
    scene = system_scene({path: b"x", **dict.fromkeys(files, b"x")})
    return {step.path for step in NEED.follow(scene, path)}.intersection(files)


@pytest.mark.parametrize("path", ["etc/passwd", "etc/group", "etc/nsswitch.conf", "etc/hosts", "etc/resolv.conf"])
def test_what_any_process_may_look_up_is_needed_from_the_start(path: str) -> None:
    assert path in _seeded({path: b"x"})


def test_the_records_that_scanners_read_are_needed_from_the_start() -> None:
    assert {"var/lib/dpkg/status", "lib/apk/db/installed"} <= _seeded(
        {"var/lib/dpkg/status": b"", "lib/apk/db/installed": b""}
    )


def test_directories_that_must_exist_are_needed() -> None:
    assert {"tmp", "var/tmp", "run", "proc", "dev", "sys"} <= _seeded({})


def test_homes_of_accounts_are_needed() -> None:
    assert "srv/api" in _seeded({"etc/passwd": b"api:x:1000:1000::/srv/api:/bin/sh\nbroken line\n"})


def test_links_at_the_top_are_needed() -> None:
    assert "lib64" in _seeded({"lib64": link("lib64", "usr/lib64")})


def test_a_locale_of_the_environment_is_needed_and_another_is_not() -> None:
    files: dict[str, bytes | Entry] = {
        "usr/lib/locale/locale-archive": b"x",
        "usr/lib/locale/de_DE.utf8/LC_TIME": b"x",
        "usr/lib/locale/fr_FR.utf8/LC_TIME": b"x",
    }
    assert _seeded(files, {"LC_ALL": "de_DE.UTF-8"}) >= {
        "usr/lib/locale/locale-archive",
        "usr/lib/locale/de_DE.utf8/LC_TIME",
    }
    assert "usr/lib/locale/fr_FR.utf8/LC_TIME" not in _seeded(files, {"LC_ALL": "de_DE.UTF-8"})
    assert "usr/lib/locale/locale-archive" not in _seeded(files, {"LANG": "C.UTF-8"})


def test_the_zone_of_the_environment_is_needed() -> None:
    assert "usr/share/zoneinfo/Asia/Tokyo" in _seeded({"usr/share/zoneinfo/Asia/Tokyo": b"TZif"}, {"TZ": ":Asia/Tokyo"})


@pytest.mark.parametrize(
    ("reader", "read"),
    [
        ("usr/lib/x86_64-linux-gnu/libssl.so.3", "etc/ssl/certs/ca-certificates.crt"),
        ("usr/lib/libssl.so.3", "usr/share/ca-certificates/mozilla/GTS_Root_R1.crt"),
        ("usr/lib/python3.12/lib-dynload/_ssl.cpython-312-x86_64-linux-gnu.so", "etc/ssl/openssl.cnf"),
        ("usr/lib/python3.12/zoneinfo/__init__.py", "usr/share/zoneinfo/Asia/Tokyo"),
        ("s/pytz/__init__.py", "usr/share/zoneinfo/Asia/Tokyo"),
        ("usr/lib/x86_64-linux-gnu/libtinfo.so.6", "lib/terminfo/x/xterm"),
        ("s/matplotlib/font_manager.py", "usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"),
        ("usr/lib/libfontconfig.so.1.12", "etc/fonts/fonts.conf"),
        ("usr/lib/python3.12/mimetypes.py", "etc/mime.types"),
        ("usr/lib/libmagic.so.1.0.0", "usr/lib/file/magic.mgc"),
        (
            "usr/lib/x86_64-linux-gnu/libgdk_pixbuf-2.0.so.0",
            "usr/lib/x86_64-linux-gnu/gdk-pixbuf-2.0/2.10.0/loaders.cache",
        ),
        ("usr/bin/perl", "usr/share/perl/5.36.0/strict.pm"),
        ("usr/sbin/nginx", "etc/nginx/nginx.conf"),
    ],
)
def test_who_reads_it_needs_it(reader: str, read: str) -> None:
    assert _read_by(reader, read) == {read}


def test_the_c_library_alone_needs_no_zone_but_the_universal_one() -> None:
    zones = ("usr/share/zoneinfo/UTC", "usr/share/zoneinfo/Asia/Tokyo")
    assert _read_by("usr/lib/x86_64-linux-gnu/libc.so.6", *zones) == {"usr/share/zoneinfo/UTC"}


def test_another_file_needs_nothing() -> None:
    assert (
        _read_by("usr/lib/libother.so.1", "etc/ssl/openssl.cnf", "usr/share/zoneinfo/UTC", "etc/fonts/fonts.conf")
        == set()
    )


def test_an_environment_without_a_system_has_no_such_needs() -> None:
    scene = scene_of({"lib/libssl.so.3": b"x", "etc/passwd": b""})
    assert list(NEED.seeds(scene)) == list(NEED.follow(scene, "lib/libssl.so.3")) == []


def test_what_lies_behind_a_link_is_matched_where_the_link_leads() -> None:
    files: dict[str, bytes | Entry] = {"lib": link("lib", "usr/lib"), "usr/lib/terminfo/x/xterm": b"x"}
    scene: Scene = system_scene(files)
    assert list(matching(scene.listing, "lib/terminfo/**")) == ["usr/lib/terminfo/x", "usr/lib/terminfo/x/xterm"]


def test_every_pattern_of_the_table_is_a_glob_that_is_rooted_and_matches_itself() -> None:
    for title, (readers, places) in KNOWN_DATA.items():
        assert readers, title
        for place in places:
            assert not place.startswith("/"), place
            assert matcher((place,))(place.replace("**", "x").replace("*", "x").replace("?", "x")), place


def test_a_program_is_known_where_programs_lie_and_not_by_a_name_alone() -> None:
    """dpkg's list of gcc-12-base is no compiler."""
    assert _read_by("usr/bin/gcc-12", "usr/include/stdio.h") == {"usr/include/stdio.h"}
    assert _read_by("var/lib/dpkg/info/gcc-12-base.list", "usr/include/stdio.h") == set()


def test_python_reads_kinds_of_file_from_lists_and_no_database_of_desktops() -> None:
    database = "usr/share/mime/packages/freedesktop.org.xml"
    assert _read_by("usr/lib/python3.12/mimetypes.py", database) == set()
    assert _read_by("usr/lib/libgio-2.0.so.0", database) == {database}


def test_a_module_that_is_called_magic_inside_a_package_reads_no_magic() -> None:
    assert _read_by("s/site-packages/IPython/core/magic.py", "usr/share/misc/magic.mgc") == set()
    assert _read_by("s/site-packages/magic.py", "usr/share/misc/magic.mgc") == {"usr/share/misc/magic.mgc"}


def test_zones_with_leap_seconds_are_needed_by_their_name_alone() -> None:
    places = ("usr/share/zoneinfo/Europe/Berlin", "usr/share/zoneinfo/right/Europe/Berlin")
    assert _read_by("usr/lib/python3.11/zoneinfo/__init__.py", *places) == {places[0]}
    assert places[1] in _seeded(dict.fromkeys(places, b"x"), {"TZ": "right/Europe/Berlin"})


def test_what_zones_are_made_from_is_read_by_cpp_alone() -> None:
    made_from, zone = "usr/share/zoneinfo/tzdata.zi", "usr/share/zoneinfo/Europe/Berlin"
    assert _read_by("usr/lib/python3.11/zoneinfo/__init__.py", made_from, zone) == {zone}
    assert _read_by("usr/lib/x86_64-linux-gnu/libc.so.6", made_from, zone) == set()
    assert _read_by("usr/lib/x86_64-linux-gnu/libstdc++.so.6.0.33", made_from, zone) == {made_from}
