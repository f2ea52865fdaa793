"""Writes tensors as npz: a zip of arrays that `numpy.load` opens without pickles (NEP 1)."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from typing import BinaryIO

from deadweight.models.writing_safetensors import Body

_ALIGNMENT = 64
_MAGIC = b"\x93NUMPY\x01\x00"
_LENGTH = 2
CODES: Mapping[str, str] = {
    "bool": "|b1",
    **{kind + "8": f"|{kind[0]}1" for kind in ("int", "uint")},
    **{f"{kind}{bits}": f"<{kind[0]}{bits // 8}" for kind in ("int", "uint") for bits in (16, 32, 64)},
    **{f"float{bits}": f"<f{bits // 8}" for bits in (16, 32, 64)},
    **{f"complex{bits}": f"<c{bits // 8}" for bits in (64, 128)},
}
"""What numpy calls a dtype, by our name; it has no bfloat16 and nothing below 8 bits."""


def write(stream: BinaryIO, bodies: Sequence[Body]) -> None:
    """Write the zip, its members not packed, in the order given; every dtype is one of `CODES`."""
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for body in bodies:
            head = _header(body)
            info = zipfile.ZipInfo(f"{body.name}.npy")
            info.file_size = len(head) + body.size
            with archive.open(info, "w", force_zip64=info.file_size >= zipfile.ZIP64_LIMIT) as member:
                member.write(head)
                for piece in body.pieces():
                    member.write(piece)


def _header(body: Body) -> bytes:
    text = f"{{'descr': '{CODES[body.dtype]}', 'fortran_order': False, 'shape': {body.shape!r}, }}"
    start = len(_MAGIC) + _LENGTH
    text += " " * (-(start + len(text) + 1) % _ALIGNMENT) + "\n"
    return _MAGIC + len(text).to_bytes(_LENGTH, "little") + text.encode("latin-1")
