"""Lighter equivalents, and what in a project's own files speaks against each."""

from __future__ import annotations

from pathlib import Path

import pytest

from builders.installations import graph, part
from deadweight.core.project import Project
from deadweight.dependencies.lighter import Proposal, proposals
from deadweight.facts.lighter_requirements import LIGHTER
from deadweight.facts.path_roles import role_of_path

CUDA = ("nvidia-cublas-cu12", "triton")
PARTS = [
    part("torch", *CUDA),
    *map(part, CUDA),
    part("sentence-transformers", "torch"),
    part("opencv-python"),
    *(part(name) for name in ("jupyter", "mlflow", "pyspark", "xgboost", "onnxruntime-gpu", "tensorflow", "vllm")),
]


def proposed(folder: Path, files: dict[str, str], *asks: str) -> dict[str, Proposal]:
    for path, text in files.items():
        (folder / path).write_text(text)
    project = Project(str(folder), tuple(sorted(files)), lambda path: (folder / path).read_bytes(), role_of_path)
    return {one.heavy: one for one in proposals(project, graph(PARTS, *asks))}


CASES = [
    ("torch", "app.py", "import torch\nx = torch.zeros(1).cuda()\n", 2),
    ("torch", "Dockerfile", "FROM nvidia/cuda:12.4\n", 1),
    ("torch", "compose.yml", "services:\n  a:\n    driver: nvidia\n", 3),
    ("opencv-python", "app.py", "import cv2\n\ncv2.imshow('x', y)\n", 3),
    ("jupyter", "app.py", "import nbconvert\n", 1),
    ("jupyter", "Makefile", "lab:\n\tjupyter lab\n", 2),
    ("jupyter", "Dockerfile", 'CMD ["/opt/bin/jupyter", "lab"]\n', 1),
    ("mlflow", "start.sh", "mlflow server --port 1\n", 1),
    ("mlflow", "app.py", "import mlflow\nmlflow.set_tracking_uri('sqlite:///x.db')\n", 2),
    ("mlflow", "app.py", "import mlflow\nmlflow.evaluate(m)\n", 2),
    (
        "pyspark",
        "app.py",
        "from pyspark.sql import SparkSession\ns = SparkSession.builder.master('local').getOrCreate()\n",
        2,
    ),
    ("xgboost", "app.py", "import xgboost\nm = xgboost.XGBRegressor(device='cuda')\n", 2),
    ("onnxruntime-gpu", "app.py", "import onnxruntime\np = ['CUDAExecutionProvider']\n", 2),
]


@pytest.mark.parametrize(("heavy", "path", "text", "line"), CASES)
def test_what_needs_the_heavy_one_is_told_with_its_place(
    tmp_path: Path, heavy: str, path: str, text: str, line: int
) -> None:
    found = proposed(tmp_path, {path: text}, heavy)[heavy]
    assert (found.objections[0].place.path, found.objections[0].place.line) == (path, line)


FINE = {
    "app.py": "import torch, cv2, mlflow\nd = 'cuda' if torch.cuda.is_available() else 0\nmlflow.log_metric('a', 1)\n",
    "notes.py": "window = 'imshow'\n",
    "Dockerfile": "FROM python:3.12\nRUN pip install jupyter mlflow\nCMD uvicorn app:app\n",
    "spark.py": "from pyspark.sql import SparkSession\ns = SparkSession.builder.remote('sc://x').getOrCreate()\n",
}


def test_a_project_that_asks_for_nothing_of_it_has_no_objections(tmp_path: Path) -> None:
    asks = ("torch", "opencv-python", "jupyter", "mlflow", "pyspark", "xgboost", "onnxruntime-gpu", "tensorflow")
    found = proposed(tmp_path, FINE, *asks)
    assert found.keys() == set(asks)
    assert {name: one.objections for name, one in found.items() if one.objections} == {}


def test_a_build_for_the_processor_has_no_lighter_one(tmp_path: Path) -> None:
    project = Project(str(tmp_path), (), lambda path: b"", role_of_path)
    assert proposals(project, graph([part("torch", "numpy", version="2.13.0+cpu"), part("numpy")], "torch")) == ()


def test_what_brings_torch_along_is_told_and_the_swap_is_that_of_torch(tmp_path: Path) -> None:
    found = proposed(tmp_path, {}, "sentence-transformers")
    assert found.keys() == {"sentence-transformers"}
    assert found["sentence-transformers"].swap == "torch=cpu"
    assert proposed(tmp_path, {}, "sentence-transformers", "torch").keys() == {"torch"}


def test_what_works_only_on_a_gpu_speaks_against_it(tmp_path: Path) -> None:
    found = proposed(tmp_path, {}, "torch", "vllm")["torch"]
    assert [one.says for one in found.objections] == ["vllm works only with torch"]


def test_every_row_saves_something_and_says_when() -> None:
    assert all(one.download[1] < one.download[0] and one.condition for one in LIGHTER)
    assert len({one.heavy for one in LIGHTER}) == len(LIGHTER)
