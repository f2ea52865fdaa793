"""Whether a wheel can stand in for a distribution: what it requires is there, and it is not the heavy one again."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from deadweight.core.changes import is_removed
from deadweight.core.errors import Lacking
from deadweight.core.listing import Listing
from deadweight.edits.fetching import Target
from deadweight.owners.dist_info import folder_identity

_INFO = ".dist-info"


def staying(listing: Listing, site: str, going: frozenset[str]) -> Mapping[str, str]:
    """The versions of the distributions in the site directory that stay, by normalised name."""
    infos = {
        posixpath.dirname(path)
        for path in listing.paths_under(site)
        if path.endswith(f"{_INFO}/METADATA") and not is_removed(path, going)
    }
    return dict(folder_identity(info) for info in infos if posixpath.dirname(info) == site)


def check_requirements(lines: Iterable[str], installed: Mapping[str, str], target: Target, refused: str = "") -> None:
    """Raise Lacking where one of the requirements is missing, or names what the swap is to be rid of (a pattern)."""
    needs = list(_applying(lines, target))
    heavy = [need for need in needs if refused and re.fullmatch(refused, canonicalize_name(need.name))]
    if heavy:
        raise Lacking(
            f"what was found is no lighter build: it requires {heavy[0]}",
            where="swap",
            advice="Say where the lighter one lies: PIP_EXTRA_INDEX_URL of its index, or PIP_FIND_LINKS.",
        )
    missing = [need for need in needs if not _is_met(need, installed)]
    if missing:
        raise Lacking(
            f"it requires {missing[0]}, which is not there",
            where="swap",
            advice="Name a version whose requirements are: --swap NAME=LIGHTER==VERSION.",
        )


def _applying(lines: Iterable[str], target: Target) -> Iterator[Requirement]:
    values = _markers(target)
    for line in lines:
        try:
            requirement = Requirement(line)
        except InvalidRequirement:
            continue  # pip, which checks what it fetches, takes such lines for none too
        if requirement.marker is None or requirement.marker.evaluate(values):
            yield requirement


def _markers(target: Target) -> dict[str, str]:
    machine = _machine(target.platforms)
    version = {"python_version": target.python, "python_full_version": f"{target.python}.0"}
    system = {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": machine}
    return {**version, **system, "implementation_name": "cpython", "extra": ""}


def _machine(platforms: Sequence[str]) -> str:
    return next((one.removeprefix("linux_") for one in platforms if one.startswith("linux_")), "x86_64")


def _is_met(need: Requirement, installed: Mapping[str, str]) -> bool:
    version = installed.get(canonicalize_name(need.name))
    return version is not None and (not version or need.specifier.contains(version, prereleases=True))
