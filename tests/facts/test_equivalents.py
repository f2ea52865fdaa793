from __future__ import annotations

import re

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from deadweight.facts.equivalents import EQUIVALENTS, Equivalent

BY_NAME = {one.heavy: one for one in EQUIVALENTS}


@pytest.mark.parametrize("one", EQUIVALENTS, ids=lambda one: str(one.heavy))
def test_every_row_has_a_condition_a_figure_and_names_as_pep_503_writes_them(one: Equivalent) -> None:
    assert one.condition
    assert one.measured
    assert one.module
    assert (one.heavy, one.lighter) == (canonicalize_name(one.heavy), canonicalize_name(one.lighter))
    assert one.without_gpu or one.calls is not None
    re.compile(one.leaves)


def test_no_distribution_has_two_rows() -> None:
    assert len(BY_NAME) == len(EQUIVALENTS)


@pytest.mark.parametrize("version", ["2.11.0", "2.11.0+cu128"])
def test_of_torch_the_build_for_the_processor_is_asked_for_first(version: str) -> None:
    """Indexes tag it +cpu; a folder or a mirror may hold it without."""
    assert BY_NAME["torch"].requirements(version) == ("torch==2.11.0+cpu", "torch==2.11.0")


def test_of_others_the_same_version_is_asked_for() -> None:
    (text,) = BY_NAME["opencv-python"].requirements("4.10.0.84")
    assert (Requirement(text).name, str(Requirement(text).specifier)) == ("opencv-python-headless", "==4.10.0.84")


@pytest.mark.parametrize(
    ("name", "line", "needs_it"),
    [
        ("opencv-python", b"cv2.imshow('x', frame)", True),
        ("opencv-python", b"cv.imshow('x', frame)", True),
        ("opencv-python", b"from cv2 import imread, imshow", True),
        ("opencv-python", b"if cv2.waitKey(1) == 27:", True),
        ("opencv-python", b"cv2.destroyAllWindows()", True),
        ("opencv-python", b"plt.imshow(image)", False),
        ("opencv-python", b"cv2.imencode('.png', image)", False),
        ("onnxruntime-gpu", b'providers=["CUDAExecutionProvider", "CPUExecutionProvider"]', True),
        ("onnxruntime-gpu", b'providers=["CPUExecutionProvider"]', False),
        ("xgboost", b'params = {"tree_method": "gpu_hist"}', True),
        ("xgboost", b'XGBClassifier(device="cuda:0")', True),
        ("xgboost", b'XGBClassifier(device="cpu")', False),
        ("pyspark", b"SparkSession.builder.getOrCreate()", True),
        ("pyspark", b'SparkSession.builder.appName("x").master("local[2]")', True),
        ("pyspark", b"from pyspark import SparkContext", True),
        ("pyspark", b'SparkSession.builder.remote("sc://host").getOrCreate()', False),
        ("pyspark", b'SparkSession.builder.appName("x").remote(url).getOrCreate()', False),
        ("pyside6", b"from PySide6.QtWebEngineWidgets import QWebEngineView", True),
        ("pyside6", b"from PySide6 import QtCharts", True),
        ("pyside6", b"from PySide6.QtWidgets import QApplication", False),
    ],
)
def test_call_sites_that_need_the_heavy_one_are_told_from_others(name: str, line: bytes, needs_it: bool) -> None:
    calls = BY_NAME[name].calls
    assert calls is not None
    assert bool(calls.search(b"import x\n" + line + b"\n")) is needs_it
