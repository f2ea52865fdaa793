"""Who speaks, by Resemblyzer's encoder of voices, judged by sixteen voices of espeak-ng.

A voice's centre is the mean of what the original gives for its first sentences; a smaller model is dropped in, and each
stretch of 1.6 s goes to the nearest centre. Voices are the same in all parts, as those of enrolled speakers are;
sentences, and the loudness of the noise, are not.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parent))
from speech import RATE, VOICES, sentences, spoken

torch.set_num_threads(1)
torch.manual_seed(0)
WINDOW, HOP, BANDS, FRAMES = 400, 160, 40, 160
BATCH = 64
PREFIX = "model_state."
"""What the shipped checkpoint, with its optimizer, has before the names of weights."""


class Encoder(torch.nn.Module):
    """Three layers of LSTM over 1.6 s; the last state, made positive and of length 1 (Wan et al. 2018)."""

    def __init__(self):
        super().__init__()
        self.lstm = torch.nn.LSTM(BANDS, 256, 3, batch_first=True)
        self.linear = torch.nn.Linear(256, 256)

    def forward(self, bands):
        _, (hidden, _) = self.lstm(bands)
        return torch.nn.functional.normalize(torch.relu(self.linear(hidden[-1])), dim=1)


def build(weights):
    model = Encoder()
    own = {name.removeprefix(PREFIX): torch.tensor(np.asarray(one)) for name, one in weights.items()}
    model.load_state_dict({name: own[name] for name in model.state_dict()})
    return model.eval()


def predict(model, stretches):
    found = []
    with torch.inference_mode():
        for start in range(0, len(stretches), BATCH):
            found.append(model(torch.tensor(np.stack(stretches[start : start + BATCH]))).numpy())
    return np.concatenate(found)


def bands(samples):
    """Power in forty bands, a frame each 10 ms: (frames, bands); as librosa has it.

    The encoder was made with that: the most that the two differ by is 1.5e-7 of the highest.
    """
    window = torch.hann_window(WINDOW, dtype=torch.float64)
    found = torch.stft(
        torch.tensor(samples).double(), WINDOW, HOP, window=window, pad_mode="constant", return_complex=True
    )
    return (filters() @ (found.abs() ** 2).numpy()).T.astype(np.float32)


def filters():
    """Slaney's triangles, each of area 1 (Auditory Toolbox, 1998)."""
    edges = hertz(np.linspace(0, mel(RATE / 2), BANDS + 2))
    slopes = edges[:, None] - np.linspace(0, RATE / 2, 1 + WINDOW // 2)
    widths = np.diff(edges)[:, None]
    triangles = np.maximum(0, np.minimum(-slopes[:-2] / widths[:-1], slopes[2:] / widths[1:]))
    return triangles * (2 / (edges[2:] - edges[:-2]))[:, None]


def mel(frequency):
    return 15 + 27 * np.log(frequency / 1000) / np.log(6.4)


def hertz(mels):
    return np.where(mels < 15, mels * 200 / 3, 1000 * np.exp(np.log(6.4) / 27 * (mels - 15)))


def stretches(texts, count, seed):
    """`count` stretches of each voice, one a sentence, in noise of 10 to 30 dB less; and the number of the voice."""
    chance = np.random.default_rng(seed)
    found, labels = [], []
    for number, voice in enumerate(VOICES):
        for text in texts[number * count : (number + 1) * count]:
            samples = heard(spoken(voice, text), chance)
            start = chance.integers(0, len(samples) - HOP * FRAMES)
            found.append(bands(samples[start : start + HOP * FRAMES])[:FRAMES])
            labels.append(number)
    return found, labels


def heard(samples, chance):
    """As a microphone has it: at -30 dB, in noise, silence at either end left out, two seconds at least."""
    loud = np.nonzero(np.abs(samples) > 0.02)[0]
    samples = samples[loud[0] : loud[-1]]
    samples = np.tile(samples, 1 + 2 * RATE // len(samples)) if len(samples) < 2 * RATE else samples
    samples = samples * 10 ** (-30 / 20) / samples.std()
    return samples + chance.standard_normal(len(samples)) * 10 ** (-(30 + chance.uniform(10, 30)) / 20)


CENTRES, SAID = [], {}


def prepare(model):
    texts = sentences()
    rows = predict(model, stretches(texts[:128], 8, 1)[0]).reshape(len(VOICES), 8, -1).mean(1)
    CENTRES[:] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    for part, inputs in PARTS.items():
        SAID[part] = nearest(predict(model, inputs))


PARTS = {}


def nearest(rows):
    return (rows @ np.array(CENTRES).T).argmax(1)


def right(voices, labels):
    return float(np.mean(np.asarray(voices) == np.array([voice for voice, _, _ in labels])))


def as_said(voices, labels):
    return float(np.mean(np.asarray(voices) == np.array([SAID[part][number] for _, part, number in labels])))


def tasks():
    texts = sentences()
    both = {}
    for part, first, count, seed in (("development", 200, 12, 2), ("gate", 600, 25, 3)):
        PARTS[part], voices = stretches(texts[first:], count, seed)
        both[part] = PARTS[part], [(voice, part, number) for number, voice in enumerate(voices)]
    return {
        "speaker": {**both, "answers": nearest, "metric": right},
        "agreement": {**both, "answers": nearest, "metric": as_said},
    }


def calibration():
    return stretches(sentences()[1200:], 6, 4)[0]
