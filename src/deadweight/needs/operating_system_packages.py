"""Packages of the operating system: one is reached with any of its files, and reaches those that it depends on.

A package that is reached stays in the database of its manager, with what that keeps about it, and so do its
dependencies: `dpkg --audit` and scanners find what they expect. Of a package whose native code is reached its
configuration, shared data and private directories are reached (plug-ins lie there), of a dependency that holds nothing
but data all but documents: such data is opened by a path that no analysis sees.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from deadweight.core.closure import Step
from deadweight.core.scene import Scene
from deadweight.core.seams import Need
from deadweight.facts.native_files import NATIVE_FILES
from deadweight.facts.system_packages import PACKAGES_BY_PATH, SYSTEM_PACKAGES, SystemPackage

_DOCUMENTS = re.compile(
    r"usr/share/(?:doc|doc-base|man|info|locale|lintian|bug|bash-completion|zsh|fish|menu|applications|pixmaps|metainfo"
    r"|appdata|gdb|i18n|help|gtk-doc|perl|perl5|python3|pyshared|icons|debhelper|dh-python|reportbug|zoneinfo|ca-certificates"
    r"|terminfo|fonts|common-licenses|keyrings|vim|emacs|mime|pkgconfig|aclocal|cmake|licenses)/"
)
_DATA = re.compile(r"(?:etc|usr/share|usr/local/share|var/lib|usr/libexec)/")
_PRIVATE = re.compile(r"(?:usr/)?lib(?:64)?/(?:[^/]+-linux-[^/]+/)?(?P<own>[^/]+)/")
_NOT_PRIVATE = re.compile(
    r"[^/]+-linux-[^/]+|python.*|gconv|audit|pkgconfig|cmake|debug|locale|girepository.*|valgrind|perl.*|gcc|\.build-id|udev|systemd|tmpfiles\.d"
    r"|sysusers\.d|modprobe\.d|modules.*|mime|init|ruby|node_modules|go.*|jvm|llvm.*|apt|dpkg"
)
_ARE_CODE = (".py", ".pm", ".pl", ".rb", ".js", ".jar", ".h", ".a", ".o", ".pc")
_LISTS = (".list", ".md5sums", ".conffiles")
_STARTED = ("etc/init.d/", "etc/cron", "etc/logrotate.d/", "etc/rc", "etc/default/", "etc/update-motd.d/", "etc/apt/")


def _seeds(scene: Scene) -> Iterator[Step]:
    return iter(())


def _follow(scene: Scene, path: str) -> Iterator[Step]:
    package = scene.ask(PACKAGES_BY_PATH).get(path)
    if package is None:
        return
    if package.node:
        yield Step(package.node, f"is the package {package.name}, which has it")
    if path == package.node:
        yield from _of_package(scene, package)
    if path in scene.ask(NATIVE_FILES):
        says = f"is data of the package {package.name}, whose code is reached"
        yield from (Step(one, says) for one in package.files if _is_own_data(one) and not _is_program(scene, one))


def _of_package(scene: Scene, package: SystemPackage) -> Iterator[Step]:
    for path in package.records:
        if path.endswith(_LISTS):
            yield Step(path, f"is what the package manager keeps about {package.name}")
    for one in scene.ask(SYSTEM_PACKAGES):
        if one.manager == package.manager and one.name in package.depends:
            yield Step(one.node, f"is the package {one.name}, on which {package.name} depends")
            if _is_all_data(scene, one):
                says = f"is data of {one.name}, on which {package.name} depends"
                yield from (Step(path, says) for path in one.files if _is_bare_data(scene, path))


def _is_all_data(scene: Scene, package: SystemPackage) -> bool:
    """Whether the package holds neither native code nor programs nor modules of a language."""
    native = scene.ask(NATIVE_FILES)
    for path in package.files:
        if path in native or path.endswith(_ARE_CODE) or "/bin/" in f"/{path}" or "/sbin/" in f"/{path}":
            return False
    return True


def _is_bare_data(scene: Scene, path: str) -> bool:
    return not _is_document(path) and path in scene.listing.by_path and not _is_program(scene, path)


def _is_program(scene: Scene, path: str) -> bool:
    """Whether the file is to be run, and so is reached by who runs it; libraries are executable by custom."""
    return bool(scene.listing.by_path[path].mode & 0o111) and ".so" not in path.rpartition("/")[2]


def _is_own_data(path: str) -> bool:
    if _is_document(path) or path.endswith(_ARE_CODE):
        return False
    if _DATA.match(path):
        return not path.startswith(_STARTED)
    private = _PRIVATE.match(path)
    return private is not None and not _NOT_PRIVATE.fullmatch(private["own"])


def _is_document(path: str) -> bool:
    return _DOCUMENTS.match(path) is not None


NEED: Need = Need(
    "operating-system-packages", "packages of the operating system, by any of their files", _seeds, _follow
)
