"""The vector of a text, by a small BERT."""

from functools import cache

import torch
from transformers import AutoModel, AutoTokenizer

MODEL = "models/tiny-bert"


@cache
def loaded() -> tuple:
    return AutoTokenizer.from_pretrained(MODEL), AutoModel.from_pretrained(MODEL).eval()


def embed(text: str) -> list[float]:
    tokenizer, model = loaded()
    with torch.inference_mode():
        return model(**tokenizer(text, return_tensors="pt")).last_hidden_state.mean(1)[0].tolist()
