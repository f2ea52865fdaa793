"""The build of OpenBLAS that numpy's wheel carries, cut by what numpy's own extension modules import."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from builders.cutting import image_of
from deadweight.native.binding import binding_of
from deadweight.native.cutting.hollow import Wish, hollowed
from deadweight.native.cutting.openblas import build_of, unreached
from deadweight.native.elf import elf_layout

KINDS = ("Prescott", "Sandybridge", "Haswell", "SkylakeX")
ANSWERS = """
import hashlib, sys
sys.path.insert(0, sys.argv[1])
import numpy as np
assert np.__file__.startswith(sys.argv[1]), np.__file__
all, random = hashlib.sha256(), np.random.default_rng(0)
reals, vector = random.standard_normal((2, 120, 120)), random.standard_normal(120)
for kind in (np.float32, np.float64, np.complex64, np.complex128):
    one = (reals[0] + 1j * reals[1]).astype(kind) if np.dtype(kind).kind == "c" else reals[0].astype(kind)
    other = vector.astype(kind)
    positive = one @ one.T.conj() + 200 * np.eye(120, dtype=kind)
    found = [one @ one, one @ other, other @ other, np.vdot(other, other), np.inner(one, one), np.outer(other, other)]
    found += [np.linalg.solve(one, other), np.linalg.inv(one), np.linalg.det(one), np.linalg.cholesky(positive)]
    found += [*np.linalg.svd(one), *np.linalg.eig(one), *np.linalg.eigh(positive), *np.linalg.qr(one)]
    found += [*np.linalg.lstsq(one, other, rcond=None), np.linalg.pinv(one), *np.linalg.slogdet(one)]
    assert np.allclose(one @ found[6], other, atol=1e-2)
    for array in found:
        all.update(np.ascontiguousarray(array).tobytes())
print(all.hexdigest())
"""


def carried() -> tuple[Path, Path]:
    """The folder of numpy that runs here, and its build of OpenBLAS; skips where there is none or it can't run."""
    found = importlib.util.find_spec("numpy")
    folder = Path(found.origin).parent if found is not None and found.origin else Path("/nowhere")
    builds = sorted(folder.with_name("numpy.libs").glob("*openblas*"))
    if not builds:
        pytest.skip("numpy carries no OpenBLAS here")
    if "avx2" not in Path("/proc/cpuinfo").read_text():
        pytest.skip("the processor has no AVX2")
    return folder, builds[0]


def imported(folder: Path) -> frozenset[str]:
    """The names that extension modules in the folder import."""
    names: set[str] = set()
    for path in folder.rglob("*.so"):
        with path.open("rb") as stream:
            layout = elf_layout(stream, path.stat().st_size)
            assert layout is not None
            names |= binding_of(stream, layout, "").imported or set()
    return frozenset(names)


def digest(site: Path, kind: str) -> str:
    """The digest of what numpy in the folder answers, with kernels of the kind asked for."""
    command = [sys.executable, "-ISc", ANSWERS, str(site)]
    environment = {**os.environ, "OPENBLAS_CORETYPE": kind, "OPENBLAS_NUM_THREADS": "1"}
    ran = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_numpy_answers_to_the_byte_with_a_third_of_its_library(tmp_path: Path) -> None:
    folder, build = carried()
    shutil.copytree(folder, tmp_path / "numpy", ignore=shutil.ignore_patterns("tests", "__pycache__", "*.a", "include"))
    shutil.copytree(build.parent, tmp_path / "numpy.libs")
    image = image_of(build.read_bytes())
    gone = unreached(build_of(image), imported(folder), ("x86-64-v3",))
    body = hollowed(image, Wish(gone.stretches, gone.names, gone.patches))
    assert len(body) < len(image.body) / 2
    assert gone.kernels == ("haswell",)
    before = digest(folder.parent, "Haswell")
    (tmp_path / "numpy.libs" / build.name).write_bytes(body)
    assert {digest(tmp_path, kind) for kind in KINDS} == {before}
