"""What a program needs of the system besides code: accounts, names, certificates, time zones, locales, fonts.

Nothing in a program names these in a way that an analysis of it sees: the C library, OpenSSL or ncurses open them by
paths of their own, many only for one request in a thousand. What every process may ask for is needed from the start;
the rest is needed once the library, program or module that reads it is.
"""

from __future__ import annotations

from collections.abc import Iterator

from deadweight.core.closure import Step
from deadweight.core.scene import Scene
from deadweight.core.seams import Need
from deadweight.facts.entrances import ENTRANCES
from deadweight.facts.known_data import data_read_by, matching
from deadweight.facts.places import is_root_file_system
from deadweight.facts.system_texts import SYSTEM_TEXTS

_OF_EVERY_PROCESS = """
    etc/passwd etc/group etc/nsswitch.conf etc/hosts etc/resolv.conf etc/host.conf etc/hostname etc/services
    etc/protocols etc/networks etc/gai.conf etc/localtime etc/timezone etc/TZ etc/environment etc/profile
    etc/shells etc/machine-id etc/os-release usr/lib/os-release etc/debian_version etc/alpine-release
    etc/redhat-release etc/system-release etc/lsb-release usr/lib/lsb-release etc/ld.so.cache etc/ld.so.conf
    etc/ld.so.conf.d/* etc/ld.so.preload etc/ld-musl-*.path etc/rpc etc/ethers etc/netconfig var/lib/dpkg/status
    var/lib/dpkg/arch lib/apk/db/* usr/lib/apk/db/* etc/apk/world usr/lib/sysimage/rpm/* var/lib/rpm/*"""
_DIRECTORIES = """
    tmp var/tmp run var/run run/lock var/lock proc dev dev/shm dev/pts sys root home mnt opt srv var/log
    var/cache var/lib"""
_BUILT_IN = frozenset(("C", "POSIX", ""))
_OTHER_CLOCKS = ("usr/share/zoneinfo/right/", "usr/share/zoneinfo/posix/", "usr/share/zoneinfo/tzdata.zi")
"""Zones that count leap seconds, and the others once more: no list of zones names them (zoneinfo.available_timezones
leaves them out), only TZ can. And what the zones were made from, which C++ and Java read."""
_LOCALE_VARIABLES = ("LANG", "LC_ALL", "LC_CTYPE", "LC_TIME", "LC_NUMERIC", "LC_COLLATE", "LC_MESSAGES", "LANGUAGE")


def _seeds(scene: Scene) -> Iterator[Step]:
    if not is_root_file_system(scene):
        return
    listing = scene.listing
    for glob in _OF_EVERY_PROCESS.split():
        yield from (Step(path, "is what any process may ask the C library for") for path in matching(listing, glob))
    for path in listing.directly_in(""):
        if path in listing.links:
            yield Step(path, "is a link that paths of the system go through")
    yield from (Step(path, "is a directory that programs expect") for path in _DIRECTORIES.split())
    yield from _homes(scene)
    yield from _locales(scene)


def _homes(scene: Scene) -> Iterator[Step]:
    """The homes of accounts that somebody can be, and the directories in which programs are started."""
    for line in scene.ask(SYSTEM_TEXTS).get("etc/passwd", b"").decode("utf-8", "replace").split("\n"):
        fields = line.split(":")
        if len(fields) == 7 and fields[5].startswith("/"):
            yield Step(fields[5].strip("/"), f"is the home of {fields[0]}")
    for entrance in scene.ask(ENTRANCES):
        place = entrance.inside(".")
        if place:
            yield Step(place, "is the directory that it is started in")


def _locales(scene: Scene) -> Iterator[Step]:
    """The locales that the environment asks for, and the zone."""
    for entrance in scene.ask(ENTRANCES):
        for variable in _LOCALE_VARIABLES:
            stated = entrance.environment.get(variable, "")
            if stated not in _BUILT_IN:
                yield from _locale(scene, stated, variable)
        zone = entrance.environment.get("TZ", "").lstrip(":")
        if zone:
            yield Step(f"usr/share/zoneinfo/{zone}", "is the time zone of TZ")


def _locale(scene: Scene, stated: str, variable: str) -> Iterator[Step]:
    says = f"is the locale of {variable}={stated}"
    language = stated.partition(".")[0].partition("@")[0]
    if language in _BUILT_IN:
        return
    yield Step("usr/lib/locale/locale-archive", says)
    for glob in (f"usr/lib/locale/{language}*/**", f"usr/share/i18n/locales/musl/{language}*"):
        yield from (Step(path, says) for path in matching(scene.listing, glob))


def _follow(scene: Scene, path: str) -> Iterator[Step]:
    if not is_root_file_system(scene):
        return
    for title, glob in data_read_by(path):
        found = (one for one in matching(scene.listing, glob) if one == glob or not one.startswith(_OTHER_CLOCKS))
        yield from (Step(one, f"is read by it: {title}") for one in found)


NEED: Need = Need("system-files", "accounts, certificates, time zones, locales, fonts", _seeds, _follow)
