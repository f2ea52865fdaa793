"""A model that runs by itself is judged by samples of real inputs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from builders.graphs import classifier, normal, samples, saved, two_inputs
from deadweight.core.errors import UsageError
from deadweight.judging.array import Array
from deadweight.judging.basis import Basis
from deadweight.judging.gate import judged
from deadweight.judging.samples import program_of_samples
from deadweight.judging.task import Program
from deadweight.judging.unseen import digest


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return classifier(tmp_path / "model.onnx", normal(6, 4, seed=1))


def _inputs(count: int = 400) -> NDArray[np.float32]:
    return normal(count, 6, seed=2)


def _same(program: Program, weights: Array, part: str = "gate") -> float:
    """What the model with these weights keeps."""
    original = program.build({"weights": normal(6, 4, seed=1)})
    assert program.prepare is not None
    program.prepare(original)
    task = program.tasks[0]
    inputs = task.parts[part][0]
    before, after = (program.rows(one, inputs) for one in (original, program.build({"weights": weights})))
    return judged(task, part, before, after).ratio


def test_rows_are_what_onnxruntime_gives(tmp_path: Path, model: Path) -> None:
    inputs = _inputs()
    program = program_of_samples(model, samples(tmp_path / "data.npz", inputs=inputs))
    assert program.build_file is not None
    rows = program.rows(program.build_file(model), [(one,) for one in inputs])
    session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    assert np.allclose(rows, session.run(None, {"inputs": inputs})[0], atol=1e-6)


def test_the_graph_is_built_with_other_weights(tmp_path: Path, model: Path) -> None:
    program = program_of_samples(model, samples(tmp_path / "data.npz", inputs=_inputs()))
    weights = normal(6, 4, seed=9)
    rows = program.rows(program.build({"weights": weights}), [(one,) for one in _inputs()])
    assert np.allclose(rows, _inputs() @ weights, atol=1e-5)


@pytest.mark.parametrize(
    ("weights", "says"),
    [
        ({}, "weights is not among them"),
        ({"weights": np.zeros((6, 5))}, r"weights is \(6, 5\)"),
        ({"weights": np.zeros((6, 4)), "more": np.zeros(3)}, "the graph has no more at its top"),
    ],
)
def test_weights_of_another_graph_are_told(tmp_path: Path, model: Path, weights: dict[str, Array], says: str) -> None:
    program = program_of_samples(model, samples(tmp_path / "data.npz", inputs=_inputs()))
    with pytest.raises(UsageError, match=says):
        program.build(weights)


def test_constants_of_nodes_are_weights_too(tmp_path: Path) -> None:
    """What the reader of ONNX names after a node's output is put back there."""
    value = helper.make_tensor("inner", TensorProto.FLOAT, [3], [1.0, 2.0, 3.0])
    graph = helper.make_graph(
        [
            helper.make_node("Constant", [], ["three"], value=value),
            helper.make_node("Mul", ["inputs", "three"], ["answers"]),
        ],
        "constants",
        [helper.make_tensor_value_info("inputs", TensorProto.FLOAT, ["batch", 3])],
        [helper.make_tensor_value_info("answers", TensorProto.FLOAT, ["batch", 3])],
    )
    path = saved(tmp_path / "constants.onnx", graph)
    program = program_of_samples(path, samples(tmp_path / "data.npz", inputs=normal(400, 3)))
    rows = program.rows(program.build({"three": np.array([2.0, 0.0, 1.0], np.float32)}), [(np.ones(3, np.float32),)])
    assert rows.tolist() == [[2.0, 0.0, 1.0]]


def test_a_scalar_among_the_weights_stays_one(tmp_path: Path) -> None:
    """The graph of MiniLM, as torch exports it, makes the start of a slice of a scalar."""
    tensors = [
        helper.make_tensor("start", TensorProto.INT64, [], [1]),
        helper.make_tensor("first", TensorProto.INT64, [1], [0]),
        helper.make_tensor("end", TensorProto.INT64, [1], [3]),
        helper.make_tensor("columns", TensorProto.INT64, [1], [1]),
    ]
    graph = helper.make_graph(
        [
            helper.make_node("Unsqueeze", ["start", "first"], ["starts"]),
            helper.make_node("Slice", ["inputs", "starts", "end", "columns"], ["answers"]),
        ],
        "scalars",
        [helper.make_tensor_value_info("inputs", TensorProto.FLOAT, ["batch", 3])],
        [helper.make_tensor_value_info("answers", TensorProto.FLOAT, ["batch", 2])],
        tensors,
    )
    path = saved(tmp_path / "scalars.onnx", graph)
    program = program_of_samples(path, samples(tmp_path / "data.npz", inputs=normal(400, 3)))
    weights = {one.name: numpy_helper.to_array(one) for one in tensors}
    rows = program.rows(program.build(weights), [(np.array([4, 5, 6], np.float32),)])
    assert rows.tolist() == [[5.0, 6.0]]


