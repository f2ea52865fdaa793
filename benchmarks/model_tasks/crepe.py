"""The pitch of a frame of sound by CREPE, full or tiny, judged by tones of known pitch and by speech.

Tones: the share within 50 cents of the truth (RPA50, Kim et al. 2018). Speech: the share within 50 cents of what the
original says, on frames that their autocorrelation calls voiced. Each part has tones, sentences and voices of its own.
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
FRAME = 1024
BATCH = 64
CENTS_PER_BIN = 20
LOWEST_BIN = 1997.3794084376191
VOICED = 0.45
"""The autocorrelation from which on a frame is voiced (Boersma 1993)."""
SPEECH, SAID = {}, {}
"""The frames of speech of each part, and what the original says of them."""


class Crepe(torch.nn.Module):
    """Six convolutions, each normalised and halved, and a layer of 360 pitches."""

    def __init__(self, channels):
        super().__init__()
        for number, (given, made) in enumerate(zip((1, *channels), channels, strict=False), start=1):
            reach, stride = ((512, 1), (4, 1)) if number == 1 else ((64, 1), (1, 1))
            setattr(self, f"conv{number}", torch.nn.Conv2d(given, made, reach, stride))
            setattr(self, f"conv{number}_BN", torch.nn.BatchNorm2d(made, eps=0.001))
        self.classifier = torch.nn.Linear(4 * channels[-1], 360)

    def forward(self, frames):
        hidden = frames[:, None, :, None]
        for number in range(1, 7):
            padding = (0, 0, 254, 254) if number == 1 else (0, 0, 31, 32)
            hidden = getattr(self, f"conv{number}")(torch.nn.functional.pad(hidden, padding))
            hidden = getattr(self, f"conv{number}_BN")(torch.relu(hidden))
            hidden = torch.nn.functional.max_pool2d(hidden, (2, 1), (2, 1))
        return torch.sigmoid(self.classifier(hidden.permute(0, 2, 1, 3).flatten(1)))


def build(weights):
    channels = [weights[f"conv{number}.weight"].shape[0] for number in range(1, 7)]
    model = Crepe(channels)
    model.load_state_dict({name: torch.tensor(np.asarray(one)) for name, one in weights.items()})
    for number in range(2, 7):  # their windows are narrow and deep: a third less time with channels side by side
        getattr(model, f"conv{number}").to(memory_format=torch.channels_last)
    return model.eval()


def predict(model, frames):
    """Cents above 10 Hz: the mean of the nine bins about the highest, by their weight."""
    found = []
    with torch.inference_mode():
        for start in range(0, len(frames), BATCH):
            found.append(forward(model, frames[start : start + BATCH]).numpy())
    sure = np.concatenate(found)
    bins = np.arange(sure.shape[1])
    sure = np.where(np.abs(bins - sure.argmax(1)[:, None]) <= 4, sure, 0)
    return (sure * (LOWEST_BIN + CENTS_PER_BIN * bins)).sum(1) / sure.sum(1)


def forward(model, frames):
    return model(torch.tensor(np.stack(frames)))


def tones(count, seed):
    """Frames of harmonic tones from 60 to 1,200 Hz in noise of 0 to 30 dB less, and their cents above 10 Hz."""
    chance = np.random.default_rng(seed)
    time = np.arange(FRAME) / RATE
    frames, cents = [], []
    for _ in range(count):
        pitch = 60 * 20 ** chance.random()
        partials = np.arange(1, 1 + chance.integers(1, 12))
        partials = partials[partials * pitch < RATE / 2]
        loudness = partials ** -chance.uniform(0.3, 2)
        phases = chance.uniform(0, 2 * np.pi, len(partials))
        tone = (loudness[:, None] * np.sin(2 * np.pi * pitch * partials[:, None] * time + phases[:, None])).sum(0)
        noise = chance.standard_normal(FRAME) * tone.std() * 10 ** (-chance.uniform(0, 30) / 20)
        frames.append(even(tone + noise))
        cents.append(1200 * np.log2(pitch / 10))
    return frames, cents


def speech(texts, voices, each):
    """Voiced frames of sentences, at most `each` of one of them."""
    found = []
    for number, text in enumerate(texts):
        samples = spoken(voices[number % len(voices)], text)
        frames = [samples[at : at + FRAME] for at in range(0, len(samples) - FRAME, FRAME)]
        voiced = [even(frame) for frame in frames if frame.std() > 0.02 and periodicity(frame) > VOICED]
        found += [voiced[at] for at in np.linspace(0, len(voiced) - 1, each).astype(int)] if len(voiced) > each else []
    return found


def periodicity(frame):
    """The highest normalised autocorrelation at a period of 60 to 500 Hz."""
    frame = frame - frame.mean()
    power = np.concatenate([[0], np.cumsum(frame.astype(np.float64) ** 2)])
    lags = np.arange(RATE // 500, RATE // 60)
    alike = np.correlate(frame, frame, "full")[len(frame) - 1 + lags]
    return float((alike / np.sqrt((power[-1] - power[lags]) * power[-1 - lags])).max())


def even(frame):
    return ((frame - frame.mean()) / max(frame.std(), 1e-10)).astype(np.float32)


def numbered(part, frames):
    """Frames with labels that name what the original says of them."""
    SPEECH[part] = frames
    return frames, [(part, number) for number in range(len(frames))]


def prepare(model):
    for part, frames in SPEECH.items():
        SAID[part] = predict(model, frames)


def near(rows, cents):
    return float(np.mean(np.abs(np.asarray(rows) - np.asarray(cents)) <= 50))


def as_said(rows, labels):
    return near(rows, [SAID[part][number] for part, number in labels])


def tasks():
    texts = sentences()
    return {
        "tones": {"development": tones(150, 1), "gate": tones(300, 2), "metric": near},
        "speech": {
            "development": numbered("development", speech(texts[100:175], VOICES[1::4], 2)),
            "gate": numbered("gate", speech(texts[200:350], VOICES[::2], 2)),
            "metric": as_said,
        },
    }


def calibration():
    return tones(80, 3)[0] + speech(sentences()[:40], VOICES[3::4], 2)
