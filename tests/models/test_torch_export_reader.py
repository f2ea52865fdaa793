"""Programs of torch.export: every tensor with its bytes, pickles within never loaded, and files made to mislead."""

from __future__ import annotations

import json
import pickle
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from builders.models import Call, Name, assembled, floats, zipped
from deadweight.core.errors import Corrupt, Refused
from deadweight.core.tensor import Checkpoint
from deadweight.models.accounts import account
from deadweight.models.bodies import elements
from deadweight.models.reading import read

FLOAT, LONG, BRAIN, EIGHT = 7, 5, 13, 29
WEIGHT = floats(*range(12))
STEPS = struct.pack("<2q", 3, -4)


def listed(path: str, dtype: int, shape: tuple[int, ...], strides: tuple[int, ...], offset: int = 0) -> dict[str, Any]:
    """A tensor as the list of one archive has it."""
    lengths = {"sizes": [{"as_int": one} for one in shape], "strides": [{"as_int": one} for one in strides]}
    device = {"device": {"type": "cpu", "index": None}, "requires_grad": True, "layout": 7}
    meta = {"dtype": dtype, **lengths, "storage_offset": {"as_int": offset}, **device}
    return {"path_name": path, "is_param": True, "use_pickle": False, "tensor_meta": meta}


WEIGHTS = {
    "net.weight": listed("weight_0", FLOAT, (3, 4), (4, 1)),
    "net.tied": listed("weight_0", FLOAT, (4, 3), (1, 4)),
    "part": listed("weight_0", FLOAT, (2,), (3,), 4),
    "brain": listed("weight_1", BRAIN, (2,), (1,)),
    "eight": listed("weight_1", EIGHT, (4,), (1,)),
}


def archive(path: Path, weights: Mapping[str, Any] = WEIGHTS, **more: bytes) -> Path:
    """The program as torch writes it; `more` are members, their slashes two lines."""
    constants = {"steps": listed("tensor_0", LONG, (2,), (1,))}
    inside = {
        "archive_format": b"pt2",
        "models/model.json": b"{}",
        "data/weights/weight_0": WEIGHT,
        "data/weights/weight_1": b"\x80\x3f\x00\xc0",
        "data/weights/model_weights_config.json": json.dumps({"config": weights}).encode(),
        "data/constants/tensor_0": STEPS,
        "data/constants/model_constants_config.json": json.dumps({"config": constants}).encode(),
        **{name.replace("__", "/"): body for name, body in more.items()},
    }
    path.write_bytes(zipped({f"net/{name}": body for name, body in inside.items()}))
    return path


def bytes_of(checkpoint: Checkpoint, name: str) -> bytes:
    tensor = next(one for one in checkpoint.tensors if one.name == name)
    return b"".join(elements(checkpoint, tensor))


def test_every_tensor_is_found_with_its_bytes_and_those_that_share_share_a_storage(tmp_path: Path) -> None:
    checkpoint = read(archive(tmp_path / "net.pt2"))
    assert checkpoint.format == "torch.export"
    assert [one.dtype for one in checkpoint.tensors] == ["float32"] * 3 + ["bfloat16", "float8_e4m3fn", "int64"]
    assert bytes_of(checkpoint, "net.weight") == WEIGHT
    assert bytes_of(checkpoint, "net.tied") == floats(0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11)
    assert bytes_of(checkpoint, "part") == floats(4, 7)
    assert bytes_of(checkpoint, "steps") == STEPS
    assert len(checkpoint.storages) == 3
    assert not checkpoint.gaps
    assert not checkpoint.code


def test_its_bytes_add_up(tmp_path: Path) -> None:
    checkpoint = read(archive(tmp_path / "net.pt2", extra__note=b"12345"))
    found = account(checkpoint)
    assert found.tensors == len(WEIGHT) + 4 + len(STEPS)
    assert found.tensors + found.unseen + found.padding + sum(found.parts.values()) == found.size
    assert found.parts["other members"] == len("pt2") + 5


BAD = Call(Name("os", "system"), ("true",))


@pytest.mark.parametrize(
    "more",
    [
        {"data__sample_inputs__model.pt": zipped({"model/data.pkl": assembled(BAD)})},
        {"data__constants__custom_obj_0": assembled(BAD)},
    ],
    ids=["example inputs", "objects"],
)
def test_what_the_pickles_within_would_call_is_told(tmp_path: Path, more: dict[str, bytes]) -> None:
    code = read(archive(tmp_path / "net.pt2", WEIGHTS, **more)).code
    assert {one.name for one in code} == {"os.system"}


def test_a_tensor_of_another_class_is_a_gap_and_an_object_none(tmp_path: Path) -> None:
    pickled = {"path_name": "weight_2", "is_param": True, "use_pickle": True, "tensor_meta": None}
    weights = {**WEIGHTS, "of another class": pickled, "object": {**pickled, "path_name": "custom_obj_0"}}
    body = pickle.dumps(None)
    path = archive(tmp_path / "net.pt2", weights, data__weights__weight_2=body, data__weights__custom_obj_0=body)
    (gap,) = read(path).gaps
    assert gap.where.endswith("of another class")


@pytest.mark.parametrize(
    "lie",
    [
        listed("weight_0", FLOAT, (4, 4), (4, 1)),
        listed("weight_0", FLOAT, (1,), (1,), 12),
        listed("weight_0", FLOAT, (1,), (1,), -1),
        listed("weight_0", FLOAT, (-1,), (1,)),
        listed("weight_0", FLOAT, (2, 2), (1,)),
        listed("weight_0", FLOAT, (1 << 40, 1 << 40), (0, 0)),
        listed("weight_0", 99, (1,), (1,)),
        listed("weight_9", FLOAT, (1,), (1,)),
        listed("../../models/none", FLOAT, (1,), (1,)),
        {**listed("weight_0", FLOAT, (1,), (1,)), "path_name": 3},
        {
            "path_name": "weight_0",
            "tensor_meta": {"dtype": 7, "sizes": [{"as_expr": "s0"}], "strides": [{"as_int": 1}]},
        },
    ],
    ids=str,
)
def test_a_list_that_misleads_is_refused(tmp_path: Path, lie: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        read(archive(tmp_path / "net.pt2", {"w": lie}))


def test_a_length_that_is_no_number_is_refused(tmp_path: Path) -> None:
    lie = listed("weight_0", FLOAT, (1,), (1,))
    lie["tensor_meta"]["sizes"] = [{"as_expr": {"expr_str": "s0"}}]
    with pytest.raises(Corrupt, match="does not save"):
        read(archive(tmp_path / "net.pt2", {"w": lie}))


def test_without_a_list_of_weights_it_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "net.pt2").write_bytes(zipped({"net/archive_format": b"pt2", "net/models/model.json": b"{}"}))
    with pytest.raises(Corrupt, match="no list of weights"):
        read(tmp_path / "net.pt2")
