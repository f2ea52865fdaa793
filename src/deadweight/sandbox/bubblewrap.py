"""The bubblewrap command lines that hold a program on its stand."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from deadweight.core.errors import UsageError
from deadweight.core.paths import is_under
from deadweight.sandbox.interpreter import environments_of
from deadweight.sandbox.stand import Program, RunLimits, Stand

HOME = "/tmp/home"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
DEFAULT_ENVIRONMENT: Mapping[str, str] = {
    "PATH": PATH,
    "HOME": HOME,
    "LANG": "C.UTF-8",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",
}
_KEYRINGS = (".ssh", ".gnupg", ".aws", ".azure", ".kube", ".docker", ".config/gcloud", ".local/share/keyrings")
_PRIVATE = ("/tmp", "/run")
_PROVIDED = frozenset({"proc", "dev", "tmp", "run"})


def network_words() -> tuple[str, ...]:
    """The outer shell: a network of its own with nothing but a loopback, in which supervisor and program share ports.

    The supervisor is ours and sees the host as it is; only the program is held (measured: a /proc mounted here
    would be masked, and the kernel refuses the program's own /proc below a masked one).
    """
    return ("--unshare-user", "--unshare-net", "--die-with-parent", "--dev-bind", "/", "/", "--")


def supervisor_words() -> tuple[str, ...]:
    """The outer shell of the supervisor, which opens the low ports of that network before it starts the program."""
    return ("--cap-add", "CAP_NET_ADMIN", *network_words())


def program_words(stand: Stand, program: Program, limits: RunLimits) -> tuple[str, ...]:
    """The inner shell: the stand as root, nothing of it writable, no capability, own processes and temporary files."""
    return (
        *("--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"),
        *("--cap-drop", "ALL", "--die-with-parent", "--new-session", "--hostname", "sandbox"),
        *_identity(stand, program),
        *(_image_root(stand.root) if stand.image else _host_root(stand)),
        *_writable(stand, program, limits),
        *_tree(stand),
        *_fresh(stand, program),
        *("--remount-ro", "/", "--chdir", stand.seen(program.directory)),
        *_environment(stand, program),
        "--",
    )


def environment_of(stand: Stand, program: Program) -> dict[str, str]:
    """All that the program finds in its environment; virtual environments at the place come first on its PATH."""
    found = {**DEFAULT_ENVIRONMENT, **program.environment}
    if not stand.image and "PATH" not in program.environment:
        found["PATH"] = os.environ.get("PATH", PATH)
    return {**found, "PATH": ":".join([*environments_of(stand), found["PATH"]])}


def _environment(stand: Stand, program: Program) -> Iterator[str]:
    yield "--clearenv"
    for name, value in sorted(environment_of(stand, program).items()):
        yield from ("--setenv", name, value)


def _host_root(stand: Stand) -> Iterator[str]:
    yield from ("--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc")
    for keyring in (Path.home() / name for name in _KEYRINGS):
        if keyring.is_dir() and not is_under(stand.place, str(keyring)):
            yield from ("--tmpfs", str(keyring))


def _image_root(root: Path) -> Iterator[str]:
    """Each top-level entry bound by itself, so that a tree without /proc or /tmp gets them and is not written."""
    yield from ("--tmpfs", "/")
    for child in sorted(root.iterdir()):
        if child.name in _PROVIDED:
            continue
        if child.is_symlink():
            yield from ("--symlink", os.readlink(child), f"/{child.name}")  # noqa: PTH115  (the text, not a path)
        else:
            yield from ("--ro-bind", str(child), f"/{child.name}")
    yield from ("--dev", "/dev", "--proc", "/proc")


def _writable(stand: Stand, program: Program, limits: RunLimits) -> Iterator[str]:
    """Private /tmp, /run and HOME; a host's /run also holds sockets through which one could leave the sandbox."""
    size = ("--size", str(limits.temporary)) if limits.temporary else ()
    yield from (*size, "--perms", "1777", "--tmpfs", "/tmp", *size, "--tmpfs", "/run")
    yield from ("--dir", HOME)
    if stand.image and (stand.root / "var/tmp").is_dir():
        yield from ("--perms", "1777", "--tmpfs", "/var/tmp")


def _tree(stand: Stand) -> Iterator[str]:
    for seat in () if stand.image else _seats(stand, stand.place):
        yield from ("--ro-bind", str(stand.root), seat)


def _seats(stand: Stand, path: str) -> tuple[str, ...]:
    """Where to mount what the program is to see at the path: bubblewrap follows no absolute link on the way.

    The links of the host lead there, but for those in a directory that the sandbox has of its own.
    """
    if stand.image:
        return (path,)
    real = os.path.realpath(path)
    hidden = real != path and any(is_under(path, private) for private in _PRIVATE)
    return (real, path) if hidden else (real,)


def _fresh(stand: Stand, program: Program) -> Iterator[str]:
    for directory in map(stand.seen, program.writable):
        if not stand.behind(directory).is_dir():
            raise UsageError(
                f"the program is to write to {directory}, which is no directory of {stand.root}",
                advice="Name a directory that is there.",
            )
        for seat in _seats(stand, directory):
            yield from ("--tmpfs", seat)


def _identity(stand: Stand, program: Program) -> Iterator[str]:
    if program.user or stand.image:
        uid, gid = user_ids(stand, program.user or "0:0")
        yield from ("--uid", str(uid), "--gid", str(gid))


def user_ids(stand: Stand, user: str) -> tuple[int, int]:
    """The ids of an image's `User`: `uid`, `uid:gid`, or names looked up in the stand's own /etc/passwd and group."""
    name, _, group = user.partition(":")
    fields = [] if name.isdigit() else _account(stand, "etc/passwd", name)
    uid = int(fields[2]) if fields else int(name)
    if not group:
        return uid, int(fields[3]) if fields else _primary_group(stand, uid)
    return uid, int(group) if group.isdigit() else int(_account(stand, "etc/group", group)[2])


def _primary_group(stand: Stand, uid: int) -> int:
    for line in _lines(stand, "etc/passwd"):
        fields = line.split(":")
        if len(fields) > 3 and fields[2] == str(uid) and fields[3].isdigit():
            return int(fields[3])
    return 0


def _account(stand: Stand, file: str, name: str) -> list[str]:
    for line in _lines(stand, file):
        if re.match(re.escape(name) + ":[^:]*:[0-9]+(:[0-9]+|:|$)", line):
            return line.split(":")
    raise UsageError(f"{name!r} is not in {file} of {stand.root}", advice="Give the user by number: uid or uid:gid.")


def _lines(stand: Stand, file: str) -> list[str]:
    try:
        descriptor = os.open(stand.root / file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return []
    with os.fdopen(descriptor, encoding="utf-8", errors="replace") as stream:
        return stream.read(1 << 20).splitlines() if stat.S_ISREG(os.fstat(descriptor).st_mode) else []
