"""Libraries that are loaded by a name that no file holds whole: of the C library, OpenSSL, CUDA, MKL, Qt and others.

The C library puts together the names of its name services (nsswitch.conf(5); `files` and `dns` are built in since glibc
2.34) and of its character sets. Of those (8 MB) the Unicode and Latin-1 ones stay with it always, all of them once
something that is reached calls iconv_open itself: Python has codecs of its own.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from deadweight.core.closure import Step
from deadweight.core.scene import Scene
from deadweight.core.seams import Need
from deadweight.facts.known_data import matching
from deadweight.facts.known_families import families_of
from deadweight.facts.library_search import LIBRARY_SEARCH
from deadweight.facts.native_files import NATIVE_FILES
from deadweight.facts.system_texts import SYSTEM_TEXTS

_C_LIBRARY = re.compile(r"libc(?:-2\.\d+)?\.so(?:\.6)?")
_SERVICES = ("files", "dns", "compat", "myhostname")
_ALWAYS = re.compile(r"gconv-modules.*|UTF-?\d+\.so|UNICODE\.so|ISO8859-15?\.so|CP1252\.so")
_CONVERTS = "iconv_open"
_FROM_LOCALE = re.compile(
    r"bash|printf|factor|ptx|cmp|diff|diff3|sdiff|(?:libunistring|libidn2?|libpsl|libstdc\+\+)\.so.*"
)


def _seeds(scene: Scene) -> Iterator[Step]:
    return iter(())


def _follow(scene: Scene, path: str) -> Iterator[Step]:
    file = scene.ask(NATIVE_FILES).get(path)
    if file is None:
        return
    directory = posixpath.dirname(path)
    for title, glob in families_of(path):
        for found in matching(scene.listing, posixpath.normpath(posixpath.join(directory, glob))):
            yield Step(found, f"is loaded by a name that it puts together: {title}")
    if _C_LIBRARY.fullmatch(posixpath.basename(path)):
        yield from _name_services(scene, path)
        yield from _character_sets(scene, path, "is a character set of the C library", _ALWAYS)
    elif _CONVERTS in file.names and not _keeps_to_the_locale(path):
        yield from _character_sets(scene, "", f"is a character set, and it calls {_CONVERTS}", re.compile(".*"))


def _name_services(scene: Scene, path: str) -> Iterator[Step]:
    """The modules of the services that nsswitch.conf names, and of those that are asked without it."""
    text = scene.ask(SYSTEM_TEXTS).get("etc/nsswitch.conf", b"").decode("utf-8", "replace")
    lines = [line.partition("#")[0].partition(":")[2] for line in text.split("\n")]
    named = re.findall(r"[\w-]+", re.sub(r"\[[^\]]*\]", " ", " ".join(lines)))
    for service in dict.fromkeys((*_SERVICES, *named)):
        for one in scene.ask(LIBRARY_SEARCH).named(f"libnss_{service}.so.2", path):
            yield Step(one.path, f"is the name service {service!r} of nsswitch.conf")


def _character_sets(scene: Scene, path: str, says: str, wanted: re.Pattern[str]) -> Iterator[Step]:
    """The converters beside the C library, or those of the whole artifact where no path is given."""
    beside = posixpath.dirname(path)
    for directory in scene.listing.directories_named.get("gconv", ()):
        if path and posixpath.dirname(directory) != beside and "usr/lib" not in directory:
            continue
        for found in scene.listing.paths_under(directory):
            if wanted.fullmatch(posixpath.basename(found)):
                yield Step(found, says)


def _keeps_to_the_locale(path: str) -> bool:
    """Whether it is of the C library, or converts nothing but the locale's own text: UTF-8 or Latin-1, kept anyway.

    libidn2 and libunistring come with every getaddrinfo, libstdc++ with every wheel of C++: they would bring all
    character sets.
    """
    name = posixpath.basename(path)
    own = "/gconv/" in path or re.match(r"(?:libc|libSegFault|iconvconfig|ld-)", name) is not None
    return own or _FROM_LOCALE.fullmatch(name) is not None


NEED: Need = Need("library-families", "libraries that are loaded by names put together", _seeds, _follow)
