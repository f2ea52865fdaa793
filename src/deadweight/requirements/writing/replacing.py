"""Files that get new contents, all of them or none: written beside, synced, renamed."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path

from deadweight.core.errors import Lacking


def replace_files(contents: Mapping[Path, bytes]) -> None:
    """Give each path its bytes; a file that is there keeps its mode, and a link stays one.

    Until every one is written and synced nothing changes; where a rename fails those before it are undone. Raises
    Lacking where the system has no room or no right to write.
    """
    with ExitStack() as cleaning:
        try:
            made = {_real(path): _written(_real(path), data, cleaning) for path, data in contents.items()}
            kept = {path: _kept(path, cleaning) for path in made}
            _rename_all(made, kept)
            for folder in {path.parent for path in made}:
                _sync(folder)
        except OSError as fault:
            raise Lacking(
                f"it cannot be written: {fault.strerror or fault}; no file was changed",
                where=str(fault.filename or ""),
                advice="Free some space, or get the right to write there.",
            ) from fault


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _written(path: Path, data: bytes, cleaning: ExitStack) -> Path:
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".deadweight", dir=path.parent)
    cleaning.callback(_forget, Path(name))
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(descriptor)
    if path.exists():
        shutil.copymode(path, name)
    else:
        Path(name).chmod(0o666 & ~_umask())
    return Path(name)


def _kept(path: Path, cleaning: ExitStack) -> Path | None:
    """A copy of what stands there, to be put back; None where nothing does."""
    if not path.exists():
        return None
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".before", dir=path.parent)
    os.close(descriptor)
    cleaning.callback(_forget, Path(name))
    shutil.copy2(path, name)
    return Path(name)


def _rename_all(made: Mapping[Path, Path], kept: Mapping[Path, Path | None]) -> None:
    done: list[Path] = []
    try:
        for path, written in made.items():
            written.replace(path)
            done.append(path)
    except BaseException:
        for path in done:
            before = kept[path]
            if before is None:
                _forget(path)
            else:
                before.replace(path)
        raise


def _forget(path: Path) -> None:
    with suppress(OSError):
        path.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _umask() -> int:
    """The mask of new files; only setting it tells it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
