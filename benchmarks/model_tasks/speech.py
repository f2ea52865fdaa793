"""Speech by espeak-ng: sentences that a package carries, spoken by sixteen voices; no task of its own.

Formant synthesis without chance: the same words in the same voice are the same samples.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tarfile
import wave
from hashlib import sha256
from pathlib import Path

import numpy as np
from scipy.signal import resample_poly

DATA = Path(os.environ.get("MODEL_DATA", Path(__file__).resolve().parents[2] / "build" / "models"))
RATE = 16_000
VOICES = tuple(f"en-us+{name}" for name in ("m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8")) + tuple(
    f"en-us+{name}" for name in ("f1", "f2", "f3", "f4", "f5", "Alex", "Andrea", "Annie")
)


def sentences():
    """Sentences of newspaper editorials, in an order drawn once."""
    with tarfile.open(next(DATA.glob("vaderSentiment*/**/hutto_ICWSM_2014.tar.gz"))) as archive:
        text = archive.extractfile("hutto_ICWSM_2014/nytEditorialSnippets_GroundTruth.txt").read().decode("latin-1")
    rows = [line.split("\t")[2] for line in text.splitlines() if line.count("\t") >= 2]
    found = sorted({row.strip() for row in rows if row.isascii() and 40 < len(row) < 120})
    return [found[at] for at in np.random.default_rng(0).permutation(len(found))]


def spoken(voice, text):
    """Samples of what the voice says, 16,000 a second, from -1 to 1."""
    cache = DATA / "speech" / f"{sha256(f'{voice} {text}'.encode()).hexdigest()[:24]}.npy"
    if not cache.is_file():
        cache.parent.mkdir(parents=True, exist_ok=True)
        beside = cache.with_name(f"{cache.stem}.{os.getpid()}.npy")
        np.save(beside, _said(voice, text))
        beside.rename(cache)
    return np.load(cache).astype(np.float32) / 32768


def _said(voice, text):
    if shutil.which("espeak-ng") is None:
        raise FileNotFoundError("espeak-ng is not installed: apt-get install espeak-ng")
    words = ["espeak-ng", "-v", voice, "--stdout", "--", text]
    body = subprocess.run(words, check=True, capture_output=True).stdout
    with wave.open(io.BytesIO(body)) as stream:
        samples = np.frombuffer(body[44:], np.int16).astype(np.float64)
        assert stream.getframerate() == 22_050
    return np.clip(resample_poly(samples, 320, 441), -32768, 32767).astype(np.int16)
