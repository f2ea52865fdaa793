"""Plain paths: relative, posix, no dot segments; anything else is refused."""

from __future__ import annotations

import posixpath

from deadweight.core.errors import Hostile

MAX_COMPONENT = 255
MAX_PATH = 4095


def plain(name: str, where: str) -> str:
    """Give the stored name as a plain path relative to the root; the root itself is the empty string.

    A leading `./` or `/` and a trailing `/` are spelling and dropped. `..` in any place, a NUL, a component over
    255 bytes and a path over 4095 bytes raise Hostile (Linux: NAME_MAX, PATH_MAX).
    """
    if "\0" in name:
        raise Hostile(f"the name {name[:80]!r} holds a NUL byte", where=where)
    # Most names are plain already: 100 000 of them are told from the others in a tenth of the time of splitting.
    odd = "/." in name or "//" in name or name[:1] in ("/", ".") or name[-1:] == "/"
    path = _cleaned(name, where) if odd else name
    if len(path) > MAX_COMPONENT // 4:  # a character is four bytes at most
        _check_length(path, where)
    return path


def _cleaned(name: str, where: str) -> str:
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise Hostile(
            f"the name {name[:200]!r} climbs out of the artifact",
            where=where,
            advice="Archives with '..' in their names are never opened. Build it again without them.",
        )
    return "/".join(parts)


def _check_length(path: str, where: str) -> None:
    raw = path.encode("utf-8", "surrogateescape")
    whole = len(raw)
    if whole <= MAX_COMPONENT:
        return
    longest = max(map(len, raw.split(b"/")))
    if longest > MAX_COMPONENT or whole > MAX_PATH:
        raise Hostile(
            f"a name of {whole} bytes (longest component {longest}) fits no Linux file system",
            where=where,
            advice=f"The limits are {MAX_COMPONENT} bytes a component and {MAX_PATH} bytes a path.",
        )


def parents(path: str) -> tuple[str, ...]:
    """Every directory above the path, nearest first, without the root."""
    found = []
    while path := path.rpartition("/")[0]:
        found.append(path)
    return tuple(found)


def is_under(path: str, directory: str) -> bool:
    """Whether the path is the directory or lies in it; everything lies under the root, the empty string."""
    return not directory or path == directory or path.startswith(directory + "/")


def link_target(path: str, target: str) -> str | None:
    """The plain path that a symbolic link at `path` points at in its own root, or None where it leaves it."""
    base = "" if target.startswith("/") else posixpath.dirname(path)
    parts: list[str] = base.split("/") if base else []
    for part in target.split("/"):
        if part in ("", "."):
            continue
        if part == "..":
            if not parts and not target.startswith("/"):
                return None
            parts = parts[:-1]
        else:
            parts.append(part)
    return "/".join(parts)
