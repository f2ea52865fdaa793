"""What the kernel opens by itself to start a program: its interpreter, which no call names."""

from __future__ import annotations

import struct

HEAD = 1 << 16
"""How much of a file's beginning tells of its interpreter."""

_SCRIPT_LINE = 255  # BINPRM_BUF_SIZE less the end
_INTERPRETER = 3  # PT_INTERP
_WIDE = 2  # ELFCLASS64
_ORDERS = {1: "<", 2: ">"}


def interpreter_of(head: bytes) -> str:
    """The absolute path of what starts a file with this beginning (`#!` line, PT_INTERP), empty for none."""
    if head.startswith(b"#!"):
        return _of_script(head)
    return _of_elf(head) if head.startswith(b"\x7fELF") and len(head) >= 64 else ""


def _of_script(head: bytes) -> str:
    words = head[2 : _SCRIPT_LINE + 1].split(b"\n", 1)[0].split()
    return words[0].decode("utf-8", "surrogateescape") if words else ""


def _of_elf(head: bytes) -> str:
    """From the program headers (elf(5)); one that is damaged, or has them further on, has none."""
    order, wide = _ORDERS.get(head[5], "<"), head[4] == _WIDE
    header = struct.Struct(order + ("32xQ14xHH" if wide else "28xI10xHH"))
    segment = struct.Struct(order + ("I4xQ16xQ" if wide else "II8xI"))
    table, size, count = header.unpack_from(head)
    for at in range(table, table + size * count, max(size, segment.size)):
        if at + segment.size > len(head):
            return ""
        kind, offset, length = segment.unpack_from(head, at)
        if kind == _INTERPRETER:
            return head[offset : offset + length].split(b"\0")[0].decode("utf-8", "surrogateescape")
    return ""
