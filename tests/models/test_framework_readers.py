"""TensorFlow Lite, SavedModel, Core ML, HDF5 and Keras: built from their specifications or written by h5py."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import h5py  # type: ignore[import-untyped]  # it has no types
import numpy
import pytest

from builders.models import floats, zipped
from deadweight.core.errors import Corrupt, Refused, Unknown
from deadweight.core.tensor import Checkpoint
from deadweight.models.accounts import account
from deadweight.models.bodies import elements
from deadweight.models.reading import read

BODY = floats(*range(6))


def arrays(found: Checkpoint) -> dict[str, bytes]:
    return {one.name: b"".join(elements(found, one)) for one in found.tensors}


def adds_up(found: Checkpoint) -> bool:
    whole = account(found)
    return whole.tensors + whole.unseen + whole.padding + sum(whole.parts.values()) == whole.size


def test_tflite_is_read_by_its_buffers(tmp_path: Path) -> None:
    found = read(tflite(tmp_path / "m.tflite"))
    assert arrays(found) == {"w": BODY}
    assert found.tensors[0].shape == (2, 3)
    assert adds_up(found)


def tflite(path: Path, shape: tuple[int, ...] = (2, 3), buffer: int = 1) -> Path:
    """A model of one tensor with every part behind what names it."""
    axes = struct.pack(f"<I{len(shape)}i", len(shape), *shape)
    model_table = struct.pack("<HHHHHHH", 14, 12, 0, 0, 4, 0, 8) + b"\0\0"
    parts: dict[str, bytes] = {
        "head": b"\0\0\0\0TFL3",
        "model form": model_table,
        "model": struct.pack("<iII", 16, 0, 0),
        "subgraphs": struct.pack("<II", 1, 0),
        "subgraph form": struct.pack("<HHHH", 6, 8, 4, 0),
        "subgraph": struct.pack("<iI", 8, 0),
        "tensors": struct.pack("<II", 1, 0),
        "tensor form": struct.pack("<HHHHHH", 12, 20, 4, 16, 8, 12),
        "tensor": struct.pack("<iIIIBxxx", 12, 0, buffer, 0, 0),
        "axes": axes,
        "name": struct.pack("<I", 1) + b"w\0\0\0",
        "buffers": struct.pack("<III", 2, 0, 0),
        "empty form": struct.pack("<HH", 4, 4),
        "empty": struct.pack("<i", 4),
        "full form": struct.pack("<HHHH", 6, 8, 4, 0),
        "full": struct.pack("<iI", 8, 0),
        "data": struct.pack("<I", len(BODY)) + BODY,
    }
    places, body = {}, bytearray()
    for name, part in parts.items():
        places[name] = len(body)
        body += part
    pointers = [("head", 0, "model"), ("model", 4, "subgraphs"), ("model", 8, "buffers"), ("subgraphs", 4, "subgraph")]
    pointers += [("subgraph", 4, "tensors"), ("tensors", 4, "tensor"), ("tensor", 4, "axes"), ("tensor", 12, "name")]
    pointers += [("buffers", 4, "empty"), ("buffers", 8, "full"), ("full", 4, "data")]
    for source, shift, target in pointers:
        at = places[source] + shift
        struct.pack_into("<I", body, at, places[target] - at)
    path.write_bytes(bytes(body))
    return path


def test_tflite_whose_tensor_names_no_buffer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Corrupt, match="buffer 9 of 2"):
        read(tflite(tmp_path / "m.tflite", buffer=9))


def test_tflite_whose_shape_is_not_that_of_the_bytes_is_a_gap(tmp_path: Path) -> None:
    assert "24 bytes stand for 28" in read(tflite(tmp_path / "m.tflite", shape=(7,))).gaps[0].reason


def test_tflite_that_is_cut_short_is_refused(tmp_path: Path) -> None:
    path = tflite(tmp_path / "m.tflite")
    body = path.read_bytes()
    for length in (len(body) - 1, len(body) // 2, 12):
        path.write_bytes(body[:length])
        with pytest.raises(Refused):
            read(path)


def field(number: int, value: int | bytes) -> bytes:
    """A field of protobuf: a number, or bytes."""
    if isinstance(value, bytes):
        return bytes([number << 3 | 2, len(value)]) + value
    return bytes([number << 3]) + varint(value)


def varint(value: int) -> bytes:
    out = b""
    while value >= 0x80:
        out, value = out + bytes([value & 0x7F | 0x80]), value >> 7
    return out + bytes([value])


def block(pairs: dict[bytes, bytes]) -> bytes:
    body = b"".join(b"\0" + varint(len(key)) + varint(len(value)) + key + value for key, value in pairs.items())
    return body + struct.pack("<II", 0, 1)


def bundle(folder: Path, size: int = 24, shard: int = 0, body: bytes = BODY) -> Path:
    """Variables as TensorFlow writes them: one block of entries, one of the index, a footer."""
    shape = field(2, field(1, 2)) + field(2, field(1, 3))
    entry = field(1, 1) + field(2, shape) + (field(3, shard) if shard else b"") + field(5, size)
    objects = field(1, 7) + field(4, 24) + field(5, len(body) - 24)
    data = block({b"": field(1, 1), b"_CHECKPOINTABLE_OBJECT_GRAPH": objects, b"w": entry}) + bytes(5)
    index_at = len(data)
    index = block({b"x": varint(0) + varint(index_at - 5)}) + bytes(5)
    handles = varint(0) + varint(0) + varint(index_at) + varint(len(index) - 5)
    footer = handles + bytes(40 - len(handles)) + struct.pack("<Q", 0xDB4775248B80FB57)
    (folder / "variables.data-00000-of-00001").write_bytes(body)
    path = folder / "variables.index"
    path.write_bytes(data + index + footer)
    return path


def test_variables_of_tensorflow_are_read_by_their_index(tmp_path: Path) -> None:
    (tmp_path / "variables").mkdir()
    (tmp_path / "saved_model.pb").write_bytes(b"a graph")
    found = read(bundle(tmp_path / "variables", body=BODY + b"objects"))
    assert arrays(found) == {"w": BODY}
    assert (found.parts["graph"], found.parts["texts and objects"]) == (7, 7)
    assert found.has_graph
    assert adds_up(found)


def test_variables_that_are_missing_or_short_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(Corrupt, match="for the shape"):
        read(bundle(tmp_path, size=20))
    with pytest.raises(Corrupt, match="in file 3"):
        read(bundle(tmp_path, shard=3))
    path = bundle(tmp_path, body=BODY + b"x")
    (tmp_path / "variables.data-00000-of-00001").write_bytes(BODY[:-1])
    with pytest.raises(Corrupt, match="which has 23"):
        read(path)
    (tmp_path / "variables.data-00000-of-00001").unlink()
    with pytest.raises(Corrupt, match="not there"):
        read(path)


def test_a_compressed_index_is_not_known(tmp_path: Path) -> None:
    path = bundle(tmp_path)
    body = bytearray(path.read_bytes())
    body[-48 - 5] = 1  # the byte behind the block of the index says how it is packed
    path.write_bytes(bytes(body))
    with pytest.raises(Unknown, match="compressed"):
        read(path)


def core_ml(path: Path, kind: int = 2, size: int = 24) -> Path:
    blob = struct.pack("<IIQQ", 0xDEADBEEF, kind, size, 128) + bytes(40)
    path.write_bytes(struct.pack("<II", 1, 2) + bytes(56) + blob + BODY)
    return path


def test_weights_of_core_ml_are_read_blob_after_blob(tmp_path: Path) -> None:
    found = read(core_ml(tmp_path / "weight.bin"))
    assert arrays(found) == {"blob at 64": BODY}
    assert adds_up(found)


@pytest.mark.parametrize(("kind", "size"), [(99, 24), (2, 1 << 40)])
def test_weights_of_core_ml_that_mislead_are_refused(kind: int, size: int, tmp_path: Path) -> None:
    with pytest.raises(Corrupt):
        read(core_ml(tmp_path / "weight.bin", kind, size))


def hdf5(path: Path, config: object = None) -> Path:
    with h5py.File(path, "w") as file:
        file["dense/kernel"] = numpy.arange(6, dtype="<f4").reshape(2, 3)
        file["dense/bias"] = numpy.arange(3, dtype=">f8")
        file.create_dataset("chunked", data=numpy.zeros(100, "f4"), chunks=(10,))
        if config is not None:
            file.attrs["model_config"] = json.dumps(config)
    return path


LAMBDA = {"config": {"layers": [{"class_name": "Lambda", "config": {"function": ["4wEAAAA="]}}]}}


def test_hdf5_is_read_with_the_places_of_its_data(tmp_path: Path) -> None:
    found = read(hdf5(tmp_path / "m.h5"))
    assert arrays(found) == {"dense/kernel": BODY, "dense/bias": numpy.arange(3, dtype="<f8").tobytes()}
    assert "in chunks" in found.gaps[0].reason
    assert adds_up(found)


def test_a_lambda_layer_is_code_in_both_forms_of_keras(tmp_path: Path) -> None:
    assert read(hdf5(tmp_path / "m.h5", LAMBDA)).code[0].name == "keras.layers.Lambda"
    weights = hdf5(tmp_path / "w.h5").read_bytes()
    body = zipped({"config.json": json.dumps(LAMBDA).encode(), "metadata.json": b"{}", "model.weights.h5": weights})
    (tmp_path / "m.keras").write_bytes(body)
    found = read(tmp_path / "m.keras")
    assert found.format == "Keras"
    assert arrays(found)["dense/kernel"] == BODY
    assert [code.name for code in found.code] == ["keras.layers.Lambda"]
    assert adds_up(found)


def test_hdf5_that_is_cut_short_is_refused(tmp_path: Path) -> None:
    path = hdf5(tmp_path / "m.h5")
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(Corrupt, match="h5py cannot read it"):
        read(path)
