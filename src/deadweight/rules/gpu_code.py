"""Finds code for GPU architectures other than those that are used.

Why it weighs
-------------
A CUDA library holds its kernels once for each architecture that it supports: libtorch_cuda.so of torch 2.11 holds
298 MB for eleven, libnccl.so.2 413 MB for seven. A machine has one or two of them. The code is compressed already, so
that no layer makes it smaller.

Evidence
--------
The headers of the fatbin containers in each library that has a section of the CUDA linker's, those among its data
included (cuFFT): kind, architecture and bytes of each entry.

Edit
----
With `--gpu sm_86,sm_90` the payload of what none of these GPUs would choose becomes zeros. Headers stay, nothing
moves, and the file keeps its size: it is stored with holes in a directory, and the zeros compress to nothing in a
layer, so what goes is counted in stored bytes. Of a container a GPU takes the cubin of its own major version with
the highest minor version up to its own (code for sm_80 runs on sm_86, not on sm_90); the variant sm_90a runs on
exactly sm_90. PTX, which the driver compiles where no cubin fits, stays; with `--gpu-ptx drop` only where one of the
GPUs needs it. Intermediate code for the linker always stays. Safe for the GPUs that are named; others have PTX or
nothing. Without `--gpu` nothing is changed, and the finding says the bytes of each architecture.

Source
------
CUDA C++ Programming Guide, "Binary Compatibility"; NVIDIA Ada Compatibility Guide, 1.2; nvcc manual, "GPU Feature
List". Negativa-ML (MLSys 2025, arXiv 2503.14226): most GPU code that goes unused is for other architectures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from deadweight.core.edit import Edit, Safety
from deadweight.core.errors import UsageError
from deadweight.core.finding import Confidence, Evidence, Finding
from deadweight.core.scene import Scene
from deadweight.core.seams import Rule
from deadweight.facts.gpu_code import GPU_CODE, by_architecture
from deadweight.native.fatbin import CUBIN, Container
from deadweight.native.gpu_choice import gpus_named, needless, serves
from deadweight.rules.reporting import Group, by_owner, stored_share

_NAME = "gpu-code"
_SHOWN = 8
_PTX = ("keep", "drop")


@dataclass(frozen=True, slots=True)
class _Wish:
    """The GPUs that are used, as the option names them, and whether PTX is kept beside a cubin."""

    text: str
    gpus: tuple[int, ...]
    ptx: str


def _find(scene: Scene) -> Iterator[Finding]:
    held = scene.ask(GPU_CODE)
    wish = _wish(scene.options)
    if not held:
        return
    if wish is None:
        yield from (_told(scene, group, held) for group in by_owner(scene, held) if _is_told(held, group))
        return
    _check_served(held.values(), wish)
    bytes_by_path = {path: _needless_bytes(held[path], wish) for path in held}
    for group in by_owner(scene, (path for path, size in bytes_by_path.items() if size)):
        yield _blanking(scene, group, bytes_by_path, wish)


def _wish(options: Mapping[str, str]) -> _Wish | None:
    ptx = options.get("gpu-ptx", "keep")
    if ptx not in _PTX:
        raise UsageError(f"{ptx!r} is neither keep nor drop", where="gpu-ptx", advice="PTX is kept by default.")
    text = options.get("gpu", "")
    return _Wish(text, gpus_named(text), ptx) if text else None


def _check_served(held: Iterable[Sequence[Container]], wish: _Wish) -> None:
    """Raise UsageError where no library has anything for a GPU that is named: its name must be a mistake."""
    codes = [code for one in held for container in one for code in container.codes]
    for gpu in wish.gpus:
        if not serves(codes, gpu):
            known = ", ".join(sorted({code.name for code in codes if code.kind == CUBIN}))
            raise UsageError(f"no library holds code for sm_{gpu}", where="gpu", advice=f"There is code for {known}.")


def _needless_bytes(held: Iterable[Container], wish: _Wish) -> int:
    return sum(code.size for one in held for code in needless(one, wish.gpus, wish.ptx == "keep"))


def _blanking(scene: Scene, group: Group, sizes: Mapping[str, int], wish: _Wish) -> Finding:
    held = scene.ask(GPU_CODE)
    largest = sorted(group.paths, key=lambda path: -sizes[path])[:3]
    evidence = tuple(Evidence(f"{sizes[path]} of {_spelled(held[path])}", path) for path in largest)
    says = f"code for other GPUs than {wish.text}"
    arguments = {"gpu": wish.text, "ptx": wish.ptx}
    edit = Edit("blank", group.paths, Safety.SAFE, _NAME, says, group.owner, arguments=arguments)
    stored = sum(stored_share(scene, path, sizes[path]) for path in group.paths)
    return Finding(_NAME, group.owner, says, group.paths, 0, stored, evidence, Confidence.CERTAIN, (edit,))


def _is_told(held: Mapping[str, Sequence[Container]], group: Group) -> bool:
    return any(len(_cubins(held[path])) > 1 for path in group.paths)


def _told(scene: Scene, group: Group, held: Mapping[str, Sequence[Container]]) -> Finding:
    """What stays when one architecture does is the largest at most: the rest goes in any case."""
    largest = sorted(group.paths, key=lambda path: -sum(_cubins(held[path]).values()))[:3]
    evidence = tuple(Evidence(_spelled(held[path]), path) for path in largest)
    names = {name for path in group.paths for name in _cubins(held[path])}
    stored = sum(stored_share(scene, path, _spare(_cubins(held[path]))) for path in group.paths)
    says = f"code for {len(names)} GPU architectures: name the ones that are used with --gpu sm_NN"
    return Finding(_NAME, group.owner, says, group.paths, 0, stored, evidence, Confidence.CERTAIN)


def _cubins(held: Iterable[Container]) -> Mapping[int, int]:
    """Bytes of cubins by architecture, each with its variants."""
    sizes: Counter[int] = Counter()
    for container in held:
        for code in container.codes:
            if code.kind == CUBIN:
                sizes[code.architecture] += code.size
    return sizes


def _spare(sizes: Mapping[int, int]) -> int:
    return sum(sizes.values()) - max(sizes.values(), default=0)


def _spelled(held: Iterable[Container]) -> str:
    sizes = by_architecture(held)
    named = [f"{name} {size}" for name, size in sizes.items()]
    more = f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else ""
    return f"{sum(sizes.values())} bytes of GPU code: {', '.join(named[:_SHOWN])}{more}"


RULE: Rule = Rule(_NAME, "code for GPU architectures that nobody uses", Safety.SUGGESTED, _find)
