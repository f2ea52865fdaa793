"""A service that reads a photographed note, embeds its text and ranks it."""

import importlib
import os

import cv2
import numpy as np
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

from app.embedding import embed

try:
    import orjson as json
except ImportError:
    import json

app = FastAPI()
ranker = importlib.import_module(os.environ.get("RANKER", "app.backends.forest"))


class Note(BaseModel):
    text: str
    image: list[int] = []


@app.get("/health")
def health() -> dict:
    return {"ready": True}


@app.post("/rank")
def rank(note: Note) -> dict:
    if not note.text:
        raise HTTPException(422, "no text")
    return {"score": ranker.score(embed(note.text))}


@app.post("/sharpness")
def sharpness(note: Note) -> dict:
    image = cv2.imdecode(np.array(note.image, dtype=np.uint8), cv2.IMREAD_GRAYSCALE)
    return {"sharpness": float(cv2.Laplacian(image, cv2.CV_64F).var())}


@app.post("/archive")
def archive(note: Note) -> dict:
    import boto3

    body = json.dumps(note.model_dump())
    boto3.client("s3").put_object(Bucket=os.environ["BUCKET"], Key="note.json", Body=body)
    return {"archived": True}
