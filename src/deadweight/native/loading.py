"""Whether this host's loader takes a library or program, and what it says; nothing of the file is run.

The loader is asked to list (`ld.so --list`): it maps the file and what it needs, checks every program header, and
ends before any constructor. dlopen would run code of the artifact outside of the sandbox.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from deadweight.native.elf import ElfLayout, elf_layout

TIMEOUT = 60.0
_INTERPRETER = 3
_ADDRESS = re.compile(r" \(0x[0-9a-f]+\)")


@dataclass(frozen=True, slots=True)
class Loader:
    """The loader of this host, and a layout of a program that it runs."""

    path: str
    program: ElfLayout

    def fits(self, path: Path) -> bool:
        """Whether the file is for this host's machine, width and byte order."""
        with path.open("rb") as stream:
            layout = elf_layout(stream, path.stat().st_size)
        mine = (self.program.header.machine, self.program.header.shape)
        return layout is not None and (layout.header.machine, layout.header.shape) == mine

    def outcome(self, path: Path) -> str:
        """What the loader says of the file: equal texts for two files mean that they load alike."""
        command = [self.path, "--list", str(path)]
        environment = {"PATH": os.defpath, "LC_ALL": "C"}
        try:
            ran = subprocess.run(command, capture_output=True, timeout=TIMEOUT, env=environment, check=False)
        except subprocess.TimeoutExpired:
            return "took too long"
        said = (ran.stdout + ran.stderr).decode("utf-8", "replace").replace(str(path), "FILE")
        return f"{ran.returncode}: {_ADDRESS.sub('', said).strip()}"


def host_loader(program: Path = Path(sys.executable)) -> Loader | None:
    """The loader that runs the program, None where it names none (static, or no ELF system)."""
    with program.open("rb") as stream:
        layout = elf_layout(stream, program.stat().st_size)
        named = next((one for one in layout.segments if one.kind == _INTERPRETER), None) if layout else None
        if layout is None or named is None:
            return None
        stream.seek(named.offset)
        path = stream.read(named.size).rstrip(b"\0").decode("utf-8", "surrogateescape")
    return Loader(path, layout) if Path(path).exists() else None
