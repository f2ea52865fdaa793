"""The class of a picture by EfficientNet-Lite0, judged by crops of photographs: the share classed as by the original.

No package carries labelled pictures of ImageNet. Each part has photographs of its own; crops of one photograph are
alike, so the bound is one of these photographs, and of no others.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import torch
from PIL import Image

DATA = Path(os.environ.get("MODEL_DATA", Path(__file__).resolve().parents[2] / "build" / "models"))
torch.set_num_threads(1)
torch.manual_seed(0)
SIDE = 224
BATCH = 16
STAGES = ((1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (4, 5, 2, 6, 192))
STAGES += ((1, 3, 1, 6, 320),)
"""Blocks, reach, stride, widening and channels (Tan and Le 2019; Lite: no squeeze, ReLU6)."""
PHOTOGRAPHS = {
    "calibration": ("camera", "coins", "gravel", "retina", "ihc", "rocket"),
    "development": ("coffee", "grass", "cell", "page"),
    "gate": ("astronaut", "chelsea", "motorcycle_left", "brick", "moon", "hubble_deep_field"),
}


class Convolution(torch.nn.Conv2d):
    """Filled up as TensorFlow does: as much as keeps the size, the odd one below and to the right."""

    def forward(self, seen):
        reach, stride = self.kernel_size[0], self.stride[0]
        fill = max((-(-seen.shape[2] // stride) - 1) * stride + reach - seen.shape[2], 0)
        halves = (fill // 2, fill - fill // 2)
        return super().forward(torch.nn.functional.pad(seen, (*halves, *halves)))


def convolution(given, made, reach=1, stride=1, groups=1):
    return Convolution(given, made, reach, stride, groups=groups, bias=False)


def normalised(width):
    return torch.nn.BatchNorm2d(width, eps=1e-3)


class Block(torch.nn.Module):
    """Widened, convolved channel by channel, narrowed; added to what it was given where the size is the same."""

    def __init__(self, given, made, reach, stride, widening):
        super().__init__()
        width = given * widening
        self.is_wide, self.is_added = widening > 1, stride == 1 and given == made
        if self.is_wide:
            self._expand_conv, self._bn0 = convolution(given, width), normalised(width)
        self._depthwise_conv, self._bn1 = convolution(width, width, reach, stride, width), normalised(width)
        self._project_conv, self._bn2 = convolution(width, made), normalised(made)

    def forward(self, seen):
        inner = bounded(self._bn0(self._expand_conv(seen))) if self.is_wide else seen
        inner = bounded(self._bn1(self._depthwise_conv(inner)))
        inner = self._bn2(self._project_conv(inner))
        return seen + inner if self.is_added else inner


bounded = torch.nn.functional.relu6


class Classifier(torch.nn.Module):
    """The whole network, its parts named as the checkpoint names them."""

    def __init__(self):
        super().__init__()
        self._conv_stem, self._bn0 = convolution(3, 32, 3, 2), normalised(32)
        self._blocks = torch.nn.ModuleList(blocks())
        self._conv_head, self._bn1 = convolution(320, 1280), normalised(1280)
        self._fc = torch.nn.Linear(1280, 1000)

    def forward(self, pictures):
        seen = bounded(self._bn0(self._conv_stem(pictures)))
        for block in self._blocks:
            seen = block(seen)
        return self._fc(bounded(self._bn1(self._conv_head(seen))).mean((2, 3)))


def blocks():
    given = 32
    for count, reach, stride, widening, made in STAGES:
        for number in range(count):
            yield Block(given, made, reach, stride if number == 0 else 1, widening)
            given = made


def build(weights):
    model = Classifier()
    model.load_state_dict({name: torch.tensor(np.asarray(one)) for name, one in weights.items()})
    return model.eval()


def predict(model, pictures):
    """What is said of each of a thousand classes, before any is made sure."""
    found = []
    with torch.inference_mode():
        for start in range(0, len(pictures), BATCH):
            found.append(forward(model, pictures[start : start + BATCH]).numpy())
    return np.concatenate(found)


def forward(model, pictures):
    return model((torch.tensor(np.stack(pictures)).permute(0, 3, 1, 2).float() - 127) / 128)


def crops(part, each, seed):
    """Squares of the photographs, from 96 points to the whole height, some mirrored, 224 points wide."""
    chance = np.random.default_rng(seed)
    folder = next(DATA.glob("scikit_image/**/skimage/data"))
    found = []
    for name in PHOTOGRAPHS[part]:
        whole = Image.open(next(folder.glob(f"{name}.*"))).convert("RGB")
        for _ in range(each):
            side = int(chance.integers(96, 1 + min(whole.size)))
            left, top = (int(chance.integers(0, 1 + length - side)) for length in whole.size)
            picture = whole.crop((left, top, left + side, top + side)).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
            found.append(np.asarray(picture)[:, :: int(chance.choice((1, -1)))])
    return found


PICTURES, SAID = {}, {}


def prepare(model):
    for part, pictures in PICTURES.items():
        SAID[part] = classes(predict(model, pictures))


def classes(rows):
    return rows.argmax(1)


def as_said(found, labels):
    return float(np.mean(np.asarray(found) == np.array([SAID[part][number] for part, number in labels])))


def tasks():
    parts = {}
    for part, each, seed in (("development", 40, 1), ("gate", 50, 2)):
        PICTURES[part] = crops(part, each, seed)
        parts[part] = PICTURES[part], [(part, number) for number in range(len(PICTURES[part]))]
    return {"agreement": {**parts, "answers": classes, "metric": as_said}}


def calibration():
    return crops("calibration", 20, 3)
