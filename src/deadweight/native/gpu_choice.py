"""Which code of a container a GPU runs: the rules of binary compatibility.

A cubin runs on GPUs of its major version and the same or a higher minor one; the driver takes the highest. The
variant `a` runs on exactly its own. Code for Tegra does not run on other GPUs, nor the other way round by promise;
what is built for both is kept for a Tegra. PTX is compiled by the driver where no cubin fits.
Source: CUDA C++ Programming Guide, "Binary Compatibility"; NVIDIA Ada Compatibility Guide, 1.2; nvcc manual,
"GPU Feature List" (sm_90a, sm_100f).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from deadweight.core.errors import UsageError
from deadweight.native.fatbin import CUBIN, PTX, Code, Container

TEGRA = frozenset((32, 53, 62, 72, 87, 101, 110))
"""The architectures of GPUs within a system on chip."""
_NAMED = re.compile(r"sm_([1-9]\d{1,2})[af]?")


def gpus_named(text: str) -> tuple[int, ...]:
    """The architectures that a text names (`sm_86,sm_90`), sorted; raises UsageError where it names none."""
    names = [name.strip() for name in text.split(",")]
    found = [_NAMED.fullmatch(name) for name in names]
    strange = next((name for name, match in zip(names, found, strict=True) if match is None), None)
    if strange is not None:
        raise UsageError(
            f"{strange!r} is no GPU architecture",
            where="gpu",
            advice="Write sm_ and the compute capability: sm_86,sm_90. `nvidia-smi --query-gpu=compute_cap` says it.",
        )
    return tuple(sorted({int(match[1]) for match in found if match}))


def runs(code: Code, gpu: int) -> bool:
    """Whether a GPU of this architecture can run the cubin as it is."""
    if code.kind != CUBIN or code.architecture // 10 != gpu // 10 or code.architecture > gpu:
        return False
    if code.specific:
        return code.architecture == gpu
    return code.architecture not in TEGRA or gpu in TEGRA


def serves(codes: Iterable[Code], gpu: int) -> bool:
    """Whether there is something that a GPU of this architecture can use: a cubin, or PTX to compile."""
    return any(runs(code, gpu) or (code.kind == PTX and code.architecture <= gpu) for code in codes)


def needless(container: Container, gpus: Iterable[int], keep_ptx: bool = True) -> tuple[Code, ...]:
    """What none of these GPUs takes of the container.

    PTX is kept where it is asked for, and where one of the GPUs has no cubin. Kinds other than PTX and cubins stay.
    """
    chosen = [_chosen(container.codes, gpu) for gpu in gpus]
    kept = frozenset().union(*chosen)
    compiles = keep_ptx or not all(chosen)
    return tuple(
        code
        for code in container.codes
        if code.size and ((code.kind == CUBIN and code not in kept) or (code.kind == PTX and not compiles))
    )


def _chosen(codes: Iterable[Code], gpu: int) -> frozenset[Code]:
    """What the driver can choose among for the GPU: all of the highest version, every variant of its own."""
    running = [code for code in codes if runs(code, gpu)]
    if gpu in TEGRA:
        return frozenset(running)
    best = max((code.architecture for code in running if not code.specific), default=0)
    return frozenset(code for code in running if code.specific or code.architecture == best)
