from __future__ import annotations

from builders.scenes import distribution_files
from builders.sites import SITE, found_paths, image_running, only, site_scene
from deadweight.core.edit import Safety
from deadweight.core.finding import Confidence
from deadweight.rules.gpu_libraries import RULE

CUBLAS = distribution_files(
    SITE, "nvidia-cublas-cu12", "12.8", files={"nvidia/cublas/lib/libcublas.so.12": b"x" * 1000}
)
TORCH = distribution_files(SITE, "torch", "2.13.0", requires=["nvidia-cublas-cu12==12.8 ; platform_system == 'Linux'"])
CPU_TORCH = distribution_files(SITE, "torch", "2.13.0+cpu")


def test_finds_the_libraries_of_a_cuda_build_and_only_suggests_the_other_wheel() -> None:
    found = only(RULE, site_scene(TORCH, CUBLAS))
    assert (found.owner, found.safety, found.confidence) == ("torch 2.13.0", Safety.SUGGESTED, Confidence.LIKELY)
    assert found.size > 1000
    assert "whl/cpu" in found.says
    assert f"{SITE}/nvidia" in found.paths


def test_finds_libraries_that_nothing_loads_to_be_proven() -> None:
    found = only(RULE, site_scene(CPU_TORCH, CUBLAS))
    assert (found.safety, found.owner) == (Safety.PROVEN, "nvidia-cublas-cu12 12.8")


def test_finds_libraries_that_something_else_requires_only_to_suggest() -> None:
    xgboost = distribution_files(SITE, "boosted", requires=["nvidia-cublas-cu12"])
    assert only(RULE, site_scene(xgboost, CUBLAS)).safety is Safety.SUGGESTED


def test_finds_them_with_doubt_where_the_code_speaks_of_cuda() -> None:
    code = {"app/main.py": b"device = 'cuda' if torch.cuda.is_available() else 'cpu'\n"}
    found = only(RULE, site_scene(CPU_TORCH, CUBLAS, code))
    assert (found.safety, found.confidence) == (Safety.SUGGESTED, Confidence.POSSIBLE)
    assert found.evidence[-1].where == "app/main.py"


def test_leaves_the_libraries_where_the_image_asks_for_a_gpu() -> None:
    image = image_running("python", environment=["NVIDIA_VISIBLE_DEVICES=all"])
    assert not found_paths(RULE, site_scene(TORCH, CUBLAS, image=image))


def test_leaves_an_environment_without_such_libraries() -> None:
    assert not found_paths(RULE, site_scene(CPU_TORCH))
