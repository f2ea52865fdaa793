"""Which distributions hold libraries for a GPU and nothing else, by their names."""

from __future__ import annotations

import re

_LIBRARIES = re.compile(r"nvidia-.+|triton|pytorch-triton|cuda-(?:toolkit|bindings|pathfinder|python)|cupy-cuda.+")


def is_gpu_library(name: str) -> bool:
    """Whether the distribution of the normalised name is CUDA, cuDNN, NCCL, triton or the like."""
    return _LIBRARIES.fullmatch(name) is not None
