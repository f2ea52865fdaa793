"""What headers, sources and static libraries have in common: they go where nothing can build with them."""

from __future__ import annotations

from collections.abc import Collection

from deadweight.core.edit import Safety
from deadweight.core.finding import Confidence, Evidence, Finding
from deadweight.core.scene import Scene
from deadweight.facts.distributions import Distribution
from deadweight.facts.native_builds import NATIVE_BUILDS, NativeBuilds, is_builder
from deadweight.facts.sources import SPOKEN
from deadweight.rules.distribution_files import whole
from deadweight.rules.reporting import Group, Waste, finding


def build_inputs(scene: Scene, rule: str, distribution: Distribution, paths: Collection[str]) -> Finding | None:
    """The finding for files of one distribution that only a build reads; None where they have to stay.

    They stay where the distribution exists to build, and where the application builds. They go only with a proof
    where the distribution's own sources speak of such files. They are only suggested where a distribution compiles
    against others as it runs (cupy, pytensor), those of torch where another speaks of torch.compile or cpp_extension.
    """
    if not paths or is_builder(distribution.name):
        return None
    builds = scene.ask(NATIVE_BUILDS)
    if builds.possible and builds.application:
        return None
    first = min(paths)
    evidence = [Evidence(f"{len(paths)} file{'s' * (len(paths) > 1)} that only a build reads", first)]
    if not builds.possible:
        evidence.append(Evidence("the image has no compiler", "the image's files"))
    spoken = _spoken(scene, distribution, paths)
    user = _user(builds, distribution)
    if spoken:
        evidence.append(Evidence("the distribution itself speaks of such files", spoken))
    if user:
        evidence.append(Evidence("may compile against them as it runs", user))
    safety = Safety.SUGGESTED if user else Safety.PROVEN if spoken else Safety.SAFE
    confidence = Confidence.POSSIBLE if spoken or user else Confidence.CERTAIN
    group = Group(distribution.owner, whole(scene, paths))
    says = "read only where native code is built against it"
    return finding(scene, rule, group, Waste(says, tuple(evidence), confidence, safety))


def _user(builds: NativeBuilds, distribution: Distribution) -> str:
    """What may compile against the distribution as it runs; an image without a compiler has no user of torch's."""
    if distribution.name == "torch" and builds.possible and (user := builds.torch_user(distribution.info)):
        return user
    return builds.with_others


def _spoken(scene: Scene, distribution: Distribution, paths: Collection[str]) -> str:
    """A source of the distribution that speaks of files with one of the endings, empty for none."""
    spoken = scene.ask(SPOKEN)
    endings = sorted({path[path.rfind(".") :] for path in paths})
    return next((found[0] for ending in endings if (found := spoken.get((distribution.info, ending)))), "")
