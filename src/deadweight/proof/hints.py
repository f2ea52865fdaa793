"""What a program's log means where the sandbox is what stopped it, and what to do about it."""

from __future__ import annotations

import re

_READ_ONLY = re.compile(r"Read-only file system|\bEROFS\b", re.IGNORECASE)
_UNREACHABLE = re.compile(
    r"Network is unreachable|\bENETUNREACH\b|Temporary failure in name resolution|Name or service not known"
    r"|\bEAI_AGAIN\b|getaddrinfo (?:failed|ENOTFOUND)|Could not resolve host|Failed to resolve '"
    r"|Name does not resolve|No address associated with hostname",
)
_REFUSED = re.compile(r"Connection refused|\bECONNREFUSED\b", re.IGNORECASE)
_FULL = re.compile(r"No space left on device|\bENOSPC\b")


def hint(log: str) -> str:
    """The sandbox's part in it, in parentheses behind a space; empty where the log shows none."""
    found = []
    if _READ_ONLY.search(log):
        found.append("in the sandbox nothing of the tree can be written: name what it writes to with --writable DIR")
    if _UNREACHABLE.search(log):
        found.append("the sandbox has no network: it has to start without, by a setting of its own (--env)")
    elif _REFUSED.search(log):
        found.append("the sandbox has a network of its own: nothing that runs outside of it answers there")
    if _FULL.search(log):
        found.append("temporary files are bounded in the sandbox")
    return f" ({'; '.join(found)})" if found else ""
