"""What in the artifact asks for a GPU."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from deadweight.core.scene import Fact, Scene
from deadweight.facts.distributions import DISTRIBUTIONS, Distribution
from deadweight.facts.sources import CUDA, SOURCES, application

_CUDA_BUILD = re.compile(r"\+(?:cu|rocm|xpu)\d*")
_ENVIRONMENT = re.compile(r"(NVIDIA_VISIBLE_DEVICES|CUDA_VISIBLE_DEVICES|NVIDIA_DRIVER_CAPABILITIES)=(.*)")
_NONE = frozenset({"", "void", "none", "-1"})
_WORDS = re.compile(r"\bcuda\b|nvidia|--gpus|\bnccl\b", re.IGNORECASE)
_LIBRARY = re.compile(r"nvidia-|cuda-(?:toolkit|bindings)|triton\b")
_GPU_BUILDS = frozenset({"torch", "jax-cuda12-plugin", "jax-cuda13-plugin", "tensorflow", "onnxruntime-gpu", "xgboost"})


@dataclass(frozen=True, slots=True)
class Asking:
    """A sentence that tells of a use of a GPU, where it was read, and whether it is more than a word in the code.

    Code that says "cuda if it is available, else cpu" asks for nothing.
    """

    says: str
    where: str
    is_certain: bool = True


@dataclass(frozen=True, slots=True)
class Gpu:
    """What asks for a GPU, and the distributions (by dist-info) that load its libraries when they are imported."""

    asking: tuple[Asking, ...]
    loading: tuple[str, ...]


def _gpu(scene: Scene) -> Gpu:
    asking = (*_environment(scene), *_commands(scene), *_code(scene))
    return Gpu(asking, tuple(one.info for one in scene.ask(DISTRIBUTIONS) if _loads(one)))


def _environment(scene: Scene) -> Iterator[Asking]:
    for variable in scene.artifact.image.environment if scene.artifact.image else ():
        match = _ENVIRONMENT.match(variable)
        if match and match[2].strip().lower() not in _NONE:
            yield Asking(f"the image sets {match[1]}", "the image's configuration")


def _commands(scene: Scene) -> Iterator[Asking]:
    image = scene.artifact.image
    for word in (*image.entrypoint, *image.command) if image else ():
        if _WORDS.search(word):
            yield Asking("the command names it", "the image's configuration")
            return


def _code(scene: Scene) -> Iterator[Asking]:
    for source in application(scene.ask(SOURCES).values()):
        if CUDA in source.speaks:
            yield Asking("the application speaks of cuda", source.path, is_certain=False)


def _loads(one: Distribution) -> bool:
    """Whether the distribution is a build for GPUs: by its version's tag, or by the libraries that it requires."""
    if one.name not in _GPU_BUILDS:
        return False
    needs = any(_LIBRARY.match(line) and "extra" not in line for line in one.requires)
    return bool(_CUDA_BUILD.search(one.version)) or ("+cpu" not in one.version and needs)


GPU: Fact[Gpu] = Fact("gpu", _gpu)
