"""The Python interpreter and the shell that a stand has, as the program sees them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from deadweight.sandbox.stand import Program, Stand

_ENVIRONMENTS = ("", ".venv/", "venv/", "env/")
_NAMES = ("python", "python3")
_SHELL = "/bin/sh"
_STARTERS = ("sh", "bash", "dash", "env")
_USUAL = ("/usr/local/bin", "/opt/venv/bin", "/venv/bin", "/app/.venv/bin", "/opt/conda/bin", "/usr/bin")


def python_of(stand: Stand, program: Program) -> str:
    """The absolute path of the Python that the program runs on, empty where the stand has none.

    Looked for beside the program's own first word, a shell left out, then in virtual environments in its working
    directory and at the top of the tree, then on its PATH; in an image also where Pythons usually are. Nothing of the
    host is taken for a stand that is a directory, unless the program names it.
    """
    found = (path for path in _candidates(stand, program) if _is_there(stand, path))
    return next(found, "")


def environments_of(stand: Stand) -> tuple[str, ...]:
    """The `bin` directories of virtual environments at the stand's place, as the program sees them."""
    bins = (posixpath.normpath(f"{stand.top}/{environment}bin") for environment in _ENVIRONMENTS)
    return tuple(one for one in bins if not stand.image and _is_there(stand, f"{one}/{_NAMES[0]}"))


def shell_of(stand: Stand) -> tuple[str, ...]:
    """The words before a shell line, none where the stand's root has no shell."""
    return (_SHELL, "-c") if not stand.image or _is_there(stand, _SHELL) else ()


def _candidates(stand: Stand, program: Program) -> Iterator[str]:
    first = program.command[0] if program.command else ""
    if posixpath.basename(first).startswith("python") and first.startswith("/"):
        yield first
    beside = first.startswith("/") and posixpath.basename(first) not in _STARTERS
    for directory in _directories(stand, program, posixpath.dirname(first) if beside else ""):
        yield from (f"{directory}/{name}" for name in _NAMES)


def _directories(stand: Stand, program: Program, beside: str) -> Iterator[str]:
    if beside:
        yield beside
    for base in dict.fromkeys((stand.seen(program.directory), stand.top)):
        yield from (posixpath.normpath(f"{base}/{environment}bin") for environment in _ENVIRONMENTS)
    yield from filter(None, program.environment.get("PATH", "").split(":"))
    if stand.image:
        yield from _USUAL


def _is_there(stand: Stand, path: str) -> bool:
    """Whether something stands at the path; in an image its links lead inside, so they are not followed here.

    Directories on the way may be links too (`/bin` to `usr/bin`), which hold inside the image alone.
    """
    at, parts = "/", [part for part in path.split("/") if part]
    for _ in range(40):
        if not parts:
            return True
        step = posixpath.join(at, parts.pop(0))
        behind = stand.behind(step)
        if behind.is_symlink() and parts and stand.image:
            target = posixpath.normpath(posixpath.join(at, behind.readlink()))
            at, parts = "/", [*filter(None, target.split("/")), *parts]
        elif behind.is_symlink() or behind.exists():
            at = step
        else:
            return False
    return False
