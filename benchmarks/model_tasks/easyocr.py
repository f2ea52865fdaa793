"""Lines of print read by EasyOCR's English recogniser, judged by words rendered in nine fonts.

The share of pairs of words read without a fault, and the share read as the original reads them, punctuation aside;
greedy CTC (Graves et al. 2006). Words are of newspaper editorials; each part has sentences of its own.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFilter, ImageFont

sys.path.insert(0, str(Path(__file__).resolve().parent))
from speech import sentences

torch.set_num_threads(1)
torch.manual_seed(0)
HEIGHT = 64
BATCH = 16
CHARACTERS = "0123456789!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ €ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
FONTS = (
    "dejavu/DejaVuSans",
    "dejavu/DejaVuSerif",
    "dejavu/DejaVuSansMono",
    "dejavu/DejaVuSans-Bold",
    "dejavu/DejaVuSerif-Bold",
    "liberation/LiberationSerif-Regular",
    "liberation/LiberationSans-Italic",
    "freefont/FreeMono",
    "freefont/FreeSerif",
)
"""Of fonts-dejavu-core, fonts-liberation and fonts-freefont-ttf."""
PREFIX = "module."


class Recogniser(torch.nn.Module):
    """VGG, two bidirectional layers of LSTM, and a letter at each place (Shi et al. 2015)."""

    def __init__(self):
        super().__init__()
        self.FeatureExtraction = torch.nn.Module()
        self.FeatureExtraction.ConvNet = torch.nn.Sequential(*convolutions())
        self.SequenceModeling = torch.nn.Sequential(Both(256), Both(256))
        self.Prediction = torch.nn.Linear(256, 1 + len(CHARACTERS))

    def forward(self, lines):
        seen = self.FeatureExtraction.ConvNet(lines).mean(2).transpose(1, 2)
        return self.Prediction(self.SequenceModeling(seen))


def convolutions():
    """In the order, and so under the numbers, that the checkpoint has them."""
    made = []
    for given, out, pool in ((1, 32, (2, 2)), (32, 64, (2, 2)), (64, 128, None), (128, 128, (2, 1))):
        made += [torch.nn.Conv2d(given, out, 3, padding=1), torch.nn.ReLU()]
        made += [torch.nn.MaxPool2d(pool)] if pool else []
    for given in (128, 256):
        made += [torch.nn.Conv2d(given, 256, 3, padding=1, bias=False), torch.nn.BatchNorm2d(256), torch.nn.ReLU()]
    return [*made, torch.nn.MaxPool2d((2, 1)), torch.nn.Conv2d(256, 256, 2), torch.nn.ReLU()]


class Both(torch.nn.Module):
    """A layer of LSTM in both directions, and what it comes to."""

    def __init__(self, width):
        super().__init__()
        self.rnn = torch.nn.LSTM(width, 256, bidirectional=True, batch_first=True)
        self.linear = torch.nn.Linear(512, 256)

    def forward(self, seen):
        return self.linear(self.rnn(seen)[0])


def build(weights):
    model = Recogniser()
    model.load_state_dict({name.removeprefix(PREFIX): torch.tensor(np.asarray(one)) for name, one in weights.items()})
    return model.eval()


def predict(model, lines):
    """The text of each line; lines of like width go together, the last column drawn out, as EasyOCR does."""
    order = sorted(range(len(lines)), key=lambda at: lines[at].shape[1])
    texts = [""] * len(lines)
    with torch.inference_mode():
        for start in range(0, len(order), BATCH):
            some = order[start : start + BATCH]
            widest = lines[some[-1]].shape[1]
            filled = [np.pad(lines[at], ((0, 0), (0, widest - lines[at].shape[1])), "edge") for at in some]
            said = model(torch.tensor(np.stack(filled))[:, None].float() / 127.5 - 1).argmax(2).numpy()
            for at, letters in zip(some, said, strict=True):
                texts[at] = text_of(letters)
    return np.array(texts)


def text_of(letters):
    """Letters that stand twice in a row, without the blank between, are one."""
    kept = [now for before, now in zip([0, *letters[:-1]], letters, strict=True) if now and now != before]
    return "".join(CHARACTERS[letter - 1] for letter in kept)


def pieces(texts):
    """Two words of each sentence at a time."""
    found = []
    for text in texts:
        words = [word for word in text.split() if all(letter in CHARACTERS for letter in word)]
        found += [" ".join(words[at : at + 2]) for at in range(0, len(words) - 1, 6)]
    return list(dict.fromkeys(found))


def lines(texts, seed):
    """Pictures of the texts, (64, width) of bytes: turned a little, blurred, noisy, of low contrast."""
    chance = np.random.default_rng(seed)
    return [rendered(text, chance) for text in texts]


def rendered(text, chance):
    font = font_of(FONTS[chance.integers(len(FONTS))], int(chance.integers(14, 44)))
    left, top, right, bottom = font.getbbox(text)
    paper, ink = int(chance.integers(150, 256)), int(chance.integers(0, 100))
    picture = Image.new("L", (right - left + 12, bottom - top + 10), paper)
    ImageDraw.Draw(picture).text((6 - left, 5 - top), text, fill=ink, font=font)
    picture = picture.rotate(chance.uniform(-1.5, 1.5), Image.Resampling.BILINEAR, fillcolor=paper)
    picture = picture.filter(ImageFilter.GaussianBlur(chance.uniform(0, font.size / 24)))
    noisy = np.asarray(picture) + chance.normal(0, chance.uniform(0, 12), picture.size[::-1])
    picture = Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8))
    width = max(HEIGHT, round(HEIGHT * picture.width / picture.height))
    return np.asarray(picture.resize((width, HEIGHT), Image.Resampling.BICUBIC))


def font_of(name, size):
    path = Path("/usr/share/fonts/truetype", f"{name}.ttf")
    if not path.is_file():
        package = {"dejavu": "fonts-dejavu-core", "liberation": "fonts-liberation", "freefont": "fonts-freefont-ttf"}
        raise FileNotFoundError(f"{path} is not there: apt-get install {package[path.parent.name]}")
    return ImageFont.truetype(str(path), size)


LINES, SAID = {}, {}


def prepare(model):
    for part, pictures in LINES.items():
        SAID[part] = predict(model, pictures)


def words(texts):
    """The text of each without what is no letter or digit."""
    return np.array([" ".join(re.findall("[A-Za-z0-9]+", text)) for text in texts])


def right(read, labels):
    return float(np.mean(read == words([text for text, _, _ in labels])))


def as_said(read, labels):
    return float(np.mean(read == words([SAID[part][number] for _, part, number in labels])))


def tasks():
    both = {}
    for part, first, count in (("development", 200, 240), ("gate", 1000, 480)):
        texts = pieces(sentences()[first:])[:count]
        LINES[part] = lines(texts, first)
        both[part] = LINES[part], [(text, part, number) for number, text in enumerate(texts)]
    return {
        "lines": {**both, "answers": words, "metric": right},
        "agreement": {**both, "answers": words, "metric": as_said},
    }


def calibration():
    return lines(pieces(sentences()[:200])[:120], 7)
