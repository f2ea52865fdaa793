"""What conda calls a distribution, and what of its packages is none."""

from __future__ import annotations

_OTHERWISE = {
    "pytorch": "torch",
    "pytorch-cpu": "torch",
    "pytorch-gpu": "torch",
    "opencv": "opencv-python",
    "py-opencv": "opencv-python",
    "matplotlib-base": "matplotlib",
    "msgpack-python": "msgpack",
    "py-xgboost": "xgboost",
    "xgboost-cpu": "xgboost",
    "tensorflow-base": "tensorflow",
    "tensorflow-gpu": "tensorflow",
    "python-build": "build",
    "python-graphviz": "graphviz",
    "pytables": "tables",
    "ruamel_yaml": "ruamel.yaml",
    "seaborn-base": "seaborn",
    "dask-core": "dask",
    "pyqt": "PyQt5",
    "faiss": "faiss-cpu",
    "python-levenshtein": "Levenshtein",
}
"""Names of conda's for distributions that are called otherwise elsewhere (its recipes on conda-forge)."""

_NONE = (
    "python pip cudatoolkit cuda cudnn nccl pytorch-cuda cpuonly mkl openblas libblas liblapack blas nomkl"
    " gcc gxx gcc_linux-64 gxx_linux-64 gfortran clang clangxx compilers c-compiler cxx-compiler make cmake-bin"
    " git curl wget ffmpeg nodejs openjdk r-base graphviz-bin pandoc libgcc-ng libstdcxx-ng zlib openssl sqlite hdf5"
    " proj geos libgdal boost-cpp eigen conda mamba conda-build"
)


def distribution_of(name: str) -> str:
    """The distribution that conda's package of the name holds, empty for what is no Python distribution."""
    return "" if name in _NONE.split() else _OTHERWISE.get(name, name)
