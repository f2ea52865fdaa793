"""Checkpoints of torch, both forms: shared storages, views, CUDA tags, byte orders, and files made to mislead."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import pytest

from builders.models import (
    Call,
    Name,
    Outside,
    Storage,
    floats,
    torch_legacy,
    torch_zip,
    view,
    whole,
    with_flag_bit,
    zipped,
)
from deadweight.core.errors import Corrupt, Hostile, Refused, Unknown
from deadweight.core.gap import Gap
from deadweight.core.tensor import Checkpoint
from deadweight.models.accounts import account
from deadweight.models.bodies import elements
from deadweight.models.reading import read, read_folder

WEIGHT = Storage("0", "float32", floats(*range(12)), "cuda:0")
STEPS = Storage("1", "int64", struct.pack("<2q", 3, -4))


def bytes_of(checkpoint: Checkpoint, name: str) -> bytes:
    tensor = next(one for one in checkpoint.tensors if one.name == name)
    return b"".join(elements(checkpoint, tensor))


TREE = {
    "model": Call(Name("collections", "OrderedDict"), ([["weight", view(WEIGHT, 0, (3, 4), (4, 1))]],)),
    "tied": view(WEIGHT, 0, (3, 4), (4, 1)),
    "turned": view(WEIGHT, 0, (4, 3), (1, 4)),
    "part": view(WEIGHT, 4, (2,), (3,)),
    "steps": whole(STEPS),
    "epoch": 7,
    "name": "small",
}


@pytest.fixture(params=["zip", "packed zip", "legacy", "legacy, big-endian"])
def checkpoint(request: pytest.FixtureRequest, tmp_path: Path) -> Checkpoint:
    path = tmp_path / "model.pt"
    if request.param.endswith("zip"):
        method = zipfile.ZIP_DEFLATED if request.param == "packed zip" else zipfile.ZIP_STORED
        return read(torch_zip(path, TREE, (WEIGHT, STEPS), method=method, byteorder=b"little"))
    little = request.param == "legacy"
    storages = (WEIGHT, STEPS) if little else (_big(WEIGHT, "f"), _big(STEPS, "q"))
    return read(torch_legacy(path, TREE, storages, little))


def _big(storage: Storage, code: str) -> Storage:
    values = struct.unpack(f"<{storage.elements}{code}", storage.body)
    return Storage(storage.key, storage.dtype, struct.pack(f">{storage.elements}{code}", *values))


def test_every_tensor_is_found_by_its_path_with_its_bytes(checkpoint: Checkpoint) -> None:
    assert [one.name for one in checkpoint.tensors] == ["model.weight", "tied", "turned", "part", "steps"]
    assert bytes_of(checkpoint, "model.weight") == WEIGHT.body
    assert bytes_of(checkpoint, "steps") == STEPS.body
    assert not checkpoint.code


def test_views_come_out_in_rows(checkpoint: Checkpoint) -> None:
    assert bytes_of(checkpoint, "turned") == floats(0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11)
    assert bytes_of(checkpoint, "part") == floats(4, 7)


def test_tensors_that_share_a_storage_say_so(checkpoint: Checkpoint) -> None:
    shared = {one.storage for one in checkpoint.tensors if one.name != "steps"}
    assert len(shared) == 1
    assert len(checkpoint.storages) == 2


def test_values_that_are_no_tensors_are_told(checkpoint: Checkpoint) -> None:
    assert {one.path: one.plain for one in checkpoint.values} == {("epoch",): 7, ("name",): "small"}


def test_the_account_adds_up_to_the_file(checkpoint: Checkpoint) -> None:
    whole = account(checkpoint)
    assert whole.tensors + whole.unseen + whole.padding + sum(whole.parts.values()) == whole.size
    assert whole.size == Path(checkpoint.location).stat().st_size
    assert whole.unpacked == 64


def test_a_view_of_a_part_leaves_the_rest_unseen(tmp_path: Path) -> None:
    found = read(torch_zip(tmp_path / "a.pt", {"a": view(WEIGHT, 2, (2,), (1,))}, (WEIGHT,)))
    assert (account(found).tensors, account(found).unseen) == (8, 40)


def test_a_legacy_storage_that_is_a_part_of_another_starts_where_it_says(tmp_path: Path) -> None:
    tree = {"a": view(WEIGHT, 1, (2,), (1,), of=WEIGHT.named(("7", 4, 8)))}
    found = read(torch_legacy(tmp_path / "a.pt", tree, (WEIGHT,)))
    assert bytes_of(found, "a") == floats(5, 6)


def test_a_parameter_is_the_tensor_that_it_wraps(tmp_path: Path) -> None:
    wrapped = Call(Name("torch._utils", "_rebuild_parameter"), (whole(STEPS), True, None))
    found = read(torch_zip(tmp_path / "a.pt", {"p": wrapped}, (STEPS,)))
    assert [one.name for one in found.tensors] == ["p"]


def test_a_dtype_of_its_own_over_bytes_of_none(tmp_path: Path) -> None:
    raw = Outside(("storage", Name("torch", "UntypedStorage"), "0", "cpu", 8))
    hooks = Call(Name("collections", "OrderedDict"), ())
    arguments = (raw, 0, (4,), (1,), False, hooks, Name("torch", "uint16"), None)
    tree = {"a": Call(Name("torch._utils", "_rebuild_tensor_v3"), arguments)}
    found = read(torch_zip(tmp_path / "a.pt", tree, (Storage("0", "uint8", bytes(8)),)))
    assert (found.tensors[0].dtype, found.tensors[0].size) == ("uint16", 8)


@pytest.mark.parametrize("mark", ["conj", "neg"])
def test_a_view_whose_values_are_not_those_stored_is_not_known(mark: str, tmp_path: Path) -> None:
    """torch.save of `tensor.conj()` keeps the plain bytes and a mark."""
    plain = whole(WEIGHT)
    marked = Call(plain.callee, (*plain.arguments, {mark: True}))  # type: ignore[misc]  # a tuple, as it is built
    with pytest.raises(Unknown, match="conjugated or negated"):
        read(torch_zip(tmp_path / "a.pt", {"a": marked}, (WEIGHT,)))


def test_a_module_that_was_pickled_whole_is_code_and_its_tensors_are_found(tmp_path: Path) -> None:
    module = Call(Name("my.models", "Net"), (), {"_parameters": {"weight": whole(WEIGHT)}, "training": True})
    found = read(torch_zip(tmp_path / "a.pt", module, (WEIGHT,)))
    assert [one.name for one in found.tensors] == ["_parameters.weight"]
    assert {code.name for code in found.code} == {"my.models.Net"}


def test_a_program_of_torchscript_is_code(tmp_path: Path) -> None:
    found = read(torch_zip(tmp_path / "a.pt", {"w": whole(WEIGHT)}, (WEIGHT,), **{"code/net.py": b"def forward(): 1"}))
    assert found.format == "TorchScript"
    assert "1 file that torch.jit runs" in found.code[0].shown


MISLEADING = {
    "a view that is larger than its storage": {"a": view(WEIGHT, 0, (1 << 20,), (1,))},
    "a view that starts behind its storage": {"a": view(WEIGHT, 100, (1,), (1,))},
    "strides that reach beyond": {"a": view(WEIGHT, 0, (3, 4), (40, 1))},
    "a negative length": {"a": view(WEIGHT, 0, (-3,), (1,))},
    "a negative offset": {"a": view(WEIGHT, -1, (1,), (1,))},
    "a negative stride": {"a": view(WEIGHT, 5, (2,), (-1,))},
    "more strides than axes": {"a": view(WEIGHT, 0, (3,), (4, 1))},
    "a shape that overflows": {"a": view(WEIGHT, 0, (1 << 40, 1 << 40), (1, 1))},
    "a storage that is not there": {"a": whole(Storage("9", "float32", b"1234"))},
    "a storage that is longer": {"a": whole(Storage("0", "float32", bytes(400)))},
    "an identity of nothing": {"a": Outside("x")},
    "a key that climbs": {"a": whole(Storage("../../etc/passwd", "float32", b"1234"))},
}


@pytest.mark.parametrize("case", MISLEADING)
@pytest.mark.parametrize("make", [torch_zip, torch_legacy])
def test_a_file_that_misleads_is_refused_with_what_and_where(case: str, make: object, tmp_path: Path) -> None:
    path = make(tmp_path / "bad.pt", MISLEADING[case], (WEIGHT,))  # type: ignore[operator]  # one of the two builders
    with pytest.raises(Corrupt) as caught:
        read(path)
    assert caught.value.what


def test_a_truncated_legacy_file_is_refused(tmp_path: Path) -> None:
    path = torch_legacy(tmp_path / "a.pt", TREE, (WEIGHT, STEPS))
    body = path.read_bytes()
    for length in (len(body) - 1, len(body) - 20, 300, 30):
        path.write_bytes(body[:length])
        with pytest.raises(Corrupt):
            read(path)


def test_a_legacy_count_that_is_not_the_pickles_is_refused(tmp_path: Path) -> None:
    path = torch_legacy(tmp_path / "a.pt", {"a": whole(WEIGHT)}, (Storage("0", "float32", bytes(40)),))
    with pytest.raises(Corrupt, match="10 elements, its pickle says 12"):
        read(path)


def test_a_byte_order_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Corrupt, match="byte order"):
        read(torch_zip(tmp_path / "a.pt", TREE, (WEIGHT, STEPS), byteorder=b"middle"))


@pytest.mark.parametrize("bit", [0x1, 0x8, 0x20, 0x40, 0x2000])
def test_a_flag_that_hides_members_from_scanners_is_refused(bit: int, tmp_path: Path) -> None:
    """CVE-2025-10156: zipfile refuses the member, torch loads it."""
    path = torch_zip(tmp_path / "a.pt", {"a": Call(Name("os", "system"), ("id",))}, ())
    path.write_bytes(with_flag_bit(path.read_bytes(), bit))
    with pytest.raises(Refused):
        read(path)
    assert [one.where for one in read_folder(tmp_path) if isinstance(one, Gap)] == [str(path)]


def test_two_pickles_of_one_name_are_refused(tmp_path: Path) -> None:
    body = zipped({"a/data.pkl": b"\x80\x02N.", "b/data.pkl": b"\x80\x02N."}).replace(b"b/data.pkl", b"a/data.pkl")
    path = tmp_path / "a.pt"
    path.write_bytes(body)
    with pytest.raises(Hostile, match="twice"):
        read(path)


def test_code_is_found_whatever_the_file_is_called(tmp_path: Path) -> None:
    for name in ("model.safetensors", "notes.txt", "model"):
        found = read(torch_zip(tmp_path / name, {"a": Call(Name("os", "system"), ("id",))}, ()))
        assert [code.shown for code in found.code] == ["imports os.system", "calls os.system('id')"]


def test_every_pickle_of_the_zip_is_walked(tmp_path: Path) -> None:
    evil = {"constants.pkl": b"cos\nsystem\n(S'id'\ntR."}
    found = read(torch_zip(tmp_path / "a.pt", {"w": whole(WEIGHT)}, (WEIGHT,), **evil))
    assert "os.system" in {code.name for code in found.code}
