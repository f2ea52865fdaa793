"""Models that were squeezed in place: what was measured of them, and how a person is told."""

from __future__ import annotations

import json
from dataclasses import replace

from builders.reports import HOSTILE, slimmed
from builders.scenes import scene_of
from deadweight.core.coarser_models import GATE, KIND, coarser_models
from deadweight.core.edit import Edit, Safety
from deadweight.core.report import CoarserModel
from deadweight.reports.json import document, text
from deadweight.reports.terminal import FORM

KEPT = "news: 0.94 became 0.93, 0.967 of it kept at least of 300 examples, 0.95 asked for"
MODEL = CoarserModel(
    "app/a.onnx", "weights of app/a.onnx in eight bits", 90_868_376, 22_930_000, 84_000_000, 21_000_000, (KEPT,)
)


def _told(*models: CoarserModel) -> str:
    return FORM.write(replace(slimmed(), models=models), False)


def test_a_person_reads_what_each_model_keeps_and_its_bytes_before_and_after() -> None:
    said = _told(MODEL)
    assert "Models with coarser weights" in said
    assert "stored 84.0 MB -> 21.0 MB (4.00x), unpacked 90.9 MB -> 22.9 MB (3.96x)" in said
    assert KEPT in said


def test_a_model_that_no_gate_judged_is_said_to_be() -> None:
    assert "the running program alone was asked" in _told(replace(MODEL, gate=()))


def test_without_such_models_there_is_no_word_of_them() -> None:
    assert "coarser" not in _told()


def test_names_and_sentences_from_elsewhere_stay_on_their_lines() -> None:
    hostile = replace(MODEL, says=HOSTILE * 40, gate=(HOSTILE * 40,))
    assert max(map(len, _told(hostile).splitlines())) <= 110
    assert "\x1b" not in _told(hostile)


def test_programs_read_the_same_figures() -> None:
    (model,) = json.loads(text(document(replace(slimmed(), models=(MODEL,)))))["models"]
    assert (model["stored_before"], model["stored_after"], model["gate"]) == (84_000_000, 21_000_000, [KEPT])


def test_what_is_measured_is_what_was_packed() -> None:
    before, after = scene_of({"a.onnx": bytes(900), "b.onnx": bytes(7)}), scene_of({"a.onnx": bytes(300)})
    edits = [
        Edit(KIND, ("a.onnx",), Safety.LOSSY, "lossy-models", "coarser", arguments={GATE: "one\ntwo"}),
        Edit(KIND, ("b.onnx",), Safety.LOSSY, "lossy-models", "coarser, and then removed"),
        Edit("remove", ("b.onnx",), Safety.SAFE, "another", "gone"),
    ]
    (model,) = coarser_models(edits, before.listing, after.artifact.inventory)
    assert (model.path, model.before, model.after, model.gate) == ("a.onnx", 900, 300, ("one", "two"))
