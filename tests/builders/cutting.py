"""Libraries whose functions are of several pages each, what of them is reached, and libraries without the rest."""

from __future__ import annotations

import functools
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

import pytest

from deadweight.native.cutting.hollow import Wish, hollowed
from deadweight.native.cutting.parting import parts_of
from deadweight.native.cutting.reach import Graph, graph_of
from deadweight.native.cutting.unwinding import unwinding
from deadweight.native.elf import elf_layout
from deadweight.native.tables import Image

PAGES = """
#define PAGES __asm__ volatile("jmp 1f\\n .skip 20480, 0xcc\\n 1:")
#define LONG __attribute__((noinline))
#define HIDDEN static __attribute__((noinline, used))
"""
"""`PAGES;` in a function makes it longer than five pages, so that three go with it at least."""
FIRST = "HIDDEN int first_of_all(void) { return 0; }\n"
"""Takes the place behind the code that the linker puts in front: nothing says where that ends."""

_CALL = """
import ctypes, sys
library = ctypes.CDLL(sys.argv[1])
print(*(getattr(library, name)(*map(int, sys.argv[3:])) for name in sys.argv[2].split()))
"""


@functools.cache
def compiled(source: str, *flags: str, suffix: str = ".c", compiler: str = "cc") -> bytes:
    """What the compiler makes of the source, a shared library unless a flag says otherwise; skips on other machines."""
    found = shutil.which(compiler)
    if found is None or platform.machine() != "x86_64":
        pytest.skip(f"needs {compiler} for x86-64")
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder) / f"source{suffix}", Path(folder) / "out"
        path.write_text(source)
        shape = () if "-pie" in flags or "-no-pie" in flags or "-c" in flags else ("-shared",)
        command = [found, "-O1", "-fPIC", "-fno-toplevel-reorder", *shape, str(path), "-o", str(out), *flags]
        subprocess.run(command, check=True, capture_output=True)
        return out.read_bytes()


def image_of(body: bytes) -> Image:
    """The image of a whole ELF file."""
    layout = elf_layout(BytesIO(body), len(body))
    assert layout is not None
    return Image(layout, body)


def graph(body: bytes) -> Graph:
    """What leads to what in the library."""
    image = image_of(body)
    parts = parts_of(image, unwinding(image).functions)
    return graph_of(image, parts)


def reached(body: bytes, *entries: str) -> frozenset[str]:
    """The names of all functions that these exported names lead to."""
    found = graph(body)
    numbers = found.reached([found.parts.exported[name] for name in entries])
    return frozenset(name for number in numbers for name in found.parts[number].names)


def without_the_rest(body: bytes, *entries: str) -> bytes:
    """The library without what these exported names do not lead to."""
    image, found = image_of(body), graph(body)
    kept = found.reached([found.parts.exported[name] for name in entries])
    going = [part for number, part in enumerate(found.parts.functions) if number not in kept]
    spans = [(part.start, part.end) for part in going]
    starts = {part.start for part in going}
    names = frozenset(name for name, to in found.parts.exported.items() if to in starts)
    return hollowed(image, Wish(sorted((*spans, *unwinding(image).of(_joined(spans)))), names))


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    whole: list[tuple[int, int]] = []
    for start, end in spans:
        if whole and whole[-1][1] == start:
            whole[-1] = whole[-1][0], end
        else:
            whole.append((start, end))
    return whole


def answer(path: Path, function: str, *arguments: int, **environment: str) -> str:
    """What a function of the library returns (several by name: each) in a process of its own, or what went wrong."""
    command = [sys.executable, "-ISc", _CALL, str(path), function, *map(str, arguments)]
    ran = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment}, check=False)
    said = ran.stdout.strip() or (ran.stderr.strip().splitlines() or [f"status {ran.returncode}"])[-1]
    return said if ran.returncode >= 0 else f"signal {-ran.returncode}"


def written(folder: Path, body: bytes, name: str = "library.so") -> Path:
    """The body as a file that can be run and loaded."""
    path = folder / name
    path.write_bytes(body)
    path.chmod(0o755)
    return path


def said_by(tool: str, *arguments: str | Path) -> str:
    """What a tool of binutils prints; skips where it is not installed, fails where it complains."""
    if shutil.which(tool) is None:
        pytest.skip(f"needs {tool}")
    ran = subprocess.run([tool, *map(str, arguments)], capture_output=True, text=True, check=True)
    assert not ran.stderr.strip(), ran.stderr
    return ran.stdout


def columns(text: str, count: int) -> Iterable[list[str]]:
    """The lines of so many words or more, in words."""
    return (words for words in map(str.split, text.splitlines()) if len(words) >= count)
