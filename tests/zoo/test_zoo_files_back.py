"""Every file comes back byte for byte, whatever its format; tensors are seen in it, and stored once."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file, save_file

from builders.command import names, state
from builders.models import Storage, safetensors, torch_legacy, torch_zip, view, whole
from builders.zoos import added, back, blobs, held, litter, model, noise, stored, weights
from deadweight.core.errors import Corrupt, Unknown, UsageError
from deadweight.core.zoo import reference
from deadweight.zoo.getting import get, parts_of
from deadweight.zoo.reading import PART, segments, stretch

Make = Callable[[Path], Path]
BODY = weights(1, 30_000)
OTHER = weights(2, 12_000)


def made_safetensors(path: Path) -> Path:
    return model(path, {"a": BODY, "b": OTHER, "tiny": BODY[:8]})


def made_torch(path: Path) -> Path:
    first, second = Storage("0", "float32", BODY), Storage("1", "float32", OTHER)
    tree = {"a": view(first, 0, (100, 300), (300, 1)), "turned": view(second, 0, (120, 100), (1, 120)), "step": 4}
    return torch_zip(path, tree, (first, second))


def made_deflated_torch(path: Path) -> Path:
    first = Storage("0", "float32", BODY)
    return torch_zip(path, {"a": whole(first)}, (first,), method=zipfile.ZIP_DEFLATED)


def made_legacy_torch(path: Path) -> Path:
    first, second = Storage("0", "float32", BODY), Storage("1", "float32", OTHER)
    return torch_legacy(path, {"a": whole(first), "b": whole(second)}, (first, second))


def made_big_endian_torch(path: Path) -> Path:
    first = Storage("0", "float32", numpy.frombuffer(BODY, "<f4").astype(">f4").tobytes())
    return torch_legacy(path, {"a": whole(first)}, (first,), little=False)


def made_npz(path: Path) -> Path:
    with path.open("wb") as stream:
        numpy.savez(stream, a=numpy.frombuffer(BODY, "<f4"), b=numpy.frombuffer(OTHER, "<f4").reshape(120, 100))
    return path


def made_compressed_npz(path: Path) -> Path:
    with path.open("wb") as stream:
        numpy.savez_compressed(stream, a=numpy.frombuffer(BODY, "<f4"))
    return path


def made_fortran_npy(path: Path) -> Path:
    with path.open("wb") as stream:
        numpy.save(stream, numpy.asfortranarray(numpy.frombuffer(BODY, "<f4").reshape(100, 300)))
    return path


def made_onnx(path: Path) -> Path:
    initializers = [
        numpy_helper.from_array(numpy.frombuffer(BODY, "<f4"), "a"),
        helper.make_tensor("counts", TensorProto.INT64, [3], [1, 2, 300]),
    ]
    graph = helper.make_graph([helper.make_node("Identity", ["a"], ["y"])], "g", [], [], initializers)
    onnx.save(helper.make_model(graph), str(path))
    return path


MAKERS = (
    made_safetensors,
    made_torch,
    made_deflated_torch,
    made_legacy_torch,
    made_big_endian_torch,
    made_npz,
    made_compressed_npz,
    made_fortran_npy,
    made_onnx,
)


@pytest.fixture
def zoo(tmp_path: Path) -> Path:
    return tmp_path / "zoo"


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: str(make.__name__).removeprefix("made_"))
def test_a_file_of_any_format_comes_back_byte_for_byte(make: Make, zoo: Path, tmp_path: Path) -> None:
    source = make(tmp_path / "model")
    before = state(source)
    done = added(zoo, source, "m")
    assert back(zoo, "m", tmp_path / "out") == source.read_bytes()
    assert state(source) == before
    assert done.version.size == source.stat().st_size
    assert held(zoo, "m").files[0].digest == f"sha256:{hashlib.sha256(source.read_bytes()).hexdigest()}"
    assert not done.gaps
    assert not litter(zoo)


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: str(make.__name__).removeprefix("made_"))
def test_the_elements_have_one_digest_in_every_format(make: Make, zoo: Path, tmp_path: Path) -> None:
    added(zoo, made_safetensors(tmp_path / "plain"), "plain")
    added(zoo, make(tmp_path / "model"), "m")
    plain = {tensor.name: tensor.digest for tensor in held(zoo, "plain").models[0].tensors}
    tensors = {tensor.name: tensor.digest for tensor in held(zoo, "m").models[0].tensors}
    if make is made_fortran_npy:
        assert list(tensors.values()) == [plain["a"]]
    else:
        assert tensors["a"] == plain["a"]


def test_the_same_tensors_in_another_format_cost_only_what_lies_around_them(zoo: Path, tmp_path: Path) -> None:
    added(zoo, made_safetensors(tmp_path / "plain"), "plain")
    for number, make in enumerate((made_torch, made_legacy_torch, made_npz, made_onnx)):
        assert added(zoo, make(tmp_path / str(number)), f"m{number}").stored < 3000


def test_tensors_are_what_other_readers_see(zoo: Path, tmp_path: Path) -> None:
    arrays = {"w": numpy.arange(5000, dtype="<f4").reshape(50, 100), "i": numpy.arange(900, dtype="<i8")}
    save_file(arrays, tmp_path / "model", {"license": "MIT"})
    added(zoo, tmp_path / "model", "m")
    get(zoo, reference("m"), tmp_path / "out")
    again = load_file(tmp_path / "out")
    assert all((again[name] == array).all() for name, array in arrays.items())
    (one,) = held(zoo, "m").models
    assert {tensor.name: (tensor.dtype, tensor.shape) for tensor in one.tensors} == {
        "w": ("float32", (50, 100)),
        "i": ("int64", (900,)),
    }
    assert one.metadata == {"license": "MIT"}


def test_a_tied_tensor_is_stored_once(zoo: Path, tmp_path: Path) -> None:
    alone = added(zoo, model(tmp_path / "one", {"a": BODY}), "one").stored
    other = tmp_path / "other"
    twice = added(other, model(tmp_path / "two", {"a": BODY, "b": BODY, "c": BODY}), "two").stored
    assert twice < alone + 300


def test_tensors_longer_than_a_part_come_back(zoo: Path, tmp_path: Path) -> None:
    body = noise(1, PART + PART // 2 + 12)
    source = safetensors(
        tmp_path / "model", {"big": ("U8", (len(body),), body), "after": ("F32", (3000,), OTHER[:12000])}
    )
    added(zoo, source, "m")
    assert back(zoo, "m", tmp_path / "out") == source.read_bytes()
    (file,) = held(zoo, "m").files
    assert [len(run.parts) for run in file.runs] == [2, 1]


def test_a_longer_vocabulary_stores_only_what_is_new(zoo: Path, tmp_path: Path) -> None:
    body = noise(2, 2 * PART)
    added(zoo, safetensors(tmp_path / "one", {"words": ("U8", (len(body),), body)}), "m:1")
    longer = body + noise(3, 5000)
    done = added(zoo, safetensors(tmp_path / "two", {"words": ("U8", (len(longer),), longer)}), "m:2")
    assert done.stored < 6000
    assert back(zoo, "m:2", tmp_path / "out") == (tmp_path / "two").read_bytes()


def test_an_overlapping_view_does_not_store_bytes_twice(zoo: Path, tmp_path: Path) -> None:
    flat = Storage("0", "float32", BODY)
    tree = {"row": view(flat, 3000, (10, 100), (100, 1)), "flat": whole(flat), "late": view(flat, 29_000, (900,), (1,))}
    source = torch_zip(tmp_path / "model", tree, (flat,))
    done = added(zoo, source, "m")
    assert done.stored < len(BODY) + 1000
    assert back(zoo, "m", tmp_path / "out") == source.read_bytes()
    digests = {tensor.name: tensor.digest for tensor in held(zoo, "m").models[0].tensors}
    assert len(set(digests.values())) == 3


def test_a_folder_comes_back_with_all_of_its_files(zoo: Path, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    (folder / "deep/er").mkdir(parents=True)
    made_safetensors(folder / "model.safetensors")
    made_onnx(folder / "deep/model.onnx")
    (folder / "tokenizer.json").write_text('{"words": ["a", "b"]}' * 500)
    (folder / "deep/er/empty").write_bytes(b"")
    (folder / "link.json").symlink_to("tokenizer.json")
    done = added(zoo, folder, "m")
    assert done.version.formats == ("ONNX", "safetensors")
    get(zoo, reference("m"), tmp_path / "out")
    assert files(tmp_path / "out") == files(folder)


def files(folder: Path) -> dict[Path, bytes]:
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_folder_of_one_file_is_a_folder_again(zoo: Path, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    made_safetensors(tmp_path / "folder/model")
    added(zoo, tmp_path / "folder", "m")
    get(zoo, reference("m"), tmp_path / "out")
    assert names(tmp_path / "out") == ["model"]


def test_data_outside_of_an_onnx_file_belong_to_it(zoo: Path, tmp_path: Path) -> None:
    folder = tmp_path / "place"
    folder.mkdir()
    tensor = numpy_helper.from_array(numpy.frombuffer(BODY, "<f4"), "a")
    graph = helper.make_graph([helper.make_node("Identity", ["a"], ["y"])], "g", [], [], [tensor])
    whole = helper.make_model(graph)
    onnx.save(whole, str(folder / "model.onnx"), save_as_external_data=True, location="model.data", size_threshold=100)
    (folder / "unrelated").write_bytes(b"x" * 100)
    added(zoo, folder / "model.onnx", "m")
    get(zoo, reference("m"), tmp_path / "out")
    assert names(tmp_path / "out") == ["model.data", "model.onnx"]
    assert (tmp_path / "out/model.data").read_bytes() == (folder / "model.data").read_bytes()
    assert [tensor.file for tensor in held(zoo, "m").models[0].tensors] == ["model.data"]


def test_a_file_that_looks_like_a_model_and_is_broken_is_kept_and_told(zoo: Path, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    made_safetensors(folder / "good")
    (folder / "cut").write_bytes(made_safetensors(tmp_path / "whole").read_bytes()[:-5])
    done = added(zoo, folder, "m")
    assert [gap.where for gap in done.gaps] == [str(folder / "cut")]
    get(zoo, reference("m"), tmp_path / "out")
    assert (tmp_path / "out/cut").read_bytes() == (folder / "cut").read_bytes()


@pytest.mark.parametrize("size", [0, 5, 4000])
def test_what_is_no_model_is_refused_and_makes_no_zoo(size: int, zoo: Path, tmp_path: Path) -> None:
    (tmp_path / "text").write_bytes(b"just text " * (size // 10))
    with pytest.raises(Unknown):
        added(zoo, tmp_path / "text", "m")
    (tmp_path / "folder").mkdir()
    with pytest.raises(Unknown):
        added(zoo, tmp_path / "folder", "m")
    assert not zoo.exists()


def test_a_truncated_file_is_refused(zoo: Path, tmp_path: Path) -> None:
    source = made_safetensors(tmp_path / "model")
    source.write_bytes(source.read_bytes()[:-1])
    with pytest.raises(Corrupt):
        added(zoo, source, "m")
    assert not zoo.exists()


def test_an_output_that_is_there_is_never_replaced(zoo: Path, tmp_path: Path) -> None:
    source = made_safetensors(tmp_path / "model")
    added(zoo, source, "m")
    with pytest.raises(UsageError, match="already there"):
        get(zoo, reference("m"), source)
    assert names(tmp_path) == ["model", "zoo"]


def test_small_tensors_share_a_blob(zoo: Path, tmp_path: Path) -> None:
    tensors = {f"layer.{number}.bias": weights(number, 300) for number in range(400)}
    source = model(tmp_path / "model", tensors)
    added(zoo, source, "m")
    assert len(blobs(zoo)) <= 5
    assert back(zoo, "m", tmp_path / "out") == source.read_bytes()


def test_a_thousand_scalars_cost_no_more_than_their_file(zoo: Path, tmp_path: Path) -> None:
    tensors = {f"layer.{number}.num_batches_tracked": noise(number, 8) for number in range(1000)}
    source = model(tmp_path / "model", tensors)
    added(zoo, source, "m")
    assert stored(zoo) < 2 * source.stat().st_size
    assert back(zoo, "m", tmp_path / "out") == source.read_bytes()


def test_an_empty_tensor_and_a_scalar_are_tensors(zoo: Path, tmp_path: Path) -> None:
    source = safetensors(tmp_path / "model", {"none": ("F32", (0, 4), b""), "one": ("F32", (), BODY[:4])})
    added(zoo, source, "m")
    tensors = {tensor.name: tensor.shape for tensor in held(zoo, "m").models[0].tensors}
    assert tensors == {"none": (0, 4), "one": ()}
    assert back(zoo, "m", tmp_path / "out") == source.read_bytes()


def test_a_version_written_to_a_stream_is_not_held_in_memory(zoo: Path, tmp_path: Path) -> None:
    """More than a few parts are never there at once: each is handed on before the next one is read."""
    body = noise(5, 5 * PART)
    added(zoo, safetensors(tmp_path / "model", {"big": ("U8", (len(body),), body)}), "m")
    contents = held(zoo, "m")
    whole_file = segments(contents, contents.files[0])
    sizes = [len(piece) for piece in stretch(parts_of(zoo, contents), whole_file, 0, len(body))]
    assert max(sizes) <= PART
    assert sum(sizes) == len(body)
