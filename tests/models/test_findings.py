"""What is dead weight in model files: each kind found where it is, and left alone where it is not."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

import numpy
import numpy.typing
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from builders.models import Call, Name, Storage, floats, safetensors, torch_zip, view, whole
from deadweight.core.edit import Safety
from deadweight.core.model_seams import ModelReader, ModelRule
from deadweight.core.plugins import found, named
from deadweight.core.tensor import Look, Tensor, TensorFinding
from deadweight.models.leftovers import averaged, leftover, leftover_value
from deadweight.models.looks import look
from deadweight.models.reading import read
from deadweight.models.reporting import opened, weigh
from deadweight.models.weighing import findings
from deadweight.squeezing.lossless.exponents import pack

RANDOM = numpy.random.default_rng(7)


def noise(count: int) -> bytes:
    return RANDOM.standard_normal(count).astype(numpy.float32).tobytes()


def by_rule(path: Path, rule: str) -> list[TensorFinding]:
    return [one for one in findings(opened(path)) if one.rule == rule]


def dropped(one: TensorFinding) -> list[str]:
    return sorted(held.name for held in one.tensors)


def test_the_state_of_an_optimizer_is_found_by_the_keys_that_lead_to_it(tmp_path: Path) -> None:
    storages = [Storage(str(key), "float32", noise(100)) for key in range(3)]
    tree = {
        "model": {"weight": whole(storages[0])},
        "optimizer": {"state": {0: {"exp_avg": whole(storages[1]), "exp_avg_sq": whole(storages[2])}}},
        "epoch": 3,
    }
    (one,) = by_rule(torch_zip(tmp_path / "a.pt", tree, storages), "training_leftovers")
    assert dropped(one) == ["optimizer.state.0.exp_avg", "optimizer.state.0.exp_avg_sq"]
    assert (one.size, one.safety) == (800, Safety.SAFE)


def test_a_file_of_nothing_but_an_optimizer_is_for_a_person_to_decide(tmp_path: Path) -> None:
    storage = Storage("0", "float32", noise(100))
    (one,) = by_rule(
        torch_zip(tmp_path / "a.pt", {"optimizer": {"exp_avg": whole(storage)}}, [storage]), "training_leftovers"
    )
    assert one.safety is Safety.SUGGESTED
    assert "holds no weights" in one.says


def test_an_average_of_the_weights_is_for_a_person_to_decide(tmp_path: Path) -> None:
    storages = [Storage(str(key), "float32", noise(100)) for key in range(2)]
    tree = {"model": {"w": whole(storages[0])}, "ema": {"w": whole(storages[1])}}
    (one,) = by_rule(torch_zip(tmp_path / "a.pt", tree, storages), "training_leftovers")
    assert (dropped(one), one.safety) == (["ema.w"], Safety.SUGGESTED)


@pytest.mark.parametrize(
    "path",
    [
        ("optimizer_state_dict", "state", 0, "exp_avg"),
        ("optimizer_states", 0, "momentum_buffer"),
        ("lr_schedulers", 0, "last_lr"),
        ("grad_scaler", "scale"),
        ("rng_state", "torch"),
        ("model.optimizer.exp_avg",),
        ("w/.OPTIMIZER_SLOT/optimizer/m/.ATTRIBUTES/VARIABLE_VALUE",),
        ("state", 3, "exp_avg_sq"),
    ],
)
def test_what_trainers_save_to_go_on_is_left_over(path: tuple[str | int, ...]) -> None:
    assert leftover(path)


@pytest.mark.parametrize(
    "path",
    [
        ("scheduler.weight",),
        ("model", "scheduler", "weight"),
        ("step_embedding.weight",),
        ("gradient_net.weight",),
        ("epoch",),
        ("state_dict", "loss.weight"),
        ("amplifier", "weight"),
        (),
    ],
)
def test_what_only_sounds_like_it_stays(path: tuple[str | int, ...]) -> None:
    assert not leftover(path)
    assert not averaged(path)


def test_counters_at_the_top_are_left_over_as_values() -> None:
    assert leftover_value(("epoch",))
    assert leftover_value(("global_step",))
    assert not leftover_value(("hyper_parameters", "epoch"))


def test_equal_tensors_in_one_file_and_across_files_are_found(tmp_path: Path) -> None:
    body, other = noise(2000), noise(2000)
    safetensors(tmp_path / "a.safetensors", {"x": ("F32", (2000,), body), "y": ("F32", (2000,), body)})
    safetensors(tmp_path / "b.safetensors", {"z": ("F32", (40, 50), body), "own": ("F32", (2000,), other)})
    within, across = by_rule(tmp_path, "duplicate_tensors")
    assert (dropped(within), within.size, within.safety) == (["y"], 8000, Safety.SAFE)
    assert (dropped(across), across.size, across.safety) == (["z"], 8000, Safety.SUGGESTED)


def test_tensors_that_share_their_bytes_are_no_copies(tmp_path: Path) -> None:
    storage = Storage("0", "float32", noise(2000))
    path = torch_zip(tmp_path / "a.pt", {"x": whole(storage), "y": whole(storage)}, [storage])
    assert not by_rule(path, "duplicate_tensors")


def test_tensors_of_other_dtypes_with_the_same_bytes_are_no_copies(tmp_path: Path) -> None:
    tensors = {"x": ("F32", (500,), bytes(2000)), "y": ("I32", (500,), bytes(2000))}
    assert not by_rule(safetensors(tmp_path / "a.safetensors", tensors), "duplicate_tensors")


def test_one_model_in_two_formats_is_found(tmp_path: Path) -> None:
    storage = Storage("0", "float32", noise(5000))
    safetensors(tmp_path / "model.safetensors", {"w": ("F32", (5000,), storage.body)})
    torch_zip(tmp_path / "model.pt", {"w": whole(storage)}, [storage])
    (one,) = by_rule(tmp_path, "same_model")
    assert "model.safetensors (safetensors) is the model of model.pt (torch)" in one.says


def test_values_of_a_shorter_dtype_are_found_exactly(tmp_path: Path) -> None:
    values = RANDOM.standard_normal(3000).astype(numpy.float32)
    halves = values.astype(numpy.float16).astype(numpy.float32)
    brains = (values.view(numpy.uint32) & 0xFFFF0000).view(numpy.float32)
    almost = halves.copy()
    almost[2999] = 1.0000001
    held = {"half": halves, "brain": brains, "plain": values, "almost": almost}
    tensors = {name: ("F32", (3000,), one.tobytes()) for name, one in held.items()}
    said = by_rule(safetensors(tmp_path / "a.safetensors", tensors), "narrow_values")
    assert sorted((dropped(one)[0], one.size) for one in said) == [("brain", 6000), ("half", 6000)]


@settings(max_examples=100, derandomize=True, deadline=None)
@given(
    some.lists(some.floats(width=32) | some.sampled_from([0.5, -2.0, 65504.0, 6e-8, 65536.0]), min_size=1, max_size=40)
)
def test_what_fits_is_what_numpy_converts_without_loss(values: Sequence[float]) -> None:
    array = numpy.array(values, numpy.float32)
    looked = looked_at(array)
    bits = array.view(numpy.uint32)
    with numpy.errstate(over="ignore", invalid="ignore"):
        halves = array.astype(numpy.float16).astype(numpy.float32).view(numpy.uint32)
    expected = "bfloat16" if not (bits & 0xFFFF).any() else "float16" if (halves == bits).all() else ""
    if not numpy.isnan(array).any():
        assert looked.fits == expected


def looked_at(array: numpy.typing.NDArray[numpy.float32], piece: int = 12) -> Look:
    body = array.tobytes()
    tensor = Tensor("t", str(array.dtype), array.shape, len(body), 0)
    return look(tensor, (body[at : at + piece] for at in range(0, len(body), piece)))


def test_a_digest_does_not_depend_on_the_pieces() -> None:
    array = RANDOM.standard_normal(100).astype(numpy.float32)
    assert looked_at(array, 12) == looked_at(array, 7) == looked_at(array, 400)


def test_nothing_numbers_and_infinities_are_looked_at() -> None:
    looked = looked_at(numpy.array([numpy.nan, numpy.inf, -numpy.inf], numpy.float32))
    assert looked.fits == "bfloat16"
    assert looked_at(numpy.zeros(0, numpy.float32)).fits == ""


def test_positions_that_count_up_are_found_and_others_are_not(tmp_path: Path) -> None:
    counting, other = struct.pack("<6q", *range(6)), struct.pack("<6q", 0, 1, 2, 3, 4, 6)
    tensors = {"a.position_ids": ("I64", (1, 6), counting), "b.position_ids": ("I64", (1, 6), other)}
    (one,) = by_rule(safetensors(tmp_path / "a.safetensors", tensors), "dead_tensors")
    assert dropped(one) == ["a.position_ids"]


def test_counters_and_poolers_are_suggestions(tmp_path: Path) -> None:
    tensors = {
        "bn.num_batches_tracked": ("I64", (), bytes(8)),
        "pooler.dense.weight": ("F32", (4,), floats(1, 2, 3, 4)),
        "pool.weight": ("F32", (1,), floats(5)),
    }
    said = by_rule(safetensors(tmp_path / "a.safetensors", tensors), "dead_tensors")
    assert {tuple(dropped(one)) for one in said} == {("bn.num_batches_tracked",), ("pooler.dense.weight",)}
    assert {one.safety for one in said} == {Safety.SUGGESTED}


def test_a_pooler_is_proven_dead_by_how_its_folder_says_that_embeddings_are_pooled(tmp_path: Path) -> None:
    path = safetensors(tmp_path / "a.safetensors", {"pooler.dense.weight": ("F32", (4,), floats(1, 2, 3, 4))})
    (unsaid,) = by_rule(path, "dead_tensors")
    (tmp_path / "1_Pooling").mkdir()
    stated = tmp_path / "1_Pooling" / "config.json"
    stated.write_text('{"pooling_mode_mean_tokens": true, "pooling_mode_cls_token": false}')
    (said,) = by_rule(path, "dead_tensors")
    assert "prove it" in unsaid.evidence[0].says
    assert said.evidence[0].says == "embeddings are pooled by pooling_mode_mean_tokens"
    assert said.evidence[0].where == str(stated)
    for odd in ("[1, 2", "[1, 2]", "7"):
        stated.write_text(odd)
        assert by_rule(path, "dead_tensors") == [unsaid]


def test_bytes_that_no_tensor_views_are_found(tmp_path: Path) -> None:
    storage = Storage("0", "float32", noise(5000))
    path = torch_zip(tmp_path / "a.pt", {"a": view(storage, 10, (20,), (1,))}, [storage])
    (one,) = by_rule(path, "unviewed_bytes")
    assert one.size == 20000 - 80
    assert "19,920 of the 20,000 bytes" in one.evidence[0].says


def test_what_lossless_coding_saves_is_marked_as_an_estimate(tmp_path: Path) -> None:
    path = safetensors(tmp_path / "a.safetensors", {"w": ("F32", (50_000,), noise(50_000))})
    (one,) = by_rule(path, "lossless_coding")
    assert one.is_estimate
    assert 0.1 < one.size / 200_000 < 0.3


def test_the_estimate_of_lossless_coding_is_near_what_the_coder_gives(tmp_path: Path) -> None:
    body = noise(600_000)
    path = safetensors(tmp_path / "a.safetensors", {"w": ("F32", (600_000,), body)})
    (one,) = by_rule(path, "lossless_coding")
    assert len(body) - one.size == pytest.approx(len(pack(body, "float32")), rel=0.01)


def test_what_squeezing_is_likely_to_save_is_an_estimate_and_never_safe(tmp_path: Path) -> None:
    path = safetensors(tmp_path / "a.safetensors", {"w": ("F32", (250, 200), noise(50_000))})
    (one,) = by_rule(path, "likely_squeeze")
    assert (one.is_estimate, one.safety) == (True, Safety.LOSSY)
    bits = 8 * (200_000 - one.size) / 50_000
    assert bits == pytest.approx(2.05 + 0.415, abs=0.12), "the entropy of a normal at a step of 3/4 (Gish and Pierce)"


def test_convolutions_of_one_channel_are_estimated_at_finer_steps(tmp_path: Path) -> None:
    weights = ("F32", (250, 200), noise(50_000))
    (plain,) = by_rule(safetensors(tmp_path / "a.safetensors", {"w": weights}), "likely_squeeze")
    depthwise = ("F32", (16, 1, 3, 3), noise(144))
    (delicate,) = by_rule(safetensors(tmp_path / "b.safetensors", {"w": weights, "d": depthwise}), "likely_squeeze")
    assert delicate.size < plain.size


def test_no_squeeze_is_estimated_of_whole_numbers_what_is_not_finite_or_what_is_stripped(tmp_path: Path) -> None:
    endless = numpy.full(50_000, numpy.inf, numpy.float32).tobytes()
    tensors = {"n": ("I32", (250, 200), noise(50_000)), "w": ("F32", (250, 200), endless)}
    assert not by_rule(safetensors(tmp_path / "a.safetensors", tensors), "likely_squeeze")
    moments = Storage("0", "float32", noise(50_000))
    tree = {"optimizer": {"exp_avg": view(moments, 0, (250, 200), (200, 1))}}
    assert not by_rule(torch_zip(tmp_path / "b.pt", tree, [moments]), "likely_squeeze")


@pytest.mark.parametrize("dtype", ["BF16", "F16"])
def test_halves_are_estimated_too(dtype: str, tmp_path: Path) -> None:
    values = RANDOM.standard_normal(50_000).astype(numpy.float32)
    body = (values.view(numpy.uint32) >> 16).astype("<u2") if dtype == "BF16" else values.astype(numpy.float16)
    path = safetensors(tmp_path / "a.safetensors", {"w": (dtype, (250, 200), body.tobytes())})
    (one,) = by_rule(path, "likely_squeeze")
    assert 100_000 / (100_000 - one.size) == pytest.approx(6.3, abs=0.5)


def test_code_is_found_and_never_called_safe(tmp_path: Path) -> None:
    path = torch_zip(tmp_path / "a.pt", {"a": Call(Name("os", "system"), ("id",))}, [])
    (one,) = by_rule(path, "contains_code")
    assert "would run os.system" in one.says
    assert [evidence.says for evidence in one.evidence] == ["imports os.system", "calls os.system('id')"]
    assert not by_rule(torch_zip(tmp_path / "b.pt", {"a": 1}, []), "contains_code")


def test_data_that_no_graph_names_are_found(tmp_path: Path) -> None:
    import onnx
    from onnx import numpy_helper

    tensor = numpy_helper.from_array(numpy.ones(3, numpy.float32), "w")
    node = onnx.helper.make_node("Identity", ["w"], ["y"])
    result = onnx.helper.make_tensor_value_info("y", 1, [3])
    onnx.save(onnx.helper.make_model(onnx.helper.make_graph([node], "g", [], [result], [tensor])), tmp_path / "m.onnx")
    (tmp_path / "old.onnx.data").write_bytes(bytes(9000))
    (one,) = by_rule(tmp_path, "data_left_behind")
    assert one.size == 9000


def test_a_folder_tells_what_it_could_not_read(tmp_path: Path) -> None:
    safetensors(tmp_path / "good.safetensors", {"w": ("F32", (1,), floats(1))})
    bad = safetensors(tmp_path / "bad.safetensors", {"w": ("F32", (2,), floats(1, 2))})
    bad.write_bytes(bad.read_bytes()[:-1])
    (tmp_path / "notes.txt").write_text("nothing of a model")
    report = weigh(tmp_path)
    assert [Path(one.location).name for one in report.checkpoints] == ["good.safetensors"]
    assert [gap.where for gap in report.gaps] == [str(bad)]


def test_a_file_under_two_names_is_weighed_once(tmp_path: Path) -> None:
    path = safetensors(tmp_path / "a.safetensors", {"w": ("F32", (1,), floats(1))})
    (tmp_path / "b.safetensors").symlink_to(path)
    assert len(weigh(tmp_path).checkpoints) == 1


def test_every_rule_and_reader_has_a_name_of_its_own() -> None:
    assert len(named(found("deadweight.models.rules", "MODEL_RULE", ModelRule))) >= 10
    assert len(named(found("deadweight.models.readers", "MODEL_READER", ModelReader))) >= 8


def test_no_finding_goes_without_evidence(tmp_path: Path) -> None:
    body = noise(3000)
    path = safetensors(tmp_path / "a.safetensors", {"x": ("F32", (3000,), body), "y": ("F32", (3000,), body)})
    assert read(path).tensors
    assert all(one.evidence for one in findings(opened(path)))
