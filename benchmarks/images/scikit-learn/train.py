"""Trains the model once, when the image is built."""

import joblib
from sklearn.datasets import load_wine
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

data = load_wine()
model = make_pipeline(StandardScaler(), RandomForestClassifier(60, random_state=0, n_jobs=1))
model.fit(data.data, data.target)
joblib.dump({"model": model, "classes": list(data.target_names), "features": data.feature_names}, "model.joblib")