def test_the_same_input_always_stands_in_the_same_part(tmp_path: Path, model: Path) -> None:
    whole = program_of_samples(model, samples(tmp_path / "whole.npz", inputs=_inputs(1000)))
    turned = program_of_samples(model, samples(tmp_path / "turned.npz", inputs=_inputs(1000)[::-1][:700]))
    gates = [{digest(one) for one in program.tasks[0].parts["gate"][0]} for program in (whole, turned)]
    assert gates[1] < gates[0]


def test_a_fifth_calibrates_and_two_fifths_each_search_and_judge(tmp_path: Path, model: Path) -> None:
    program = program_of_samples(model, samples(tmp_path / "data.npz", inputs=_inputs(3000)))
    parts = program.tasks[0].parts
    counts = [len(program.calibration), len(parts["development"][0]), len(parts["gate"][0])]
    assert sum(counts) == 3000
    assert [round(count / 3000, 1) for count in counts] == [0.2, 0.4, 0.4]
    digests = [digest(one) for one in (*program.calibration, *parts["development"][0], *parts["gate"][0])]
    assert len(set(digests)) == 3000


def test_equal_inputs_are_counted_once_and_told(tmp_path: Path, model: Path) -> None:
    twice = np.concatenate([_inputs(300), _inputs(300)])
    program = program_of_samples(model, samples(tmp_path / "data.npz", inputs=twice))
    parts = program.tasks[0].parts
    assert len(program.calibration) + len(parts["development"][0]) + len(parts["gate"][0]) == 300
    assert any("300 equal inputs are counted once" in note for note in program.notes)


def test_too_few_are_told_with_how_many_it_takes(tmp_path: Path, model: Path) -> None:
    with pytest.raises(UsageError, match=r"too few examples: .* to calibration, .* to gate") as caught:
        program_of_samples(model, samples(tmp_path / "data.npz", inputs=_inputs(50)))
    assert "30 each: about 120" in caught.value.advice


def test_without_labels_agreement_with_the_original_is_kept_by_it_and_lost_by_another(
    tmp_path: Path, model: Path
) -> None:
    program = program_of_samples(model, samples(tmp_path / "data.npz", inputs=_inputs(600)))
    assert program.tasks[0].name == "agreement"
    assert _same(program, normal(6, 4, seed=1)) == 1.0
    near = normal(6, 4, seed=1) + 0.02 * normal(6, 4, seed=8)
    assert 0.9 < _same(program, near) < 1.0
    assert _same(program, normal(6, 4, seed=5)) < 0.6


def test_probabilities_are_told_as_such(tmp_path: Path) -> None:
    model = classifier(tmp_path / "soft.onnx", normal(6, 4), ending="Softmax")
    program = program_of_samples(model, samples(tmp_path / "data.npz", inputs=_inputs()))
    assert program.notes == ("the metric is agreement with the original: the answers are probabilities of 4 classes",)


def test_a_wide_answer_is_an_embedding_and_the_metric_can_be_stated(tmp_path: Path) -> None:
    model = classifier(tmp_path / "wide.onnx", normal(6, 64))
    data = samples(tmp_path / "data.npz", inputs=_inputs())
    assert program_of_samples(model, data).tasks[0].name == "cosine"
    assert program_of_samples(model, data, "closeness").tasks[0].name == "closeness"
    assert "as was asked for" in program_of_samples(model, data, "agreement").notes[0]


def test_single_numbers_are_judged_by_how_close_they_are(tmp_path: Path) -> None:
    model = classifier(tmp_path / "one.onnx", normal(6, 1, seed=1))
    program = program_of_samples(model, samples(tmp_path / "data.npz", inputs=_inputs()))
    assert program.tasks[0].name == "closeness"
    original = program.build({"weights": normal(6, 1, seed=1)})
    assert program.prepare is not None
    program.prepare(original)
    task = program.tasks[0]
    inputs, places = task.parts["gate"]
    rows = program.rows(original, inputs).astype(np.float64)
    assert task.metric(rows, places) == 1.0
    assert task.metric(rows * 0.9, places) == pytest.approx(
        1 - 0.1 * np.abs(rows).mean() / _rms(program, original), 1e-4
    )


def _rms(program: Program, original: object) -> float:
    parts = program.tasks[0].parts
    inputs = [*program.calibration, *parts["development"][0], *parts["gate"][0]]
    return float(np.sqrt((program.rows(original, inputs).astype(float) ** 2).mean()))


