"""The versions of a zoo: all of them, one by its name, the latest of a name."""

from __future__ import annotations

from pathlib import Path

from deadweight.core.errors import UsageError
from deadweight.core.zoo import Reference, Version
from deadweight.zoo.documents import version_of
from deadweight.zoo.layout import index


def versions(root: Path) -> tuple[Version, ...]:
    """Every version, by name and in the order in which they were added."""
    found = (version_of(root, entry) for entry in index(root))
    ours = {str(one.summary.reference): one for one in found if one is not None}
    return tuple(sorted(ours.values(), key=_order))


def _order(version: Version) -> tuple[str, int, str]:
    return version.summary.name, version.summary.number, version.summary.version


def version(root: Path, wanted: Reference) -> Version:
    """The version, or the latest of the name; raises UsageError with those that there are where it is not there."""
    known = versions(root)
    of_name = [one for one in known if one.summary.name == wanted.name]
    found = [one for one in of_name if wanted.version in ("", one.summary.version)]
    if found:
        return found[-1]
    near = ", ".join(str(one.summary.reference) for one in of_name or known) or "nothing"
    raise UsageError(f"there is no {wanted}", where=str(root), advice=f"It has {near[:400]}.")


def latest(root: Path, name: str) -> Version | None:
    """The version of the name that was added last."""
    return next((one for one in reversed(versions(root)) if one.summary.name == name), None)
