"""Root file systems of their own: a few programs of this machine with the libraries that ldd names."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path


def own_root(root: Path, *programs: str) -> Path:
    """A shell and these programs in /usr/bin, their libraries in /usr/lib, and the links of a merged /usr."""
    for name in ("sh", *programs):
        program = Path(shutil.which(name, path="/usr/bin:/bin") or "").resolve()
        _copy(program, root / "usr/bin" / name)
        for library in _libraries(program):
            _copy(library.resolve(), root / "usr/lib" / library.name)
    for name, target in (("bin", "usr/bin"), ("lib", "usr/lib"), ("lib64", "usr/lib")):
        (root / name).symlink_to(target)
    return root


def _libraries(program: Path) -> list[Path]:
    told = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    return [Path(word) for word in told.split() if word.startswith("/")]


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        shutil.copy(source, target)
