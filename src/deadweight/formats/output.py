"""Output that is there whole or not at all: written beside its place, synced, renamed."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import secrets
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from deadweight.core.errors import DeadweightError, Lacking, UsageError

_LEFTOVER = re.compile(r"\..*\.deadweight-\d+-[0-9a-f]{8}", re.DOTALL)
_NAME_BYTES = 200
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_SHUT = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
_NO_LOCKS = frozenset({errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EBADF})
_NO_HARD_LINKS = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})


@contextmanager
def whole_file(out: Path) -> Iterator[BinaryIO]:
    """A seekable file to write that becomes `out` at the end; after an error or a kill there is no `out`.

    What killed runs left in the same folder is removed first. Raises UsageError where `out` is already there and
    Lacking where the system has no room or no right to write.
    """
    with _output(out, _new_file) as (temporary, descriptor):
        with os.fdopen(descriptor, "w+b", closefd=False) as stream:
            yield stream
            stream.flush()
            os.fsync(descriptor)
        _publish_file(temporary, out)


@contextmanager
def whole_directory(out: Path) -> Iterator[Path]:
    """An empty folder to fill that becomes `out` at the end; the same laws as `whole_file`."""
    with _output(out, _new_directory) as (temporary, descriptor):
        yield temporary
        _sync_file_system(descriptor)
        refuse_existing(out)
        temporary.rename(out)


@contextmanager
def scratch_directory(out: Path) -> Iterator[Path]:
    """A folder beside `out` for the work on it: gone at the end, and after a kill at the next run.

    What lacks for something in it is told of `out`, the only name that the user knows.
    """
    with _output(out, _new_directory) as (temporary, _):
        try:
            yield temporary
        except Lacking as fault:
            if not fault.where.startswith(str(temporary)):
                raise
            raise Lacking(fault.what, where=str(out), advice=fault.advice) from fault


@contextmanager
def _output(out: Path, make: Callable[[Path], int]) -> Iterator[tuple[Path, int]]:
    """A temporary sibling, locked while this process lives, removed unless it was renamed away."""
    refuse_existing(out)
    clean_leftovers(out.parent)
    named: list[Path] = []
    try:
        with _told(out, out.parent):
            temporary, descriptor = _locked_sibling(out, make, named)
        try:
            with _told(out, temporary):
                yield temporary, descriptor
                _sync_directory(out.parent)
        finally:
            _remove(temporary)  # before its lock is gone
            os.close(descriptor)
    finally:
        for one in named:
            _remove(one)


def refuse_inside(out: Path, taken: Path) -> None:
    """Raise UsageError where the output would lie inside of the input, which is never changed."""
    folder, whole = os.path.realpath(out.absolute().parent), os.path.realpath(taken)
    if os.path.isdir(whole) and Path(folder).is_relative_to(whole):  # noqa: PTH112  # resolve() raises on loops
        raise UsageError(
            f"it lies inside of {taken}, and that is never changed",
            where=str(out),
            advice="Name an output beside it.",
        )


def clean_leftovers(folder: Path) -> None:
    """Remove what killed runs left in the folder: temporaries of ours that no living process holds locked."""
    with suppress(OSError), os.scandir(folder) as found:
        for one in found:
            if _LEFTOVER.fullmatch(one.name):
                _clean(folder / one.name)


def _clean(leftover: Path) -> None:
    # A lock, not the process id in the name, tells the living from the dead: ids mean nothing across containers
    # that share a volume, and are used again after a reboot.
    with suppress(OSError):
        descriptor = os.open(leftover, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
        try:
            if _locked(descriptor):
                _remove(leftover)
        finally:
            os.close(descriptor)


def refuse_existing(out: Path) -> None:
    """Raise UsageError where something is there, if only a link that leads nowhere: nothing is ever replaced."""
    if os.path.lexists(out):
        raise UsageError(
            "the result is already there", where=str(out), advice="Name a path that is free, or remove it first."
        )


def _locked_sibling(out: Path, make: Callable[[Path], int], named: list[Path]) -> tuple[Path, int]:
    """The sibling and its descriptor; it is `named` before it is made, for an interrupt may come right after."""
    name = os.fsdecode(os.fsencode(out.name)[:_NAME_BYTES])
    while True:
        temporary = out.parent / f".{name}.deadweight-{os.getpid()}-{secrets.token_hex(4)}"
        named.append(temporary)
        descriptor = make(temporary)
        # Another run may take it for a leftover between its making and its locking: then make another.
        if _claimed(descriptor) and temporary.exists():
            return temporary, descriptor
        os.close(descriptor)


def _new_file(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)


def _new_directory(path: Path) -> int:
    path.mkdir()
    return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _claimed(descriptor: int) -> bool:
    """Lock our own; a file system without locks does without, and nothing is ever cleaned there."""
    try:
        return _locked(descriptor)
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
        return True


def _publish_file(temporary: Path, out: Path) -> None:
    """Rename without ever replacing: a link to a name that was taken meanwhile fails, a rename would not."""
    try:
        os.link(temporary, out)
    except FileExistsError:
        refuse_existing(out)
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        refuse_existing(out)
        temporary.rename(out)


def put_in_place(made: Path, out: Path) -> None:
    """Give what was made whole elsewhere on this disk its name; raises UsageError where that was taken meanwhile."""
    with _told(out, made):
        if made.is_dir():
            refuse_existing(out)
            made.rename(out)
        else:
            _publish_file(made, out)
            made.unlink(missing_ok=True)
        _sync_directory(out.absolute().parent)


def _sync_directory(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_file_system(descriptor: int) -> None:
    """Everything written to the file system of the descriptor; one call for a tree of 30 000 files."""
    import ctypes

    syncfs = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
    if syncfs is None:
        os.sync()
    elif syncfs(descriptor) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _remove(path: Path) -> None:
    """Remove a file or tree of ours, folders without permissions in it too."""
    with suppress(OSError):
        if not stat.S_ISDIR(path.lstat().st_mode):
            path.unlink()
            return
        path.chmod(0o700)
        for folder, directories, _ in os.walk(path):
            for name in directories:
                if not os.path.islink(os.path.join(folder, name)):  # noqa: PTH114, PTH118  # 30 000 Path objects
                    os.chmod(os.path.join(folder, name), 0o700)  # noqa: PTH101, PTH118
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _told(out: Path, ours: Path) -> Iterator[None]:
    """Say what the system lacks; errors of other files than those under `ours` pass through."""
    try:
        yield
    except OSError as error:
        explained = _explained(error, out, ours)
        if explained is None:
            raise
        raise explained from error


def _explained(error: OSError, out: Path, ours: Path) -> DeadweightError | None:
    if error.filename is not None and not str(error.filename).startswith(str(ours)):
        return None
    if error.errno in _FULL:
        why = "there is no space left for the result" if error.errno != errno.EFBIG else "the result is too big a file"
        return Lacking(why, where=str(out), advice="Free some space or raise the limit, or write to another disk.")
    if error.errno in _SHUT:
        why = f"the result cannot be written here ({os.strerror(error.errno)})"
        return Lacking(why, where=str(out), advice="Write to a folder that you may change.")
    if error.errno in (errno.ENOENT, errno.ENOTDIR) and not out.parent.is_dir():
        return UsageError("there is no such folder", where=str(out.parent), advice="Make it first.")
    return None
