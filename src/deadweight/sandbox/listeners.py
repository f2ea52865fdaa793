"""The TCP ports that are listened on in this network namespace (proc(5), /proc/net/tcp)."""

from __future__ import annotations

from pathlib import Path

_LISTEN = "0A"


def listening(tables: tuple[str, ...] = ("/proc/self/net/tcp", "/proc/self/net/tcp6")) -> tuple[int, ...]:
    """The listened-on ports, sorted; a table that the kernel does not have counts as empty."""
    ports: set[int] = set()
    for table in tables:
        try:
            lines = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        fields = (line.split() for line in lines)
        ports |= {int(row[1].rpartition(":")[2], 16) for row in fields if len(row) > 3 and row[3] == _LISTEN}
    return tuple(sorted(ports))