def test_labels_give_accuracy(tmp_path: Path, model: Path) -> None:
    inputs = _inputs(600)
    labels = (inputs @ normal(6, 4, seed=1)).argmax(1)
    labels[::10] = 3 - labels[::10]
    program = program_of_samples(model, samples(tmp_path / "data.npz", inputs=inputs, labels=labels))
    task = program.tasks[0]
    assert (task.name, program.prepare) == ("accuracy", None)
    rows = program.rows(program.build({"weights": normal(6, 4, seed=1)}), task.parts["gate"][0])
    right = {digest((one,)): label for one, label in zip(inputs, labels, strict=True)}
    wanted = np.mean([right[digest(one)] == row.argmax() for one, row in zip(task.parts["gate"][0], rows, strict=True)])
    assert task.metric(rows, task.parts["gate"][1]) == pytest.approx(wanted)


def test_several_inputs_of_several_lengths_go_to_the_inputs_of_their_names(tmp_path: Path) -> None:
    lines = [f'{{"second": {[at] * length}, "first": {list(range(length))}}}' for at in range(100) for length in (2, 3)]
    (tmp_path / "data.jsonl").write_text("\n".join(lines))
    model = two_inputs(tmp_path / "sums.onnx")
    with pytest.raises(UsageError, match="stacking what the model gave failed"):
        program_of_samples(model, tmp_path / "data.jsonl")
    (tmp_path / "even.jsonl").write_text("\n".join(line for line in lines if "2]" not in line))
    program = program_of_samples(model, tmp_path / "even.jsonl")
    assert program.build_file is not None
    first, second = np.array([5, 6]), np.array([10, 20])
    assert program.rows(program.build_file(model), [(first, second)]).tolist() == [[15, 26]]
    assert "of its 2 outputs the first is looked at, sum" in program.notes


def test_inputs_of_the_wrong_name_are_told_with_those_that_it_takes(tmp_path: Path) -> None:
    model = two_inputs(tmp_path / "sums.onnx")
    data = samples(tmp_path / "data.npz", first=np.ones((200, 2)), other=np.ones((200, 2)))
    with pytest.raises(UsageError, match="no second, which the model takes; it has first, other") as caught:
        program_of_samples(model, data)
    assert caught.value.advice == "Name the columns as the model's inputs: first, second."


def test_fractions_are_no_whole_numbers(tmp_path: Path) -> None:
    data = samples(tmp_path / "data.npz", first=normal(200, 2), second=normal(200, 2))
    with pytest.raises(UsageError, match="takes whole numbers, the samples have float32"):
        program_of_samples(two_inputs(tmp_path / "sums.onnx"), data)


def test_inputs_of_another_width_are_told_as_onnxruntime_says(tmp_path: Path, model: Path) -> None:
    with pytest.raises(UsageError, match="running the model failed: InvalidArgument"):
        program_of_samples(model, samples(tmp_path / "data.npz", inputs=normal(300, 5)))


def test_a_graph_of_a_fixed_batch_is_filled_up(tmp_path: Path) -> None:
    model = classifier(tmp_path / "fixed.onnx", normal(6, 4, seed=1), batch=8)
    program = program_of_samples(model, samples(tmp_path / "data.npz", inputs=_inputs()))
    assert program.build_file is not None
    rows = program.rows(program.build_file(model), [(one,) for one in _inputs(11)])
    assert np.allclose(rows, _inputs(11) @ normal(6, 4, seed=1), atol=1e-5)


@pytest.mark.parametrize(
    ("name", "body", "says"),
    [
        ("model.safetensors", b"{}", "does not run by itself"),
        ("model.onnx", b"no graph", "opening it with onnxruntime failed"),
        ("absent.onnx", None, "no such file"),
    ],
)
def test_what_does_not_run_by_itself_is_told(tmp_path: Path, name: str, body: bytes | None, says: str) -> None:
    if body is not None:
        (tmp_path / name).write_bytes(body)
    with pytest.raises(UsageError, match=says):
        program_of_samples(tmp_path / name, samples(tmp_path / "data.npz", inputs=_inputs()))


def test_a_metric_that_needs_labels_says_so(tmp_path: Path, model: Path) -> None:
    with pytest.raises(UsageError, match="accuracy needs labels"):
        program_of_samples(model, samples(tmp_path / "data.npz", inputs=_inputs()), "accuracy")


def test_what_it_is_judged_by_is_told_apart_by_its_bytes(tmp_path: Path) -> None:
    one = samples(tmp_path / "one.npz", inputs=_inputs(3))
    folder = tmp_path / "folder"
    folder.mkdir()
    np.save(folder / "inputs.npy", _inputs(3))
    digests = [
        Basis(samples=one).digest,
        Basis(samples=one, metric="cosine").digest,
        Basis(samples=folder).digest,
        Basis(task=one, samples=folder).digest,
    ]
    assert len(set(digests)) == 4
    assert Basis(samples=folder).digest == digests[2]
