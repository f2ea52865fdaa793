"""The names that a pickle may call without its file containing code: each does one known thing to its arguments."""

from __future__ import annotations

from deadweight.models.pickles.values import Name

STORAGES = {
    "DoubleStorage": "float64",
    "FloatStorage": "float32",
    "HalfStorage": "float16",
    "BFloat16Storage": "bfloat16",
    "LongStorage": "int64",
    "IntStorage": "int32",
    "ShortStorage": "int16",
    "CharStorage": "int8",
    "ByteStorage": "uint8",
    "BoolStorage": "bool",
    "ComplexDoubleStorage": "complex128",
    "ComplexFloatStorage": "complex64",
    "QInt8Storage": "qint8",
    "QUInt8Storage": "quint8",
    "QInt32Storage": "qint32",
    "UntypedStorage": "uint8",
}
"""The storage classes of torch, in `torch`, `torch.cuda` and `torch.storage`, with the dtype of what they hold."""
DTYPES = {
    **{name: name for name in ("bool", "bfloat16", "float16", "float32", "float64", "complex64", "complex128")},
    **{f"{sign}int{bits}": f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)},
    **{f"float8_{form}": f"float8_{form}" for form in ("e4m3fn", "e4m3fnuz", "e5m2", "e5m2fnuz", "e8m0fnu")},
    "half": "float16",
    "float": "float32",
    "double": "float64",
    "long": "int64",
    "int": "int32",
    "qint8": "qint8",
    "quint8": "quint8",
    "qint32": "qint32",
    "complex32": "complex32",
}
"""The dtypes of torch by their name in it."""
ARRAYS = ("numpy.core.multiarray", "numpy._core.multiarray")
BUFFERS = ("numpy.core.numeric", "numpy._core.numeric")
REBUILT = frozenset(
    """
    _rebuild_tensor _rebuild_tensor_v2 _rebuild_tensor_v3 _rebuild_parameter _rebuild_parameter_with_state
    _rebuild_qtensor _rebuild_sparse_tensor _rebuild_sparse_csr_tensor _rebuild_meta_tensor_no_storage
    """.split()  # noqa: SIM905  # as a list it takes a line for each name
)
_STORAGE_HOLDERS = frozenset(("torch", "torch.cuda", "torch.storage"))
_PLAIN = frozenset(
    {
        ("collections", "OrderedDict"),
        ("collections", "Counter"),
        ("torch", "Size"),
        ("torch", "device"),
        ("torch", "per_tensor_affine"),
        ("torch", "per_channel_affine"),
        ("torch.serialization", "_get_layout"),
        ("torch.nn.parameter", "Parameter"),
        ("torch", "Tensor"),
        ("numpy", "ndarray"),
        ("numpy", "dtype"),
        ("_codecs", "encode"),
        ("joblib.numpy_pickle", "NumpyArrayWrapper"),
        *(("torch.jit._pickle", f"build_{kind}list") for kind in ("int", "double", "bool", "tensor")),
        ("torch.jit._pickle", "restore_type_tag"),
        *((module, name) for module in ARRAYS for name in ("_reconstruct", "scalar")),
        *((module, "_frombuffer") for module in BUFFERS),
        *(
            (module, name)
            for module in ("builtins", "__builtin__")
            for name in ("set", "frozenset", "bytearray", "complex", "list", "dict", "tuple", "int", "float", "bool")
        ),
    }
)


def is_allowed(name: Name) -> bool:
    """Whether calling the name does one known thing and runs nothing else; everything not listed is code."""
    return (
        (name.module, name.name) in _PLAIN
        or (name.module in _STORAGE_HOLDERS and name.name in STORAGES)
        or (name.module == "torch" and name.name in DTYPES)
        or (name.module == "torch._utils" and name.name in REBUILT)
    )
