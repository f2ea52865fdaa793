"""Real libraries, made by the C compiler of this machine."""

from __future__ import annotations

import functools
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

_SOURCE = "static int hidden_{i}(int x) {{ return x + {i}; }}\nint shown_{i}(int x) {{ return hidden_{i}(x); }}\n"


@functools.cache
def library(functions: int = 200, *flags: str) -> bytes:
    """A shared library of so many functions, compiled with the flags (`-g`, `-s`); skips where there is no compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("needs a C compiler")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "library.c"
        source.write_text("".join(_SOURCE.format(i=i) for i in range(functions)))
        out = Path(folder) / "library.so"
        command = [compiler, "-shared", "-fPIC", "-O0", *flags, "-o", str(out), str(source)]
        subprocess.run(command, check=True, capture_output=True)
        return out.read_bytes()
