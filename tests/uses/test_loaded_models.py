from __future__ import annotations

import pytest

from builders.evidence import project_of, subjects
from deadweight.core.usage import Strength
from deadweight.uses.loaded_models import EVIDENCE


@pytest.mark.parametrize(
    "text",
    [
        "import joblib\njoblib.load(path)",
        "from pickle import load\nload(stream)",
        "import pandas as pd\npd.read_pickle(url)",
        "import mlflow\nmlflow.sklearn.load_model(uri)",
    ],
)
def test_finds_what_may_be_in_a_model(text: str) -> None:
    project = project_of({"a.py": text}, declares="scikit-learn xgboost flask pandas")
    assert subjects(EVIDENCE, project, Strength.HINT) == {"scikit-learn", "xgboost"}
    assert not subjects(EVIDENCE, project, Strength.NEEDED, Strength.OPTIONAL)


@pytest.mark.parametrize("text", ["import json\njson.load(x)  # no pickle", "import joblib\njoblib.dump(x, y)"])
def test_leaves_what_loads_no_model(text: str) -> None:
    assert subjects(EVIDENCE, project_of({"a.py": text}, declares="scikit-learn")) == set()
