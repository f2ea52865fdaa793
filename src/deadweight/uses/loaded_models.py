"""Models that are loaded from files that are not here: what they are made of may be any library that is asked for.

A pickle imports the modules of its classes; where the file comes when the program runs, no code names them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from deadweight.core.project import Project
from deadweight.core.requirement import Place
from deadweight.core.requirement_seams import Evidence
from deadweight.core.usage import Strength, Usage
from deadweight.facts.called_names import called_names

_NAME = "models that are loaded"
_TOLD = re.compile(r"\b(?:joblib|pickle|cloudpickle|dill|skops|mlflow|read_pickle|load_model)\b")
_LOADS = frozenset({"load", "loads", "read_pickle", "load_model", "Unpickler"})
_OF = frozenset({"joblib", "pickle", "cloudpickle", "dill", "pandas", "mlflow", "bentoml", "skops", "_pickle"})
_WORDS = """
    scikit-learn xgboost lightgbm catboost statsmodels umap-learn hdbscan imbalanced-learn prophet pmdarima gensim
    category-encoders feature-engine sktime lifelines implicit surprise scikit-surprise tpot mapie skorch interpret
    sklearn-crfsuite river lightfm sentence-transformers spacy nltk keras tensorflow torch flair gpflow autogluon"""
_LIBRARIES = frozenset(_WORDS.split())


def _find(project: Project) -> Iterator[Usage]:
    libraries = sorted(_LIBRARIES & set(project.declared))
    for path in project.python if libraries else ():
        source = project.source(path)
        if _TOLD.search(source.text):
            for call in called_names(source).calls:
                if call.last in _LOADS and call.name.partition(".")[0] in _OF:
                    says = f"may be what {call.name} loads"
                    place = Place(path, call.node.lineno)
                    for name in libraries:
                        yield Usage(says, place, _NAME, source.role, Strength.HINT, distribution=name)


EVIDENCE: Evidence = Evidence(_NAME, "libraries of models that may be in a pickle that is loaded from elsewhere", _find)
