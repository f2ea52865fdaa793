"""ONNX, GGUF, numpy, pickle and joblib: what their own tools write is read, what misleads is refused."""

from __future__ import annotations

import gzip
import pickle
import struct
import zipfile
import zlib
from pathlib import Path

import numpy
import numpy.typing
import onnx
import pytest
from onnx import TensorProto, external_data_helper, helper, numpy_helper

from builders.models import Call, Name, Raw, assembled, gguf, opcodes, zipped
from deadweight.core.errors import Corrupt, Hostile, Refused, Unknown
from deadweight.core.tensor import Checkpoint
from deadweight.models.accounts import account
from deadweight.models.bodies import elements
from deadweight.models.reading import read

ARRAY = numpy.arange(6000, dtype=numpy.float32).reshape(60, 100)


def arrays(found: Checkpoint) -> dict[str, bytes]:
    return {one.name: b"".join(elements(found, one)) for one in found.tensors}


def adds_up(found: Checkpoint) -> bool:
    whole = account(found)
    return whole.tensors + whole.unseen + whole.padding + sum(whole.parts.values()) == whole.size


def graph(*tensors: TensorProto, within: bool = False) -> onnx.ModelProto:
    """A model that reads the first tensor, in a graph within an If where asked for."""
    source = helper.make_tensor_value_info("x", TensorProto.FLOAT, [60, 100])
    result = helper.make_tensor_value_info("y", TensorProto.FLOAT, [60, 100])
    node = helper.make_node("Add", ["x", tensors[0].name], ["y"])
    if within:
        branch = helper.make_graph([node], "branch", [], [result], initializer=[tensors[0]])
        constant = helper.make_node(
            "Constant", [], ["yes"], value=helper.make_tensor("c", TensorProto.BOOL, [], [True])
        )
        choice = helper.make_node("If", ["yes"], ["y"], then_branch=branch, else_branch=branch)
        return helper.make_model(helper.make_graph([constant, choice], "g", [source], [result]))
    return helper.make_model(helper.make_graph([node], "g", [source], [result], initializer=list(tensors)))


def test_tensors_of_onnx_are_read_however_they_are_stored(tmp_path: Path) -> None:
    stored = [
        numpy_helper.from_array(ARRAY, "raw"),
        helper.make_tensor("floats", TensorProto.FLOAT, [3], [1.0, 2.0, 3.5]),
        helper.make_tensor("numbers", TensorProto.INT64, [3], [1, -2, 1 << 40]),
        helper.make_tensor("small", TensorProto.INT8, [3], [1, -2, 127]),
        helper.make_tensor("halves", TensorProto.FLOAT16, [2], [1.5, -2.0]),
        helper.make_tensor("empty", TensorProto.FLOAT, [0], []),
    ]
    onnx.save(graph(*stored), tmp_path / "m.onnx")
    found = read(tmp_path / "m.onnx")
    assert arrays(found) == {one.name: numpy_helper.to_array(one).tobytes() for one in stored}
    assert adds_up(found)


def test_what_nothing_in_the_graph_reads_is_told(tmp_path: Path) -> None:
    onnx.save(
        graph(numpy_helper.from_array(ARRAY, "used"), numpy_helper.from_array(ARRAY, "left")), tmp_path / "m.onnx"
    )
    found = read(tmp_path / "m.onnx")
    assert [found.tensors[index].name for index in found.unread] == ["left"]


def test_tensors_within_graphs_and_constants_are_found(tmp_path: Path) -> None:
    onnx.save(graph(numpy_helper.from_array(ARRAY, "w"), within=True), tmp_path / "m.onnx")
    found = read(tmp_path / "m.onnx")
    assert [one.name for one in found.tensors] == ["yes", "else_branch/w", "then_branch/w"]
    assert not found.unread
    assert adds_up(found)


def outside(folder: Path) -> Path:
    """A model whose tensor lies in a file beside it."""
    model = graph(numpy_helper.from_array(ARRAY, "w"))
    onnx.save(model, folder / "m.onnx", save_as_external_data=True, location="m.data", size_threshold=0)
    return folder / "m.onnx"


def test_external_data_are_read_from_the_file_beside(tmp_path: Path) -> None:
    found = read(outside(tmp_path))
    assert arrays(found) == {"w": ARRAY.tobytes()}
    assert list(found.files) == ["m.onnx", "m.data"]
    assert adds_up(found)


def test_external_data_that_are_missing_or_short_are_an_error(tmp_path: Path) -> None:
    path = outside(tmp_path)
    (tmp_path / "m.data").write_bytes(bytes(100))
    with pytest.raises(Corrupt, match="which has 100"):
        read(path)
    (tmp_path / "m.data").unlink()
    with pytest.raises(Corrupt, match="not there"):
        read(path)


@pytest.mark.parametrize("location", ["../m.data", "/etc/passwd", "", "a/../../m.data", "..\\m.data"])
def test_external_data_that_lie_elsewhere_are_refused(location: str, tmp_path: Path) -> None:
    model = graph(numpy_helper.from_array(ARRAY, "w"))
    tensor = model.graph.initializer[0]
    external_data_helper.set_external_data(tensor, location)
    tensor.ClearField("raw_data")
    (tmp_path / "m.onnx").write_bytes(model.SerializeToString())
    with pytest.raises(Hostile, match="not beside"):
        read(tmp_path / "m.onnx")


