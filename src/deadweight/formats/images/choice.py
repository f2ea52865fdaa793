"""Which image of a store is meant, and the files it is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from deadweight.core.errors import UsageError
from deadweight.formats.documents import document

_LEAST = {"arm64": "v8", "amd64": "v1"}


@dataclass(frozen=True, slots=True)
class LayerBlob:
    """One layer as a manifest names it: `name` is its file in the store, empty for one that lies elsewhere.

    `digest` and `size` are what the manifest says, empty and -1 where it says nothing.
    """

    name: str
    digest: str
    size: int
    media_type: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One image of a store.

    `digest` binds plans to it. `manifest_body` is empty for a docker archive; `descriptor` is what named the image:
    its descriptor in an index, or its item of manifest.json. `documents` are the files that describe it, `attached`
    those of attestations and signatures, `elsewhere` those of other images in the store.
    """

    digest: str
    manifest_body: bytes
    config_body: bytes
    descriptor: Mapping[str, object]
    layers: tuple[LayerBlob, ...]
    references: tuple[str, ...] = ()
    documents: frozenset[str] = frozenset()
    attached: frozenset[str] = frozenset()
    elsewhere: frozenset[str] = frozenset()

    @property
    def manifest(self) -> Mapping[str, object]:
        """The manifest, empty for a docker archive."""
        return document(self.manifest_body, "manifest") if self.manifest_body else {}

    @property
    def config(self) -> Mapping[str, object]:
        """The configuration."""
        return document(self.config_body, "configuration")


@dataclass(frozen=True, slots=True)
class Platform:
    """What an image runs on."""

    os: str = ""
    architecture: str = ""
    variant: str = ""

    def __str__(self) -> str:
        return "/".join(part for part in (self.os, self.architecture, self.variant) if part) or "unnamed"

    @property
    def is_real(self) -> bool:
        """Whether something runs on it: attestations stand under unknown/unknown."""
        return "unknown" not in (self.os, self.architecture)

    def answers(self, asked: Platform) -> bool:
        """Whether this is what was asked for; a variant that was not asked for does not matter.

        The least variant of a machine goes without saying: arm64 is arm64/v8 (containerd, platforms/database.go).
        """
        named = self._spelled_out if asked.variant else replace(self, variant="")
        return named == (asked._spelled_out if asked.variant else asked)

    @property
    def _spelled_out(self) -> Platform:
        return self if self.variant else replace(self, variant=_LEAST.get(self.architecture, ""))


def platform_of(document: Mapping[str, object]) -> Platform:
    """The platform that a descriptor or a configuration names."""
    os, architecture, variant = (document.get(key) or "" for key in ("os", "architecture", "variant"))
    return Platform(str(os), str(architecture), str(variant))


def asked_platform(text: str) -> Platform | None:
    """The platform of `os/architecture[/variant]`, None for an empty text; raises UsageError for any other."""
    if not text:
        return None
    parts = text.lower().split("/")
    if not 2 <= len(parts) <= 3 or not all(parts):
        raise UsageError(f"{text!r} is no platform", advice="A platform is written os/architecture: linux/arm64.")
    return Platform(*parts)


def pick(found: Sequence[Platform], asked: str, where: str, names: Sequence[str] = ()) -> int:
    """The place of the one platform that is meant; raises UsageError with all of them where that is not one.

    `names` are what the images are called in the store, for a person who has to choose between two of one platform.
    """
    wanted = asked_platform(asked)
    places = [place for place, platform in enumerate(found) if wanted is None or platform.answers(wanted)]
    if len(places) == 1:
        return places[0]
    listed = ", ".join(dict.fromkeys(str(platform) for platform in found)) or "none"
    if not places:
        raise UsageError(f"there is no image for {asked}", where=where, advice=f"There are: {listed}.")
    if len({found[place] for place in places}) == 1:
        called = f": {', '.join(names[place] for place in places)}" if names else ""
        raise UsageError(
            f"{len(places)} images for {found[places[0]]} are in it, and one is meant{called}",
            where=where,
            advice="Take the one that is meant out by its name: docker save NAME -o FILE, or "
            "skopeo copy oci:LAYOUT:NAME oci:OTHER (docker-archive:FILE:NAME, oci-archive:FILE:NAME).",
        )
    raise UsageError(
        "it holds images for several platforms", where=where, advice=f"Choose one with --platform: {listed}."
    )
