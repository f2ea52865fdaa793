"""Libraries that are loaded by a name that no file holds whole: of the C library, OpenSSL, CUDA, MKL, Qt and others.

The C library puts together the names of its name services (nsswitch.conf(5); `files` and `dns` are built in since glibc
2.34) and of its character sets. Of those (8 MB) the Unicode and Latin-1 ones stay where a library calls iconv_open for
the locale's own text or the environment asks for a locale that is not in UTF-8, all of them once something else that
is reached calls it: Python has codecs of its own. OpenSSL loads its legacy provider and its engines where its settings
or a caller name one (config(5ssl), OSSL_PROVIDER(3ossl)); Python's ssl and hashlib ask for none.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator

from deadweight.core.closure import Step
from deadweight.core.scene import Scene
from deadweight.core.seams import Need
from deadweight.core.trace import Entrance
from deadweight.facts.bodies import BODIES
from deadweight.facts.entrances import ENTRANCES
from deadweight.facts.known_data import matching
from deadweight.facts.known_families import families_of
from deadweight.facts.library_search import LIBRARY_SEARCH
from deadweight.facts.native_files import NATIVE_FILES
from deadweight.facts.system_texts import SYSTEM_TEXTS

_C_LIBRARY = re.compile(r"libc(?:-2\.\d+)?\.so(?:\.6)?")
_SERVICES = ("files", "dns", "compat", "myhostname")
_ALWAYS = re.compile(r"gconv-modules.*|UTF-?\d+\.so|UNICODE\.so|ISO8859-15?\.so|CP1252\.so")
_CONVERTS = "iconv_open"
_OPENSSL = re.compile(r"lib(?:crypto|ssl)[.-]")
_PROVIDERS = re.compile(r"/(?:ossl-modules|engines-[\w.]+)$")
_LOADS_PROVIDERS = frozenset(("OSSL_PROVIDER_load", "ENGINE_by_id"))
_SETTINGS = ("etc/ssl/openssl.cnf", "usr/lib/ssl/openssl.cnf", "etc/pki/tls/openssl.cnf", "usr/local/ssl/openssl.cnf")
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
    name = posixpath.basename(path)
    if _C_LIBRARY.fullmatch(name):
        yield from _name_services(scene, path)
        if any(_is_in_another_set(one) for one in scene.ask(ENTRANCES)):
            yield from _character_sets(scene, path, "is a character set of the C library", _ALWAYS)
    elif _CONVERTS in file.names and not _is_of_the_c_library(path):
        few = _FROM_LOCALE.fullmatch(name) is not None
        wanted = _ALWAYS if few else re.compile(".*")
        yield from _character_sets(scene, "", f"is a character set, and it calls {_CONVERTS}", wanted)
    yield from _of_openssl(scene, path, file.names)


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


def _is_of_the_c_library(path: str) -> bool:
    return "/gconv/" in path or re.match(r"(?:libc|libSegFault|iconvconfig|ld-)", posixpath.basename(path)) is not None


def _is_in_another_set(entrance: Entrance) -> bool:
    """Whether a variable of the environment asks for a locale with another character set than UTF-8."""
    stated = (value for name, value in entrance.environment.items() if name == "LANG" or name.startswith("LC_"))
    sets = (value.partition(".")[2].partition("@")[0].lower().replace("-", "") for value in stated if value)
    return any(one not in ("", "utf8") for one in sets)


def _of_openssl(scene: Scene, path: str, names: Iterable[str]) -> Iterator[Step]:
    """The providers and engines of OpenSSL: beside its library by its settings, all where a caller loads them."""
    name = posixpath.basename(path)
    if _OPENSSL.match(name):
        if not _loads_more(scene):
            return
    elif _LOADS_PROVIDERS.isdisjoint(names) or "/ossl-modules/" in path or "/engines-" in path:
        return
    for directory in sorted(scene.listing.directories):
        if _PROVIDERS.search(directory):
            for found in scene.listing.directly_in(directory):
                yield Step(found, "is a provider or engine of OpenSSL, which is asked to load some")


def _loads_more(scene: Scene) -> bool:
    """Whether the environment or a setting names a provider that is not built in, or an engine."""
    for entrance in scene.ask(ENTRANCES):
        if any(name.startswith("OPENSSL_") for name in entrance.environment):
            return True
    texts = (scene.ask(BODIES).read(path) or b"" for path in _SETTINGS if path in scene.listing)
    lines = (line.partition(b"#")[0] for text in texts for line in text.splitlines())
    return any(word in line for line in lines for word in (b"legacy", b"fips", b"engine", b"dynamic_path"))


NEED: Need = Need("library-families", "libraries that are loaded by names put together", _seeds, _follow)
