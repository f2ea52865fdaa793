"""One requirement as a person writes it: a PEP 508 line, a URL, a version control address, a path or a file's name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import parse_qsl, unquote, urlsplit

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)

from deadweight.requirements.project_name import project_name

_ARCHIVE = (".whl", ".tar.gz", ".zip", ".tar.bz2", ".tar.xz", ".tgz")
_ADDRESS = re.compile(r"(?:git|hg|svn|bzr)\+[a-z]+:|[a-z][a-z0-9.-]*://|file:|git@", re.IGNORECASE)
_VARIABLE = re.compile(r"\$\{([A-Za-z0-9_]+)\}")
_NAME = re.compile(r"(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?P<extras>\[[^]]*\])?\s*(?=[=<>~!(])")
_EXTRAS = re.compile(r"(?P<path>.*?)(?P<extras>\[[^]]*\])?$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Asking:
    """Where a requirement stands: the project's folder, and the file's folder relative to it."""

    folder: Path
    beside: str = "."


@dataclass(frozen=True, slots=True)
class Named:
    """A requirement whose distribution is known: `requirement` is its PEP 508 text, `path` where a local one lies.

    `unknown` says what of it could not be told, such as a version that an environment variable holds.
    """

    name: str
    requirement: str
    path: str = ""
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class Unnamed:
    """A requirement that does not say of which distribution it is, and why that cannot be told."""

    reason: str


def asking(text: str, where: Asking) -> Named | Unnamed:
    """What the text asks for; ValueError says in a sentence why it is no requirement."""
    if _is_address(text) or _is_path(text):
        return _located(text, where)
    try:
        found = Requirement(text)
    except InvalidRequirement as error:
        return _with_variable(text, error)
    local = _local(found.url, where) if found.url else ""
    return Named(canonicalize_name(found.name), _without_url(found) if local else str(found), local)


def pep508(name: str, extras: str = "", url: str = "", marker: str = "") -> str:
    """A PEP 508 text of its parts; `extras` are in brackets or empty."""
    address = f" @ {url}" if url else ""
    return f"{name}{extras}{address}{' ; ' if url and marker else '; ' if marker else ''}{marker}"


def _with_variable(text: str, error: InvalidRequirement) -> Named:
    """The name alone, where an environment variable holds the rest."""
    variable, name = _VARIABLE.search(text), _NAME.match(text)
    if variable and name and variable.start() >= name.end():
        extras, marker = name["extras"] or "", text.partition(";")[2].strip()
        bare = str(Requirement(pep508(name["name"], extras, marker="" if "${" in marker else marker)))
        unknown = f"the version of {name['name']} is in the environment variable {variable[1]}, which is not read"
        return Named(canonicalize_name(name["name"]), bare, unknown=unknown)
    raise ValueError(f"{text!r} is no requirement: {_sentence(error)}") from error


def _checked(requirement: str, text: str) -> str:
    try:
        return str(Requirement(requirement))
    except InvalidRequirement as error:
        raise ValueError(f"{text!r} is no requirement: {_sentence(error)}") from error


def _sentence(error: InvalidRequirement) -> str:
    told = str(error).splitlines()[0]
    known = "markers are python_version, sys_platform, platform_machine, extra and the like (PEP 508)"
    return f"{told}; {known}" if "marker variable" in told else told


def _is_address(text: str) -> bool:
    return _ADDRESS.match(text) is not None


def _is_path(text: str) -> bool:
    """Whether it is a path by its look: an archive, or a directory; a bare name is none even where a folder has it."""
    bare = text.partition(" ;")[0].partition(";")[0].strip()
    path = _egg(bare)[0]
    if " @ " in bare or "@" in path.partition("/")[0]:
        return False
    return path.startswith((".", "/", "~/")) or path.endswith(_ARCHIVE) or "/" in path


def _located(text: str, where: Asking) -> Named | Unnamed:
    """A URL or a path: its name is in the fragment, in the file's name or in the project that lies there."""
    address, marker = _without_marker(text)
    if not _is_address(address):
        return _at_path(address, marker, where)
    bare, _, fragment = address.partition("#")
    told = dict(parse_qsl(fragment, separator="&"))
    local = _local(bare, where)
    name, extras = _egg(told.pop("egg", ""))
    name = name or _of_file(unquote(urlsplit(bare).path)) or _of_folder(local, where)
    if not name:
        return Unnamed(f"{address} does not say what it brings: write `name @ {address}`")
    kept = "&".join(f"{key}={value}" for key, value in told.items())
    url = "" if local else f"{bare}#{kept}" if kept else bare
    return Named(canonicalize_name(name), _checked(pep508(name, extras, url, marker), text), local)


def _at_path(address: str, marker: str, where: Asking) -> Named | Unnamed:
    path, extras = _egg(address.partition("#")[0])
    local = _beside(path, where)
    name = _of_file(path) or _of_folder(local, where) or _egg(address.partition("#egg=")[2])[0]
    if name:
        return Named(canonicalize_name(name), _checked(pep508(name, extras, marker=marker), address), local)
    if not (where.folder / local).exists():
        raise ValueError(f"{path} is not there")
    return Unnamed(f"the project at {path} does not state its name where that can be read without running it")


def _without_marker(text: str) -> tuple[str, str]:
    """The address and the marker behind it; after a URL only ` ;` begins one (PEP 508)."""
    address, _, marker = text.partition(" ;") if _is_address(text) else text.partition(";")
    return address.strip(), marker.strip()


def _egg(told: str) -> tuple[str, str]:
    """A name or a path, and the extras in brackets behind it."""
    parts = _EXTRAS.match(told)
    return (parts["path"].strip(), parts["extras"] or "") if parts else (told, "")


def _of_file(path: str) -> str:
    name = PurePosixPath(path).name
    try:
        if name.endswith(".whl"):
            return parse_wheel_filename(name)[0]
        return parse_sdist_filename(name)[0] if name.endswith(_ARCHIVE) else ""
    except (InvalidWheelFilename, InvalidSdistFilename):
        return ""


def _of_folder(local: str, where: Asking) -> str:
    return project_name(where.folder / local) if local else ""


def _local(url: str, where: Asking) -> str:
    """The path of a `file:` URL or of a path that stands for one, relative to the project; empty for all others."""
    if url.lower().startswith("file:"):
        path = unquote(urlsplit(url).path)
        return _relative(Path(path), where.folder) if path.startswith("/") else _beside(path or url[5:], where)
    return "" if _is_address(url) or not url.startswith((".", "/")) else _beside(url, where)


def _relative(path: Path, folder: Path) -> str:
    root = folder.absolute()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()


def _beside(path: str, where: Asking) -> str:
    """A path as pip takes it, from the project's folder; from the file's own where only that has it."""
    near = PurePosixPath(where.beside, path).as_posix()
    if path.startswith("/"):
        return _relative(Path(path), where.folder)
    return (
        near
        if not (where.folder / path).exists() and (where.folder / near).exists()
        else PurePosixPath(path).as_posix()
    )


def _without_url(found: Requirement) -> str:
    extras = f"[{','.join(sorted(found.extras))}]" if found.extras else ""
    return str(Requirement(pep508(found.name, extras, marker=str(found.marker or ""))))
