"""Distributions with a lighter equivalent: which, and under what condition."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

_GPU_LIBRARIES = r"nvidia-.+|triton|pytorch-triton|cuda-(?:toolkit|bindings|pathfinder|python)"
_NEEDS_CUDA = frozenset(
    ("vllm", "flash-attn", "xformers", "deepspeed", "apex", "tensorrt", "torch-tensorrt", "sglang", "mamba-ssm")
)


@dataclass(frozen=True, slots=True)
class Equivalent:
    """One heavy distribution, the lighter one, and when it does.

    `without_gpu` is whether it is right only where nothing asks for a GPU. `calls` is what a source that imports
    `module` must not hold, `programs` words that the artifact must not be started with, `blockers` distributions that
    must not be installed. `leaves` is a pattern of the names that go too where nothing else needs them. `measured` is
    what it comes to.
    """

    heavy: str
    lighter: str
    condition: str
    module: str
    without_gpu: bool = False
    calls: re.Pattern[bytes] | None = None
    programs: frozenset[str] = frozenset()
    blockers: frozenset[str] = frozenset()
    leaves: str = ""
    measured: str = ""

    @property
    def is_build(self) -> bool:
        """Whether both have one name and only their builds differ."""
        return self.heavy == self.lighter

    def requirements(self, version: str) -> tuple[str, ...]:
        """What to ask an index for to stand in for a version of the heavy one, the surest first."""
        public = version.partition("+")[0]
        if self.is_build:
            return f"{self.lighter}=={public}+cpu", f"{self.lighter}=={public}"
        return (f"{self.lighter}=={public}",)


def _for_the_processor(heavy: str, lighter: str, measured: str, calls: bytes | None = None) -> Equivalent:
    """A distribution, called as its module is but for the ending -gpu, that there is for the processor alone."""
    return Equivalent(
        heavy,
        lighter,
        "nothing asks for a GPU",
        heavy.removesuffix("-gpu"),
        without_gpu=True,
        calls=re.compile(calls) if calls else None,
        leaves=_GPU_LIBRARIES,
        measured=measured,
    )


EQUIVALENTS: tuple[Equivalent, ...] = (
    replace(
        _for_the_processor("torch", "torch", "torch 2.13: 2,741 MB to download, 192 MB for the processor"),
        blockers=_NEEDS_CUDA,
    ),
    _for_the_processor("tensorflow", "tensorflow-cpu", "633 MB to download, 335 MB for the processor"),
    _for_the_processor(
        "xgboost",
        "xgboost-cpu",
        "536 MB to download, 58 MB for the processor",
        rb"gpu_hist|gpu_id|device[\"']?\s*[=:]\s*[\"'](?:cuda|gpu)",
    ),
    _for_the_processor(
        "onnxruntime-gpu",
        "onnxruntime",
        "273 MB to download, 41 MB for the processor",
        rb"(?:CUDA|Tensorrt|ROCM|MIGraphX)ExecutionProvider",
    ),
    *(
        Equivalent(
            heavy,
            f"{heavy}-headless",
            "nothing opens a window",
            "cv2",
            calls=re.compile(
                rb"\b(?:namedWindow|waitKey(?:Ex)?|destroy(?:All)?Windows?|createTrackbar|setMouseCallback|selectROIs?"
                rb"|startWindowThread|pollKey|moveWindow|resizeWindow|[gs]etWindow\w+)\b"
                rb"|\bcv2?\s*\.\s*imshow\b|\bimport\b[^\n]*\bimshow\b"
            ),
            measured="91 MB to download, 78 MB without windows",
        )
        for heavy in ("opencv-python", "opencv-contrib-python")
    ),
    Equivalent(
        "pyspark",
        "pyspark-client",
        "all sessions are remote (Spark Connect)",
        "pyspark",
        calls=re.compile(
            rb"\bSpark(?:Context|Conf)\b|\.master\s*\(|enableHiveSupport|\._jvm\b|\.rdd\b"
            rb"|\.builder(?!(?:\s|\\|\.appName\([^)]*\)|\.config\([^)]*\))*\.remote\s*\()"
        ),
        programs=frozenset(("spark-submit", "pyspark", "spark-shell")),
        leaves=r"py4j",
        measured="456 MB to download, 101 MB for the client",
    ),
    Equivalent(
        "pyside6",
        "pyside6-essentials",
        "none of the add-on modules is imported",
        "PySide6",
        calls=re.compile(
            rb"\bQt(?:3D\w+|Bluetooth|Charts|DataVisualization|Graphs\w*|HttpServer|Location|Multimedia\w*|Network"
            rb"Auth|Nfc|Pdf\w*|Positioning|Quick3D|RemoteObjects|Scxml|Sensors|SerialBus|SerialPort|SpatialAudio"
            rb"|StateMachine|TextToSpeech|VirtualKeyboard|Web\w+)\b"
        ),
        leaves=r"pyside6-addons",
        measured="264 MB to download, 85 MB without the add-ons",
    ),
)
"""Source: measured from lock files, dependencies 6.8; the documentation of each project says the same of its parts.

What is not here: mlflow (which part of it a program needs is in no call site), extras (a person asked for them).
"""
