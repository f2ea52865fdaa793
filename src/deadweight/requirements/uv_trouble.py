"""What uv says when it cannot, told as an error of ours: the fault of what is asked, or something that lacks."""

from __future__ import annotations

import re
from difflib import get_close_matches

from deadweight.core.errors import DeadweightError, Lacking, UsageError

_UNREACHABLE = re.compile(
    r"network was disabled|not found in the cache|error sending request|[Ff]ailed to fetch|dns error|tcp connect"
    r"|Connection re(?:fused|set)|timed out|Could not connect|HTTP status (?:client|server) error",
)
_FORBIDDEN = re.compile(r"\b40[13]\b|[Uu]nauthorized|[Ff]orbidden|authentication")
_UNBUILT = re.compile(r"[Ff]ailed to (?:download and )?build|build backend|no usable wheels|no wheels with a matching")
_NO_CHOICE = re.compile(
    r"invalid value '(?P<value>[^']*)' for '(?P<option>--[\w-]+)[^']*' \[possible values: (?P<known>[^]]+)\]"
)
_LABEL = re.compile(r"^\s*(?:error|cause|warning)?:?\s*(?:╰─▶|├─▶)?\s*")
_ADDRESS = re.compile(r"(\w+://)[^/\s@]+@")
_MOST = 1500
_ONLINE = "Check the network, and the index that uv is set to; what was fetched once is found with UV_OFFLINE=1."


def explained(said: str, status: int) -> DeadweightError:
    """The error for what uv wrote to standard error as it ended with a status other than 0."""
    text = _plain(said)
    if "No solution found" in text:
        return _unsolved(text)
    if found := _NO_CHOICE.search(text):
        near = get_close_matches(found["value"], found["known"].split(", "), 5, 0.3)
        advice = f"It knows: {', '.join(near or found['known'].split(', ')[:12])} and more."
        return UsageError(f"uv knows no {found['value']!r}", where=found["option"], advice=advice)
    if "invalid value" in text or "Couldn't parse" in text:
        return UsageError(f"uv does not understand what is asked: {text}")
    if _UNBUILT.search(text):
        advice = "Choose a version that has a wheel for the platform and the Python, or install what its build needs."
        return Lacking(f"a distribution cannot be built here: {text}", advice=advice)
    if _FORBIDDEN.search(text):
        return Lacking(f"the index refuses: {text}", advice="Give uv what the index asks for (uv auth login, .netrc).")
    if _UNREACHABLE.search(text):
        return Lacking(f"the index cannot be reached: {text}", advice=_ONLINE)
    return UsageError(f"uv could not do it (exit status {status}): {text}")


def _unsolved(text: str) -> DeadweightError:
    """No versions go together: for want of an index that can be asked, or because of what is asked."""
    if _UNREACHABLE.search(text):
        return Lacking(f"the versions that go together are not known without the network: {text}", advice=_ONLINE)
    reason = text.partition("No solution found when resolving dependencies")[2].strip() or text
    return UsageError(
        f"no versions satisfy all that is asked: {reason.lstrip(': ')}",
        advice="Loosen one of the requirements that it names, or take another Python with --python.",
    )


def _plain(said: str) -> str:
    """The text in one paragraph, without labels, warnings and credentials."""
    lines = (line for line in said.splitlines() if line.strip() and not line.lower().startswith("warning"))
    text = " ".join(_LABEL.sub("", line, count=1).strip() for line in lines)
    return _ADDRESS.sub(r"\1", text)[:_MOST] or "it gave no reason"
