"""Sentence embeddings over HTTP."""

import json
import logging
from pathlib import Path

import numpy as np
import onnxruntime
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, Field
from tokenizers import Tokenizer

HERE = Path(__file__).parent
MODEL = HERE / "models" / "all-MiniLM-L6-v2"

log = logging.getLogger("embedding-service")
app = FastAPI(title="embedding-service")
tokenizer = Tokenizer.from_file(str(MODEL / "tokenizer.json"))
tokenizer.enable_truncation(256)
tokenizer.enable_padding()
session = onnxruntime.InferenceSession(str(MODEL / "model.onnx"), providers=["CPUExecutionProvider"])


class Texts(BaseModel):
    texts: list[str] = Field(min_length=1, max_length=64)


class Pair(BaseModel):
    first: str
    second: str


def embed(texts):
    """Mean-pooled, normalised vectors, one row a text."""
    encoded = tokenizer.encode_batch(texts)
    ids = np.array([one.ids for one in encoded], dtype=np.int64)
    mask = np.array([one.attention_mask for one in encoded], dtype=np.int64)
    (tokens,) = session.run(None, {"input_ids": ids, "attention_mask": mask})
    weights = mask[:, :, None].astype(np.float32)
    pooled = (tokens * weights).sum(axis=1) / weights.sum(axis=1)
    return pooled / np.linalg.norm(pooled, axis=1, keepdims=True)


@app.get("/health")
def health():
    return {"status": "ok", "model": MODEL.name}


@app.get("/model")
def model():
    return json.loads((MODEL / "config.json").read_text())


@app.post("/embed")
def embed_texts(request: Texts):
    return {"vectors": np.round(embed(request.texts).astype(float), 6).tolist()}


@app.post("/similarity")
def similarity(request: Pair):
    if not request.first.strip() or not request.second.strip():
        raise HTTPException(422, "both texts must say something")
    first, second = embed([request.first, request.second])
    return {"similarity": round(float(first @ second), 6)}
