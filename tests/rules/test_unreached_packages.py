from __future__ import annotations

from builders.reach import reached_scene
from deadweight.core.entry import Entry
from deadweight.core.scene import Scene
from deadweight.rules.unreached_packages import RULE


def _package(name: str, **fields: str) -> bytes:
    more = "".join(f"{field.replace('_', '-').title()}: {value}\n" for field, value in fields.items())
    said = f"Package: {name}\nStatus: install ok installed\nVersion: 1.0\nArchitecture: amd64\n{more}\n"
    return said.encode()


NAMES = ("python3", "libc6", "libssl3", "perl", "gcc", "dpkg")
FILES: dict[str, bytes | Entry] = {
    "etc/os-release": b"ID=debian\n",
    "var/lib/dpkg/status": b"".join(
        (
            _package("python3", depends="libssl3 (>= 3.0) | libssl4, mail-transport-agent"),
            _package("libssl3", pre_depends="libc6"),
            _package("libc6"),
            _package("dpkg", essential="yes"),
            _package("perl", depends="libc6"),
            _package("gcc", provides="mail-transport-agent"),
        )
    ),
    **{f"usr/lib/{name}/file": b"x" * 100 for name in NAMES},
    "etc/perl/Net.cfg": b"x",
    **{f"var/lib/dpkg/info/{name}.list": f"/usr/lib/{name}/file\n".encode() for name in NAMES},
    "var/lib/dpkg/info/perl.list": b"/usr/lib/perl/file\n/etc/perl/Net.cfg\n",
}


def _found(scene: Scene) -> dict[str, tuple[str, ...]]:
    return {one.owner: one.paths for one in RULE.find(scene)}


def test_finds_the_package_that_nothing_reaches_with_its_configuration_and_records() -> None:
    assert _found(reached_scene(FILES, ["usr/lib/python3/file"])) == {
        "perl 1.0": ("etc/perl", "usr/lib/perl", "var/lib/dpkg/info/perl.list")
    }


def test_what_a_kept_package_depends_on_stays_by_alternative_and_by_what_is_provided() -> None:
    found = _found(reached_scene(FILES, ["usr/lib/python3/file"]))
    assert not found.keys() & {"libssl3 1.0", "libc6 1.0", "gcc 1.0"}


def test_what_a_system_must_have_stays_though_nothing_reaches_it() -> None:
    assert "dpkg 1.0" not in _found(reached_scene(FILES, ["usr/lib/libc6/file"]))


def test_leaves_all_where_every_package_is_reached() -> None:
    assert _found(reached_scene(FILES, [f"usr/lib/{name}/file" for name in NAMES])) == {}


def test_leaves_all_where_it_is_not_known_what_is_reached() -> None:
    assert _found(reached_scene(FILES, [], known=False)) == {}
