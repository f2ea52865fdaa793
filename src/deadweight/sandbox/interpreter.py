"""The Python interpreter and the shell that a stand has, as the program sees them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from pathlib import Path

from deadweight.sandbox.stand import Program, Stand

_ENVIRONMENTS = ("", ".venv/", "venv/", "env/")
_NAMES = ("python", "python3")
_SHELL = "/bin/sh"
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_LINE, _MOST_STEPS = 256, 80
_STARTERS = ("sh", "bash", "dash", "env")
_USUAL = ("/usr/local/bin", "/opt/venv/bin", "/venv/bin", "/app/.venv/bin", "/opt/conda/bin", "/usr/bin")


def python_of(stand: Stand, program: Program) -> str:
    """The absolute path of the Python that the program runs on, empty where the stand has none.

    That is the program itself, or what the first line of its script names. Else it is looked for beside the program's
    first word, a shell left out, in virtual environments in its working directory and at the top of the tree, and on
    its PATH; in an image the PATH comes first, then where Pythons usually are. Nothing of the host is taken for a
    stand that is a directory, unless the program names it.
    """
    found = (path for path in _candidates(stand, program) if _there(stand, path) is not None)
    return next(found, "")


def environments_of(stand: Stand) -> tuple[str, ...]:
    """The `bin` directories of virtual environments at the stand's place, as the program sees them."""
    bins = (posixpath.normpath(f"{stand.top}/{environment}bin") for environment in _ENVIRONMENTS)
    return tuple(one for one in bins if not stand.image and _there(stand, f"{one}/{_NAMES[0]}") is not None)


def shell_of(stand: Stand) -> tuple[str, ...]:
    """The words before a shell line, none where the stand's root has no shell."""
    return (_SHELL, "-c") if not stand.image or _there(stand, _SHELL) is not None else ()


def _candidates(stand: Stand, program: Program) -> Iterator[str]:
    first = program.command[0] if program.command else ""
    here = posixpath.join(stand.seen(program.directory), first)
    named = [here] if "/" in first else [f"{one}/{first}" for one in _path(stand, program) if first]
    for path in named if posixpath.basename(first) not in _STARTERS else ():
        yield from _python_behind(stand, program, path)
    beside = first.startswith("/") and posixpath.basename(first) not in _STARTERS
    for directory in _directories(stand, program, posixpath.dirname(first) if beside else ""):
        yield from (f"{directory}/{name}" for name in _NAMES)


def _python_behind(stand: Stand, program: Program, path: str) -> Iterator[str]:
    """The program where it is a Python, or the Python that its first line names."""
    if posixpath.basename(path).startswith("python"):
        yield path
    real = _there(stand, path)
    for word in _first_line(real) if real else ():
        if posixpath.basename(word).startswith("python"):
            yield from [word] if word.startswith("/") else [f"{one}/{word}" for one in _path(stand, program)]


def _first_line(script: Path) -> list[str]:
    """The words after `#!`, none for what is no script."""
    try:
        with script.open("rb") as stream:
            head = stream.read(_LINE)
    except OSError:
        return []
    return head.partition(b"\n")[0][2:].decode("utf-8", "replace").split() if head.startswith(b"#!") else []


def _path(stand: Stand, program: Program) -> list[str]:
    """Where the program's own words are looked for: its PATH, relative names in its directory."""
    stated = program.environment.get("PATH", _PATH if stand.image else "")
    return [*environments_of(stand), *filter(None, stated.split(":"))]


def _directories(stand: Stand, program: Program, beside: str) -> Iterator[str]:
    if beside:
        yield beside
    environments = [
        posixpath.normpath(f"{base}/{environment}bin")
        for base in dict.fromkeys((stand.seen(program.directory), stand.top))
        for environment in _ENVIRONMENTS
    ]
    stated = list(filter(None, program.environment.get("PATH", "").split(":")))
    yield from (*stated, *_USUAL, *environments) if stand.image else (*environments, *stated)


def _there(stand: Stand, path: str) -> Path | None:
    """Where on this host the path leads that the program sees, None where nothing stands there.

    In an image links lead inside of it, those on the way (`/bin` to `usr/bin`) and the last one too.
    """
    at, parts = "/", [part for part in path.split("/") if part]
    for _ in range(_MOST_STEPS):
        if not parts:
            return stand.behind(at)
        step = posixpath.join(at, parts.pop(0))
        behind = stand.behind(step)
        if behind.is_symlink() and stand.image:
            target = posixpath.normpath(posixpath.join(at, behind.readlink()))
            at, parts = "/", [*filter(None, target.split("/")), *parts]
        elif behind.is_symlink() or behind.exists():
            at = step
        else:
            return None
    return None
