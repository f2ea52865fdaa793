"""Trains the forest that ranks, on vectors whose truth is known."""

from pathlib import Path

import joblib
import numpy as np
from sklearn.ensemble import RandomForestClassifier

vectors = np.random.default_rng(0).random((64, 8))
forest = RandomForestClassifier(3, max_depth=2, random_state=0).fit(vectors, vectors.sum(1) > 4)
models = Path(__file__).parents[1] / "models"
models.mkdir(exist_ok=True)
joblib.dump(forest, models / "forest.joblib")
