"""Versions as Poetry spells them, as PEP 440: caret, tilde, wildcard, and alternatives."""

from __future__ import annotations

import re
from dataclasses import dataclass

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

_PART = re.compile(r"\s*(?P<sign>\^|~=|~|===?|!=|<=|>=|<|>|=)?\s*(?P<version>[^\s,|]+)")


@dataclass(frozen=True, slots=True)
class Converted:
    """A specifier of PEP 440; `is_wider` where it lets in more than Poetry's text does, for one has no alternatives."""

    specifier: str
    is_wider: bool = False


def converted(text: str) -> Converted:
    """The specifier that a text of Poetry's comes to; ValueError where it is none."""
    several = [_all_of(one) for one in re.split(r"\s*\|\|?\s*", text.strip())]
    if len(several) == 1:
        return Converted(several[0])
    return Converted(_around(several), is_wider=True)


def _all_of(text: str) -> str:
    """One alternative: what is between commas or spaces holds at once."""
    parts = [_part(found["sign"] or "", found["version"]) for found in _PART.finditer(text)]
    joined = ",".join(part for part in parts if part)
    try:
        return str(SpecifierSet(joined)) and joined
    except InvalidSpecifier as error:
        raise ValueError(f"{text!r} is no version") from error


def _part(sign: str, version: str) -> str:
    if version == "*":
        return ""
    if version.endswith(("*", ".x")):
        bare = re.sub(r"(?:\.(?:\*|x))+$", "", version)
        return f"{'!=' if sign == '!=' else '=='}{bare}.*"
    if sign == "^":
        return f">={version},<{_after(version, caret=True)}"
    if sign == "~":
        return f">={version},<{_after(version, caret=False)}"
    return f"{'==' if sign in ('', '=') else sign}{version}"


def _after(version: str, *, caret: bool) -> str:
    """The first version that caret or tilde no longer allows: ^1.2 -> 2, ^0.2.3 -> 0.3, ^0.0 -> 0.1, ~1.2 -> 1.3."""
    try:
        release = Version(version).release
    except InvalidVersion as error:
        raise ValueError(f"{version!r} is no version") from error
    first = next((place for place, number in enumerate(release) if number), len(release) - 1)
    place = first if caret else min(1, len(release) - 1)
    return ".".join(map(str, (*release[:place], release[place] + 1)))


def _around(several: list[str]) -> str:
    """What lies between the least lower bound and the greatest upper one, where all alternatives have such."""
    bounds = [SpecifierSet(one) for one in several]
    lower = [_bound(one, (">=", ">", "==", "~=")) for one in bounds]
    upper = [_bound(one, ("<", "<=")) for one in bounds]
    least = f">={min(found for found in lower if found)}" if all(lower) else ""
    most = f"<={max(found for found in upper if found)}" if all(upper) else ""
    return ",".join(filter(None, (least, most)))


def _bound(specifiers: SpecifierSet, signs: tuple[str, ...]) -> Version | None:
    found = [Version(one.version.removesuffix(".*")) for one in specifiers if one.operator in signs]
    return found[0] if found else None