def test_external_data_behind_a_link_that_leads_out_are_refused(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    path = outside(tmp_path / "in")
    (tmp_path / "in" / "m.data").rename(tmp_path / "m.data")
    (tmp_path / "in" / "m.data").symlink_to("../m.data")
    with pytest.raises(Hostile, match="leads out"):
        read(path)


def test_onnx_that_is_cut_short_is_refused(tmp_path: Path) -> None:
    body = graph(numpy_helper.from_array(ARRAY, "w")).SerializeToString()
    (tmp_path / "m.onnx").write_bytes(body[: len(body) // 2])
    with pytest.raises(Refused):
        read(tmp_path / "m.onnx")


def test_a_shape_that_is_not_that_of_the_bytes_is_refused(tmp_path: Path) -> None:
    model = graph(numpy_helper.from_array(ARRAY, "w"))
    model.graph.initializer[0].dims[0] = 1 << 40
    (tmp_path / "m.onnx").write_bytes(model.SerializeToString())
    with pytest.raises(Corrupt, match="follow from its shape"):
        read(tmp_path / "m.onnx")


def test_gguf_is_read_with_its_blocks(tmp_path: Path) -> None:
    listed = [("w", (4, 2), 0, 0), ("q", (32, 2), 2, 32)]
    found = read(gguf(tmp_path / "m.gguf", listed, struct.pack("<8f", *range(8)) + bytes(36), settings=1))
    assert [(one.name, one.dtype, one.shape, one.size) for one in found.tensors] == [
        ("w", "float32", (2, 4), 32),
        ("q", "q4_0", (2, 32), 36),
    ]
    assert found.metadata["general.name"] == "a model"
    assert adds_up(found)


GGUF_REFUSED: dict[str, list[tuple[str, tuple[int, ...], int, int]]] = {
    "a tensor behind the end": [("w", (4,), 0, 1 << 40)],
    "a shape that overflows": [("w", (1 << 62, 1 << 62), 0, 0)],
    "rows that are no blocks": [("w", (33,), 2, 0)],
    "too many axes": [("w", (1, 1, 1, 1, 1), 0, 0)],
    "tensors that overlap": [("w", (4,), 0, 0), ("v", (4,), 0, 4)],
}


@pytest.mark.parametrize("case", GGUF_REFUSED)
def test_gguf_that_misleads_is_refused(case: str, tmp_path: Path) -> None:
    with pytest.raises(Corrupt):
        read(gguf(tmp_path / "m.gguf", GGUF_REFUSED[case], bytes(64)))


def test_gguf_that_declares_more_than_it_holds_is_refused(tmp_path: Path) -> None:
    (tmp_path / "m.gguf").write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 1 << 60, 1 << 60) + bytes(64))
    with pytest.raises(Corrupt):
        read(tmp_path / "m.gguf")


def test_a_type_of_gguf_that_is_not_known_is_a_gap(tmp_path: Path) -> None:
    found = read(gguf(tmp_path / "m.gguf", [("w", (4,), 0, 0), ("new", (4,), 250, 32)], bytes(64)))
    assert "type 250" in found.gaps[0].reason


@pytest.mark.parametrize("compressed", [False, True])
def test_npz_is_read_with_every_order_of_bytes_and_axes(compressed: bool, tmp_path: Path) -> None:
    held = {"a": ARRAY, "fortran": numpy.asfortranarray(ARRAY), "big": ARRAY.astype(">f4"), "bool": numpy.ones(3, bool)}
    save = numpy.savez_compressed if compressed else numpy.savez
    save(tmp_path / "m.npz", **held)  # type: ignore[arg-type]  # numpy's stub takes the names for its own option
    found = read(tmp_path / "m.npz")
    assert arrays(found) == {
        "a": ARRAY.tobytes(),
        "fortran": ARRAY.tobytes(),
        "big": ARRAY.tobytes(),
        "bool": b"\1\1\1",
    }
    assert adds_up(found)


def test_npy_is_read(tmp_path: Path) -> None:
    numpy.save(tmp_path / "m.npy", ARRAY)
    found = read(tmp_path / "m.npy")
    assert arrays(found) == {"m": ARRAY.tobytes()}
    assert adds_up(found)


class Runs:
    def __reduce__(self) -> tuple[object, ...]:
        return eval, ("1",)


def test_an_array_of_objects_is_code(tmp_path: Path) -> None:
    numpy.save(tmp_path / "m.npy", numpy.array([Runs()], dtype=object), allow_pickle=True)
    assert "builtins.eval" in {code.name for code in read(tmp_path / "m.npy").code}
    numpy.savez(tmp_path / "m.npz", a=numpy.array([Runs()], dtype=object))
    assert "builtins.eval" in {code.name for code in read(tmp_path / "m.npz").code}


def npy(header: bytes) -> bytes:
    return b"\x93NUMPY\1\0" + struct.pack("<H", len(header)) + header


NPY_REFUSED = {
    "a header that runs": npy(b"__import__('os').system('id')"),
    "a shape beyond the file": npy(b"{'descr': '<f4', 'fortran_order': False, 'shape': (1000,)}"),
    "a negative shape": npy(b"{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}"),
    "no dtype": npy(b"{'descr': 'xyz', 'fortran_order': False, 'shape': (1,)}"),
    "nested without end": npy(b"(" * 5000),
    "nothing": npy(b""),
}


@pytest.mark.parametrize("case", NPY_REFUSED)
def test_npy_that_misleads_is_refused(case: str, tmp_path: Path) -> None:
    (tmp_path / "m.npy").write_bytes(NPY_REFUSED[case] + bytes(8))
    with pytest.raises(Corrupt):
        read(tmp_path / "m.npy")
    (tmp_path / "m.npz").write_bytes(zipped({"a.npy": NPY_REFUSED[case]}, zipfile.ZIP_DEFLATED))
    with pytest.raises(Corrupt):
        read(tmp_path / "m.npz")


@pytest.mark.parametrize("protocol", [3, 4, 5])
def test_arrays_of_a_pickle_are_found_where_they_lie(protocol: int, tmp_path: Path) -> None:
    path = tmp_path / "m.pkl"
    held = {"coef": ARRAY, "turned": numpy.asfortranarray(ARRAY), "big": ARRAY.astype(">f4"), "classes": [1, 2]}
    path.write_bytes(pickle.dumps(held, protocol))
    found = read(path)
    assert arrays(found) == {"coef": ARRAY.tobytes(), "turned": ARRAY.tobytes(), "big": ARRAY.tobytes()}
    assert not found.code
    assert adds_up(found)


def test_an_array_of_a_pickle_that_is_too_long_is_refused(tmp_path: Path) -> None:
    body = pickle.dumps({"coef": numpy.zeros(20, numpy.float32)}, 4)
    assert body.count(b"K\x14\x85") == 1
    (tmp_path / "m.pkl").write_bytes(body.replace(b"K\x14\x85", b"K\xff\x85"))
    with pytest.raises(Corrupt, match="views 1020 bytes"):
        read(tmp_path / "m.pkl")


def joblib_pickle(array: numpy.typing.NDArray[numpy.float32], **state: object) -> bytes:
    """An estimator with one array, as joblib writes it: padding and bytes behind the wrapper's BUILD."""
    dtype = Call(Name("numpy", "dtype"), ("f4", False, True), (3, "<", None, None, None, -1, -1, 0))
    told = {"shape": array.shape, "order": "C", "dtype": dtype, "numpy_array_alignment_bytes": 16, **state}
    wrapper = Call(Name("joblib.numpy_pickle", "NumpyArrayWrapper"), (), told)
    estimator = Call(Name("sklearn.linear_model._base", "LinearRegression"), ())
    body = assembled({"model": estimator, "coef": Raw(b"@@")})
    head, tail = body.split(b"@@")
    return head + opcodes(wrapper) + b"\x03" + b"\xff" * 3 + array.tobytes() + tail


def test_joblib_is_read_with_the_arrays_behind_their_wrappers(tmp_path: Path) -> None:
    (tmp_path / "m.joblib").write_bytes(joblib_pickle(ARRAY))
    found = read(tmp_path / "m.joblib")
    assert found.format == "joblib"
    assert arrays(found) == {"coef": ARRAY.tobytes()}
    assert {code.name for code in found.code} == {"sklearn.linear_model._base.LinearRegression"}
    assert adds_up(found)


def test_joblib_that_declares_more_than_there_is_is_refused(tmp_path: Path) -> None:
    (tmp_path / "m.joblib").write_bytes(joblib_pickle(ARRAY, shape=(1 << 40,)))
    with pytest.raises(Corrupt):
        read(tmp_path / "m.joblib")


@pytest.mark.parametrize("pack", [zlib.compress, gzip.compress])
def test_what_is_compressed_as_a_whole_is_looked_into(pack: object, tmp_path: Path) -> None:
    (tmp_path / "m.pkl").write_bytes(pack(pickle.dumps({"a": ARRAY, "b": Runs()}, 4)))  # type: ignore[operator]
    found = read(tmp_path / "m.pkl")
    assert "builtins.eval" in {code.name for code in found.code}
    assert found.storages[0].packing == "stream"
    assert adds_up(found)
    with pytest.raises(Unknown, match="compressed as a whole"):
        arrays(found)


def test_bytes_behind_the_end_of_a_pickle_are_told(tmp_path: Path) -> None:
    (tmp_path / "m.pkl").write_bytes(pickle.dumps({"a": 1}, 4) + b"hidden")
    assert read(tmp_path / "m.pkl").parts["behind the end of the pickle"] == 6


def test_a_file_of_no_format_is_refused_with_what_there_are(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no model")
    with pytest.raises(Unknown, match="safetensors"):
        read(tmp_path / "notes.txt")
