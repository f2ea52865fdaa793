from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.fatbins import LINKER, Variant, container, cubin, ptx
from deadweight.core.errors import UsageError
from deadweight.native.fatbin import PTX, Container, Place, containers
from deadweight.native.gpu_choice import TEGRA, gpus_named, needless, runs, serves

MANY = (cubin(75), cubin(80), cubin(86), cubin(89), cubin(90), cubin(90, 8, True), cubin(100), cubin(120), ptx(120))


def read(*variants: Variant) -> Container:
    body = container(*variants)
    (found,) = containers(io.BytesIO(body), [Place(0, len(body), whole=True)])
    return found


def kept(gpus: str, *variants: Variant, keep_ptx: bool = True) -> list[str]:
    found = read(*variants)
    gone = needless(found, gpus_named(gpus), keep_ptx)
    return [code.name for code in found.codes if code not in gone]


@pytest.mark.parametrize(
    ("code", "gpu", "answer"),
    [
        *((80, 80, True), (80, 86, True), (80, 89, True), (86, 80, False), (86, 89, True), (80, 90, False)),
        *((90, 89, False), (100, 103, True), (103, 100, False), (100, 120, False), (120, 121, True), (52, 120, False)),
    ],
)
def test_a_cubin_runs_on_its_major_version_and_minors_not_below_its_own(code: int, gpu: int, answer: bool) -> None:
    """The examples of the Ada Compatibility Guide, 1.2: 8.6 on 8.9, not 8.9 on 8.6, nothing of 8.x on 9.0."""
    assert runs(read(cubin(code)).codes[0], gpu) is answer


@pytest.mark.parametrize(("gpu", "answer"), [(100, True), (103, False), (90, False)])
def test_the_variant_of_one_architecture_runs_on_that_alone(gpu: int, answer: bool) -> None:
    assert runs(read(cubin(100, specific=True)).codes[0], gpu) is answer


def test_ptx_is_no_code_that_runs_as_it_is() -> None:
    assert not runs(read(ptx(80)).codes[0], 80)


def test_of_what_runs_the_highest_version_is_kept() -> None:
    assert kept("sm_86", *MANY, keep_ptx=False) == ["sm_86"]
    assert kept("sm_80", *MANY, keep_ptx=False) == ["sm_80"]
    assert kept("sm_89", cubin(75), cubin(80), cubin(86)) == ["sm_86"]
    assert kept("sm_121", *MANY, keep_ptx=False) == ["sm_120"]


def test_every_variant_of_the_gpu_is_kept() -> None:
    assert kept("sm_90", *MANY, keep_ptx=False) == ["sm_90", "sm_90a"]
    assert kept("sm_103", cubin(100), cubin(100, specific=True), cubin(103, specific=True)) == ["sm_100", "sm_103a"]


def test_each_gpu_that_is_named_keeps_its_own() -> None:
    assert kept("sm_90,sm_75", *MANY, keep_ptx=False) == ["sm_75", "sm_90", "sm_90a"]


def test_ptx_is_kept_as_a_fallback_unless_told_otherwise() -> None:
    assert kept("sm_86", *MANY) == ["sm_86", "compute_120"]
    assert kept("sm_86", cubin(86), ptx(50), ptx(86), keep_ptx=False) == ["sm_86"]


def test_ptx_that_one_of_the_gpus_needs_is_kept_whatever_is_asked() -> None:
    assert kept("sm_86,sm_90", cubin(86), ptx(80), keep_ptx=False) == ["sm_86", "compute_80"]
    assert kept("sm_90", ptx(80), ptx(90), keep_ptx=False) == ["compute_80", "compute_90"]


def test_code_of_other_kinds_is_kept() -> None:
    assert kept("sm_90", cubin(80), Variant(50, LINKER, head=128)) == ["other"]


def test_code_for_a_tegra_is_not_taken_for_that_of_another_gpu() -> None:
    assert kept("sm_89", cubin(80), cubin(87)) == ["sm_80"]
    assert {72, 87, 101, 110} <= TEGRA


def test_for_a_tegra_all_that_may_run_is_kept() -> None:
    """PyTorch runs its sm_80 code on Orin; NVIDIA promises only sm_87."""
    assert kept("sm_87", cubin(75), cubin(80), cubin(86), cubin(87), cubin(89)) == ["sm_80", "sm_86", "sm_87"]


def test_a_gpu_is_served_by_a_cubin_or_by_ptx_not_above_it() -> None:
    codes = read(cubin(80), ptx(90)).codes
    assert [gpu for gpu in (75, 80, 86, 90, 120) if serves(codes, gpu)] == [80, 86, 90, 120]


def test_gpus_are_named_by_their_compute_capability() -> None:
    assert gpus_named("sm_90, sm_86,sm_86") == (86, 90)
    assert gpus_named("sm_90a") == (90,)


@pytest.mark.parametrize("text", ["", "sm_", "86", "sm_86,", "sm_86 sm_90", "sm_1", "hopper", "sm_9000", "compute_80"])
def test_what_names_no_gpu_is_an_error_that_says_how(text: str) -> None:
    with pytest.raises(UsageError, match="sm_86,sm_90"):
        gpus_named(text)


ARCHITECTURES = [75, 80, 86, 87, 89, 90, 100, 103, 110, 120, 121]
VARIANTS = st.builds(cubin, st.sampled_from(ARCHITECTURES), st.just(16), st.booleans()) | st.builds(
    ptx, st.sampled_from([80, 90, 120]), st.just(16)
)


@settings(max_examples=200, derandomize=True, deadline=None)
@given(st.lists(VARIANTS, max_size=8), st.sampled_from(ARCHITECTURES), st.booleans())
def test_a_gpu_that_is_served_before_is_served_after_and_no_worse(
    variants: list[Variant], gpu: int, keep_ptx: bool
) -> None:
    found = read(*variants)
    gone = needless(found, (gpu,), keep_ptx)
    left = [code for code in found.codes if code not in gone]
    assert serves(left, gpu) is serves(found.codes, gpu)
    best = max((code.architecture for code in found.codes if runs(code, gpu)), default=0)
    assert not any(runs(code, gpu) and code.architecture == best for code in gone)
    if keep_ptx:
        assert all(code.kind != PTX for code in gone)


@settings(max_examples=80, derandomize=True, deadline=None)
@given(st.lists(VARIANTS, max_size=8), st.sampled_from(ARCHITECTURES), st.sampled_from(ARCHITECTURES))
def test_naming_another_gpu_never_makes_more_go(variants: list[Variant], gpu: int, other: int) -> None:
    found = read(*variants)
    assert set(needless(found, (gpu, other))) <= set(needless(found, (gpu,)))
