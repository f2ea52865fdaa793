"""The rank of a vector, by a forest that was trained elsewhere and pickled."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import joblib

if TYPE_CHECKING:
    import pandas as pd

forest = joblib.load(Path(__file__).parents[2] / "models" / "forest.joblib")


def score(vector: list[float]) -> float:
    return float(forest.predict_proba([vector])[0][1])


def table(vectors: pd.DataFrame) -> pd.Series:
    return vectors.apply(score, axis=1)
