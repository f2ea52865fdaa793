from __future__ import annotations

from dataclasses import replace

import pytest

from builders.fatbins import container, cubin, cuda_library, ptx
from builders.findings import found_by
from builders.scenes import artifact_of, distribution_files
from deadweight.core.edit import Safety
from deadweight.core.errors import UsageError
from deadweight.core.finding import Finding
from deadweight.core.inventory import Inventory
from deadweight.rules.gpu_code import RULE

SITE = "venv/lib/python3.12/site-packages"
LIBRARY = cuda_library([container(cubin(80, 8000), cubin(86, 4000), cubin(90, 2000), ptx(90, 1000))])
FILES = distribution_files(SITE, "kernels", files={"kernels/__init__.py": b"", "kernels/lib.so": LIBRARY})
PATH = f"{SITE}/kernels/lib.so"


def found(**options: str) -> tuple[Finding, ...]:
    named = {name.replace("_", "-"): value for name, value in options.items()}
    return found_by(RULE, FILES, named, reads=2 * len(LIBRARY))


def test_without_named_gpus_the_bytes_of_each_architecture_are_told_and_nothing_is_changed() -> None:
    (one,) = found()
    assert (one.owner, one.paths, one.safety, one.edits) == ("kernels 1.0", (PATH,), Safety.SUGGESTED, ())
    assert one.evidence[0].where == PATH
    assert one.evidence[0].says == "15000 bytes of GPU code: sm_80 8000, sm_86 4000, sm_90 2000, compute_90 1000"
    assert "3 GPU architectures" in one.says
    assert "--gpu" in one.says


def test_what_goes_whatever_single_gpu_is_named_is_the_estimate_in_stored_bytes() -> None:
    (one,) = found()
    assert (one.size, one.stored) == (0, 6000)


def test_finds_what_no_named_gpu_chooses_and_blanks_it() -> None:
    (one,) = found(gpu="sm_86")
    (edit,) = one.edits
    assert (edit.kind, edit.paths, edit.safety) == ("blank", (PATH,), Safety.SAFE)
    assert edit.arguments == {"gpu": "sm_86", "ptx": "keep"}
    assert (one.size, one.stored) == (0, 10_000)


def test_ptx_goes_too_where_that_is_asked_for_and_no_gpu_needs_it() -> None:
    assert found(gpu="sm_86", gpu_ptx="drop")[0].stored == 11_000
    assert found(gpu="sm_86", gpu_ptx="drop")[0].edits[0].arguments["ptx"] == "drop"
    assert found(gpu="sm_86,sm_120", gpu_ptx="drop")[0].stored == 10_000


def test_leaves_a_library_for_these_gpus_alone() -> None:
    assert found(gpu="sm_80,sm_86,sm_90") == ()


def test_a_library_for_one_architecture_is_not_told_of() -> None:
    assert found_by(RULE, {"lib/a.so": cuda_library([container(cubin(80), ptx(80))])}, reads=1 << 20) == ()


def test_a_gpu_that_no_library_has_code_for_is_an_error() -> None:
    with pytest.raises(UsageError, match="no library holds code for sm_75") as raised:
        found(gpu="sm_75,sm_86")
    assert "sm_80, sm_86, sm_90" in raised.value.advice


def test_a_gpu_that_is_only_served_by_ptx_is_none() -> None:
    assert found(gpu="sm_120")[0].stored == 14_000


def test_other_words_for_ptx_are_refused() -> None:
    with pytest.raises(UsageError, match="neither keep nor drop"):
        found(gpu="sm_86", gpu_ptx="no")


def test_a_compressed_file_counts_for_its_share_of_what_is_stored() -> None:
    artifact = artifact_of(FILES)
    halved = [one.but(stored=one.stored // 2) if one.path == PATH else one for one in artifact.inventory.visible]
    total = sum(one.stored for one in halved)
    artifact = replace(artifact, inventory=Inventory(tuple(halved), (), {}, total))
    assert found_by(RULE, artifact, {"gpu": "sm_86"}, reads=2 * len(LIBRARY))[0].stored in (4999, 5000)


def test_where_no_library_holds_gpu_code_nothing_is_said_of_any_gpu() -> None:
    assert found_by(RULE, {"app/main.py": b""}, {"gpu": "sm_86"}) == ()
