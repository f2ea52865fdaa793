"""Finds the libraries of a GPU where nothing asks for one.

Why it weighs
-------------
The default wheel of torch for Linux requires CUDA, cuDNN, NCCL and triton: 2,741 MB to download where the build for
the processor is 192 MB. A service that never sees a GPU carries all of it.

Evidence
--------
Distributions called `nvidia-*`, `triton`, `cuda-*` and `cupy-cuda*`; the image's environment
(NVIDIA_VISIBLE_DEVICES and its kin), its command, and whether the application's sources speak of cuda. Nothing is
said where the image asks for a GPU, or where no distribution holds such a library.

Edit
----
Where a build for GPUs is installed (torch +cuXXX, or one that requires nvidia-*) its import loads these
libraries, so deleting them breaks it: no file is deleted, and the finding suggests the build for the processor (for
torch: `--index-url` of the +cpu builds, or `uv pip install --torch-backend=cpu`). Where no such build is there, they
are removed with a proof.

Source
------
Measured: dependencies, 6.8 (from uv.lock sizes). pytorch docs/guides, index of +cpu wheels; pythonitalia/pycon#4686.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deadweight.core.edit import Edit, Safety
from deadweight.core.finding import Confidence, Evidence, Finding
from deadweight.core.plural import plural
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.facts.distributions import DISTRIBUTIONS, Distribution
from deadweight.facts.gpu import GPU, Gpu
from deadweight.facts.gpu_names import is_gpu_library
from deadweight.facts.requirement_graph import REQUIREMENTS
from deadweight.rules.distribution_files import whole
from deadweight.rules.reporting import measure

_NAME = "gpu-libraries"
_SWAP = "install the build for the processor instead, for torch with --index-url .../whl/cpu: its import loads these"


def _find(scene: Scene) -> Iterator[Finding]:
    distributions = scene.ask(DISTRIBUTIONS)
    libraries = [one for one in distributions if is_gpu_library(one.name)]
    if not libraries:
        return
    gpu = scene.ask(GPU)
    if any(asking.is_certain for asking in gpu.asking):
        return
    loaded = scene.ask(REQUIREMENTS).closure(gpu.loading)
    yield from _report(scene, gpu, [one for one in libraries if one.info in loaded])
    yield from _report(scene, Gpu(gpu.asking, ()), [one for one in libraries if one.info not in loaded])


def _report(scene: Scene, gpu: Gpu, libraries: Sequence[Distribution]) -> Iterator[Finding]:
    if not libraries:
        return
    paths = whole(scene, (path for one in libraries for path in one.files))
    size, stored = measure(scene, paths)
    needed = _needed_by_kept(scene, libraries)
    suggests = bool(gpu.asking or gpu.loading or needed)
    evidence = tuple(_evidence(gpu, libraries, needed))
    says = f"libraries for a GPU that nothing asks for; {_SWAP}" if gpu.loading else "libraries for a GPU"
    safety = Safety.SUGGESTED if suggests else Safety.PROVEN
    confidence = Confidence.POSSIBLE if gpu.asking else Confidence.LIKELY
    owner = (gpu.loading and _owner(scene, gpu.loading[0])) or libraries[0].owner
    edit = Edit("remove", paths, safety, _NAME, says, owner)
    yield Finding(_NAME, owner, says, paths, size, stored, evidence, confidence, (edit,))


def _evidence(gpu: Gpu, libraries: Sequence[Distribution], needed: Sequence[str]) -> Iterator[Evidence]:
    """What they are, who loads or requires one of them, and what asks for a GPU, or that nothing does."""
    yield Evidence(f"{plural(len(libraries), 'distribution')} of libraries for a GPU", libraries[0].info)
    yield from (Evidence("loads these libraries when it is imported", info) for info in gpu.loading)
    yield from (Evidence("requires one of them", info) for info in needed if info not in gpu.loading)
    yield from (Evidence(f"{one.says}: keep them if it runs on one", one.where) for one in gpu.asking)
    if not gpu.asking:
        yield Evidence("no environment, command or source asks for a GPU", "the whole artifact")


def _needed_by_kept(scene: Scene, libraries: Sequence[Distribution]) -> list[str]:
    """The distributions, none of the libraries themselves, that require one of them."""
    infos = {one.info for one in libraries}
    graph = scene.ask(REQUIREMENTS)
    return sorted({need.by for info in infos for need in graph.why(info)} - infos)


def _owner(scene: Scene, info: str) -> str:
    return next(one.owner for one in scene.ask(DISTRIBUTIONS) if one.info == info)


RULE: Rule = Rule(_NAME, "CUDA, cuDNN and triton where nothing asks for a GPU", Safety.SUGGESTED, _find)
