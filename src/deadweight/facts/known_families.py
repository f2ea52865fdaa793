"""Libraries that others load by names that they put together, by who loads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from types import MappingProxyType

_TABLE = {
    "parts of cuDNN": ("libcudnn.so* libcudnn_*.so*", "libcudnn_*.so*"),
    "cuBLAS for the tensor cores": ("libcublas.so*", "libcublasLt.so*"),
    "built-in code of NVRTC": ("libnvrtc.so* libnvrtc-*.so*", "libnvrtc-builtins*.so* libnvrtc-*.so*"),
    "parts of TensorRT": ("libnvinfer.so*", "libnvinfer_*.so* libnvonnxparser*.so*"),
    "networks of NCCL": ("libnccl.so*", "libnccl-*.so*"),
    "parts of cuFile": ("libcufile.so*", "libcufile_*.so*"),
    "MKL for each processor": ("libmkl_*.so*", "libmkl_*.so* libiomp5.so* libtbb*.so*"),
    "parts of TBB": ("libtbb.so* libtbb-*.so*", "libtbb*.so*"),
    "execution providers of ONNX Runtime": (
        "libonnxruntime.so* onnxruntime_pybind11_state*.so",
        "libonnxruntime_providers_*.so*",
    ),
    "what torch loads first, and its manager of shared memory": (
        "libtorch.so* libtorch_python.so* libtorch_cpu.so*",
        "libtorch_global_deps.so libshm.so libc10*.so libcaffe2_nvrtc.so ../bin/torch_shm_manager",
    ),
    "back ends of Triton": ("libtriton.so", "../backends/**"),
    "the compiler of XLA": (
        "xla_extension.so libjax_common.so _xla.so xla_cuda_plugin.so",
        "../nvidia/cuda_nvcc/** ../../nvidia/cuda_nvcc/** ../nvidia/cu1?/nvvm/** ../nvidia/cu1?/bin/**",
    ),
    "plug-ins of TensorFlow": ("libtensorflow_framework.so* libtensorflow_cc.so*", "../tensorflow-plugins/**"),
    "plug-ins of Qt beside its libraries": (
        "libQt?Core*.so* libQt?Gui*.so*",
        "../plugins/** plugins/** ../cv2/qt/plugins/** ../Qt?/plugins/** ../libexec/** ../qml/** ../resources/**",
    ),
    "plug-ins of MariaDB": ("libmariadb.so* libmysqlclient.so*", "libmariadb3/plugin/** mysql/plugin/** plugin/**"),
    "plug-ins of ALSA": ("libasound.so*", "alsa-lib/**"),
    "drivers of video": ("libva.so* libvdpau.so*", "dri/** vdpau/**"),
    "modules of the sound server": ("libpulse.so*", "pulseaudio/**"),
    "plug-ins of HDF5": ("libhdf5.so* libhdf5-*.so*", "hdf5/plugin*/** ../hdf5/lib/plugin*/**"),
    "components of hwloc and Open MPI": ("libmpi.so* libhwloc.so* libopen-pal.so*", "openmpi*/** pmix*/** hwloc/**"),
    "transports of UCX": ("libucs.so* libucp.so*", "ucx/**"),
    "providers of RDMA": ("libibverbs.so*", "libibverbs/**"),
}
KNOWN_FAMILIES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = MappingProxyType(
    {title: (tuple(loaders.split()), tuple(globs.split())) for title, (loaders, globs) in _TABLE.items()}
)
"""What is loaded, by its name: patterns of the loaders' names, globs from the directory in which a loader lies."""


def families_of(path: str) -> Iterator[tuple[str, str]]:
    """The families that the library at the path loads: a name for each, and a glob from its directory."""
    name = path.rpartition("/")[2]
    for title, (loaders, globs) in KNOWN_FAMILIES.items():
        if any(fnmatchcase(name, loader) for loader in loaders):
            yield from ((title, glob) for glob in globs)
