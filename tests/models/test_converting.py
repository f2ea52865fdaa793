"""Model files in another form: the same tensors under the same names, in the dtype that was asked for."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import h5py  # type: ignore[import-untyped]  # it has no types
import ml_dtypes
import numpy
import numpy.typing
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file

from builders.command import names, state
from builders.models import Storage, floats, gguf, safetensors, torch_legacy, torch_zip, view, whole
from deadweight.core.conversion import Converted
from deadweight.core.errors import UsageError
from deadweight.models.converting import Wanted, convert
from deadweight.models.forms import form_of
from deadweight.models.reading import read

Arrays = dict[str, numpy.typing.NDArray[Any]]
RANDOM = numpy.random.default_rng(11)
WEIGHTS: Arrays = {
    "layer.weight": RANDOM.normal(size=(16, 24)).astype(numpy.float32),
    "layer.bias": RANDOM.normal(size=16).astype(numpy.float32),
}
SIDES = (("x", 24), ("y", 16))


def converted(
    path: Path, out: Path, dtype: str = "", *, allows_overflow: bool = False, tensors_only: bool = False
) -> Converted:
    form = form_of(out)
    assert form is not None
    return convert(path, out, Wanted(form, dtype, allows_overflow, tensors_only))


def as_torch(path: Path) -> Path:
    storages = [Storage(str(at), "float32", one.tobytes()) for at, one in enumerate(WEIGHTS.values())]
    strides = {2: (24, 1), 1: (1,)}
    views = {
        name: view(storage, 0, one.shape, strides[one.ndim])
        for storage, (name, one) in zip(storages, WEIGHTS.items(), strict=True)
    }
    return torch_zip(path, views, storages)


def as_hdf5(path: Path) -> Path:
    with h5py.File(path, "w") as file:
        for name, one in WEIGHTS.items():
            file[name] = one
    return path


def as_onnx(path: Path) -> Path:
    tensors = [numpy_helper.from_array(one, name) for name, one in WEIGHTS.items()]
    node = helper.make_node("Gemm", ["x", "layer.weight", "layer.bias"], ["y"], transB=1)
    given, told = (helper.make_tensor_value_info(name, TensorProto.FLOAT, ("n", size)) for name, size in SIDES)
    onnx.save(helper.make_model(helper.make_graph([node], "g", [given], [told], tensors)), path)
    return path


def as_npz(path: Path) -> Path:
    numpy.savez_compressed(path, **WEIGHTS)  # type: ignore[arg-type]  # its stubs know no arrays by name
    return path


def as_gguf(path: Path) -> Path:
    body, listed = b"", []
    for name, one in WEIGHTS.items():
        listed.append((name, tuple(reversed(one.shape)), 0, len(body)))
        body += one.tobytes() + b"\0" * (-one.nbytes % 32)
    return gguf(path, listed, body)


SOURCES = {".pt": as_torch, ".h5": as_hdf5, ".onnx": as_onnx, ".npz": as_npz, ".gguf": as_gguf}


def loaded(path: Path) -> Arrays:
    """The arrays of a file by a reader that is not ours; of torch, there is none here."""
    if path.suffix == ".npz":
        with numpy.load(path, allow_pickle=False) as file:
            return dict(file)
    if path.suffix == ".safetensors":
        return load_file(path)
    return load_file(converted_out(path))


def converted_out(path: Path) -> Path:
    out = path.with_name("back.safetensors")
    converted(path, out)
    return out


@pytest.mark.parametrize("source", sorted(SOURCES))
@pytest.mark.parametrize("target", [".safetensors", ".npz", ".pt"])
def test_the_tensors_of_every_form_come_out_as_they_were(tmp_path: Path, source: str, target: str) -> None:
    path = SOURCES[source](tmp_path / f"in{source}")
    before = state(path)
    done = converted(path, tmp_path / f"out{target}", tensors_only=True)
    found = loaded(tmp_path / f"out{target}")
    assert {name.replace("/", "."): one.tobytes() for name, one in found.items()} == {
        name: one.tobytes() for name, one in WEIGHTS.items()
    }
    assert done.tensors == 2
    assert done.after == (tmp_path / f"out{target}").stat().st_size
    assert state(path) == before


def test_a_narrower_dtype_is_told_number_by_number(tmp_path: Path) -> None:
    tensors = {"w": ("F32", (3,), floats(1.0, 1 + 2**-20, 2.0)), "ids": ("I64", (1,), bytes(8))}
    path = safetensors(tmp_path / "a.safetensors", tensors)
    done = converted(path, tmp_path / "b.safetensors", "bfloat16")
    (cast,) = done.casts
    assert (cast.elements, cast.changed, cast.furthest) == (3, 1, 2**-20)
    assert done.kept == {"int64": 8}
    held = load_file(tmp_path / "b.safetensors")
    assert held["w"].dtype == ml_dtypes.bfloat16
    assert held["w"].astype(float).tolist() == [1.0, 1.0, 2.0]


def test_a_dtype_that_holds_every_number_is_told_to_be_exact(tmp_path: Path) -> None:
    path = safetensors(tmp_path / "a.safetensors", {"w": ("F32", (2,), floats(0.5, -3.0))})
    done = converted(path, tmp_path / "b.safetensors", "bfloat16")
    assert [cast.is_exact for cast in done.casts] == [True]
    back = converted(tmp_path / "b.safetensors", tmp_path / "c.safetensors", "float32")
    assert [cast.is_exact for cast in back.casts] == [True]
    assert load_file(tmp_path / "c.safetensors")["w"].tolist() == [0.5, -3.0]


def test_numbers_beyond_fp16_are_refused_with_their_tensors_unless_that_is_allowed(tmp_path: Path) -> None:
    tensors = {"a": ("F32", (2,), floats(1e6, 1.0)), "b": ("F32", (1,), floats(-7e4))}
    path = safetensors(tmp_path / "a.safetensors", tensors)
    with pytest.raises(UsageError, match=r"2 values \(1 of a, 1 of b\)"):
        converted(path, tmp_path / "b.safetensors", "float16")
    assert names(tmp_path) == ["a.safetensors"]
    done = converted(path, tmp_path / "b.safetensors", "float16", allows_overflow=True)
    assert sum(cast.overflowed for cast in done.casts) == 2
    assert load_file(tmp_path / "b.safetensors")["a"].tolist() == [float("inf"), 1.0]


def test_blocks_of_gguf_become_numbers_only_where_their_dtype_is_said(tmp_path: Path) -> None:
    block = numpy.float16(0.5).tobytes() + bytes(range(32))
    path = gguf(tmp_path / "a.gguf", [("q", (32,), 8, 0)], block)
    with pytest.raises(UsageError, match=r"no name for q8_0 \(1: q\)") as told:
        converted(path, tmp_path / "b.safetensors")
    assert "--dtype" in told.value.advice
    done = converted(path, tmp_path / "b.safetensors", "float32")
    assert load_file(tmp_path / "b.safetensors")["q"].tolist() == [0.5 * code for code in range(32)]
    assert [(cast.source, cast.target, cast.changed) for cast in done.casts] == [("q8_0", "float32", 0)]
    halved = converted(path, tmp_path / "c.npz", "float16")
    assert [(cast.source, cast.target, cast.is_exact) for cast in halved.casts] == [("q8_0", "float16", True)]


def test_all_that_a_form_cannot_hold_is_named_at_once(tmp_path: Path) -> None:
    path = gguf(tmp_path / "a.gguf", [("k", (256,), 12, 0), ("i", (256,), 16, 160), ("f", (8,), 0, 256)], bytes(512))
    with pytest.raises(UsageError, match=r"iq2_xxs, q4_k \(2: k, i\)"):
        converted(path, tmp_path / "b.safetensors", "float32")
    assert names(tmp_path) == ["a.gguf"]


def test_numpy_has_no_bfloat16_and_that_is_said(tmp_path: Path) -> None:
    path = safetensors(tmp_path / "a.safetensors", {"w": ("F32", (1,), floats(1.0))})
    with pytest.raises(UsageError, match="npz has no name for bfloat16"):
        converted(path, tmp_path / "b.npz", "bfloat16")


def test_names_of_the_same_bytes_are_stored_once_and_told(tmp_path: Path) -> None:
    storage = Storage("0", "float32", floats(1, 2, 3, 4))
    path = torch_zip(tmp_path / "a.pt", {"one": whole(storage), "two": whole(storage)}, (storage,))
    done = converted(path, tmp_path / "b.safetensors")
    assert done.shared == {"two": "one"}
    assert read(tmp_path / "b.safetensors").metadata["two"] == "one"
    assert converted(path, tmp_path / "b.npz").shared == {}
    assert list(loaded(tmp_path / "b.npz")["two"]) == [1, 2, 3, 4]
    converted(path, tmp_path / "b.pt")
    back = read(tmp_path / "b.pt")
    assert [one.name for one in back.tensors] == ["one", "two"]
    assert len({one.storage for one in back.tensors}) == 1


def test_values_stay_where_the_form_has_a_place_for_them_and_are_told_where_not(tmp_path: Path) -> None:
    storage = Storage("0", "float32", floats(1, 2))
    path = torch_zip(tmp_path / "a.pt", {"w": whole(storage), "config": {"layers": 2}}, (storage,))
    assert converted(path, tmp_path / "b.safetensors").lost == ()
    assert json.loads(read(tmp_path / "b.safetensors").metadata["values"]) == {"config.layers": 2}
    assert converted(path, tmp_path / "b.npz").lost == ("config.layers, which is no tensor",)


def test_views_and_another_byte_order_come_out_as_plain_tensors(tmp_path: Path) -> None:
    storage = Storage("0", "float32", numpy.arange(6, dtype=">f4").astype("<f4").tobytes())
    big = Storage("0", "float32", numpy.frombuffer(storage.body, "<f4").astype(">f4").tobytes())
    path = torch_legacy(tmp_path / "a.pt", {"w": view(big, 0, (3, 2), (1, 3))}, (big,), little=False)
    converted(path, tmp_path / "b.npz", "float16")
    assert loaded(tmp_path / "b.npz")["w"].tolist() == [[0, 3], [1, 4], [2, 5]]


def test_a_graph_is_never_lost_unless_that_is_asked_for(tmp_path: Path) -> None:
    path = as_onnx(tmp_path / "a.onnx")
    with pytest.raises(UsageError, match="cannot hold the graph") as told:
        converted(path, tmp_path / "b.safetensors")
    assert "--tensors-only" in told.value.advice
    assert converted(path, tmp_path / "b.safetensors", tensors_only=True).lost == ("the graph",)


def test_a_squeezed_file_is_not_taken_for_a_plain_one(tmp_path: Path) -> None:
    path = safetensors(tmp_path / "a.safetensors", {"w.codes": ("U8", (1,), b"x")}, {"deadweight": "{}"})
    with pytest.raises(UsageError, match="are codes") as told:
        converted(path, tmp_path / "b.npz")
    assert "restore" in told.value.advice


@pytest.mark.parametrize("ending", ["", ".gguf", ".h5", ".safetensor"])
def test_an_ending_that_is_not_written_is_a_mistake_that_names_those_that_are(tmp_path: Path, ending: str) -> None:
    with pytest.raises(UsageError, match=r"no form that is written|no ending") as told:
        form_of(tmp_path / f"a{ending}")
    assert all(one in told.value.advice for one in (".safetensors", ".pt", ".npz", ".onnx"))


@pytest.mark.parametrize(("named", "is_told"), [(None, False), ("", True)])
def test_a_file_without_an_ending_is_told_of_the_option_where_there_is_one(
    tmp_path: Path, named: str | None, is_told: bool
) -> None:
    with pytest.raises(UsageError, match="it has no ending that says its form") as caught:
        form_of(tmp_path / "weights", named)
    assert ("--to" in caught.value.advice) is is_told


def test_the_form_may_be_said_where_the_ending_does_not(tmp_path: Path) -> None:
    path = safetensors(tmp_path / "a.safetensors", {"w": ("F32", (1,), floats(1.0))})
    form = form_of(tmp_path / "weights", "npz")
    assert form is not None
    convert(path, tmp_path / "weights", Wanted(form))
    assert loaded_npz(tmp_path / "weights")["w"].tolist() == [1.0]


def loaded_npz(path: Path) -> Arrays:
    with path.open("rb") as stream, numpy.load(stream, allow_pickle=False) as file:
        return dict(file)


def test_the_same_file_gives_the_same_bytes(tmp_path: Path) -> None:
    path = as_torch(tmp_path / "a.pt")
    for ending in (".safetensors", ".npz", ".pt"):
        converted(path, tmp_path / f"one{ending}", "float16")
        converted(path, tmp_path / f"two{ending}", "float16")
        assert (tmp_path / f"one{ending}").read_bytes() == (tmp_path / f"two{ending}").read_bytes()


def test_tensors_of_no_elements_and_scalars_are_no_fault(tmp_path: Path) -> None:
    tensors = {"none": ("F32", (0, 3), b""), "nil": ("F32", (0,), b""), "one": ("F32", (), floats(2.0))}
    path = safetensors(tmp_path / "a.safetensors", tensors)
    converted(path, tmp_path / "b.npz", "float16")
    found = loaded(tmp_path / "b.npz")
    assert {name: one.shape for name, one in found.items()} == {"none": (0, 3), "nil": (0,), "one": ()}
    assert found["one"] == 2.0


def test_a_big_tensor_takes_little_memory(tmp_path: Path) -> None:
    count = 1 << 27
    header = json.dumps({"w": {"dtype": "F32", "shape": [count], "data_offsets": [0, 4 * count]}}).encode()
    path = tmp_path / "big.safetensors"
    with path.open("wb") as file:
        file.write(len(header).to_bytes(8, "little") + header)
        file.truncate(8 + len(header) + 4 * count)
    program = "import sys; from pathlib import Path; from deadweight.models.forms import form_of;"
    program += "from deadweight.models.converting import Wanted, convert; out = Path(sys.argv[2]);"
    program += "done = convert(Path(sys.argv[1]), out, Wanted(form_of(out), 'bfloat16'));"
    program += "print(done.after, Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])"
    words = [sys.executable, "-c", program, str(path), str(tmp_path / "small.safetensors")]
    after, peak = map(int, subprocess.run(words, capture_output=True, text=True, check=True).stdout.split())
    (tmp_path / "small.safetensors").unlink()
    assert after < 2 * count + 1000
    assert peak < 150_000
