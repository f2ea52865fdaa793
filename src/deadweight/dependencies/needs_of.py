"""What a distribution demands of others on a target: its requirements, and those of each of its extras."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from packaging.markers import UndefinedComparison, UndefinedEnvironmentName
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from deadweight.core.gap import Gap
from deadweight.dependencies.node import Part

_ONLY_EXTRA = re.compile(r""";(?:.*\band\s)?\s*\(?\s*extra\s*==\s*(["'])(?P<extra>[^"']+)\1\s*\)?\s*$""")


@dataclass(slots=True)
class Needs:
    """The requirements of parts, each parsed when it is asked for; `markers` are the target's values."""

    markers: Mapping[str, str]
    gaps: list[Gap] = field(default_factory=list)
    _parsed: dict[str, Requirement | None] = field(default_factory=dict)

    def of(self, part: Part, extra: str = "") -> tuple[Requirement, ...]:
        """What it demands by itself, or what its extra adds to that."""
        lines = [line for line in part.requires if _may_concern(line, extra)]
        found = [one for line in lines if (one := self._requirement(part, line)) is not None]
        return tuple(one for one in found if self.holds(one, extra) and not (extra and self.holds(one)))

    def holds(self, requirement: Requirement, extra: str = "") -> bool:
        """Whether the requirement's marker holds on the target with the extra; one that compares nonsense does not."""
        if requirement.marker is None:
            return True
        try:
            return requirement.marker.evaluate({**self.markers, "extra": extra})
        except (UndefinedEnvironmentName, UndefinedComparison):
            return False

    def _requirement(self, part: Part, line: str) -> Requirement | None:
        if line not in self._parsed:
            self._parsed[line] = self._read(part, line)
        return self._parsed[line]

    def _read(self, part: Part, line: str) -> Requirement | None:
        try:
            return Requirement(line)
        except InvalidRequirement as fault:
            says = f"what it requires cannot be read: {line[:120]!r}: {str(fault).splitlines()[0]}"
            self.gaps.append(Gap("requirements", f"{part.name} {part.version}", says))
            return None


def _may_concern(line: str, extra: str) -> bool:
    """Whether a line can hold with the extra: one whose marker ends in `and extra == "other"` cannot."""
    if "extra" not in line:
        return not extra
    only = _ONLY_EXTRA.search(line)
    if only is None or " or " in line:
        return True
    return bool(extra) and canonicalize_name(only["extra"]) == extra


def extras_of(requirement: Requirement) -> Iterable[str]:
    """The extras that a requirement asks for, normalised and sorted (PEP 685)."""
    return sorted(canonicalize_name(extra) for extra in requirement.extras)
