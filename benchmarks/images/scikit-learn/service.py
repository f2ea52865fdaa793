"""Which of three wines it is, from thirteen measurements."""

import io

import joblib
import numpy as np
import pandas as pd
from flask import Flask, jsonify, request

app = Flask(__name__)
held = joblib.load("model.joblib")


@app.get("/health")
def health():
    return jsonify(status="ok", classes=[str(name) for name in held["classes"]])


@app.post("/predict")
def predict():
    rows = np.asarray(request.get_json()["rows"], dtype=float)
    if rows.ndim != 2 or rows.shape[1] != len(held["features"]):
        return jsonify(error=f"a row has {len(held['features'])} numbers"), 422
    return jsonify(probabilities=held["model"].predict_proba(rows).round(6).tolist())


@app.post("/table")
def table():
    """Predict for a CSV, and describe it."""
    frame = pd.read_csv(io.BytesIO(request.get_data()))
    labels = held["model"].predict(frame.to_numpy())
    described = frame.describe().round(4).to_dict()
    return jsonify(labels=[str(held["classes"][one]) for one in labels], described=described)


@app.get("/model")
def model():
    return jsonify(repr(held["model"]))
