from __future__ import annotations

import pytest

from builders.scenes import distribution_files
from builders.sites import SITE, image_running, site_scene
from deadweight.facts.gpu import GPU


@pytest.mark.parametrize("variable", ["NVIDIA_VISIBLE_DEVICES=all", "CUDA_VISIBLE_DEVICES=0"])
def test_an_image_that_sets_a_device_asks_for_a_gpu(variable: str) -> None:
    (asking,) = site_scene({}, image=image_running("python", environment=[variable])).ask(GPU).asking
    assert asking.is_certain


@pytest.mark.parametrize("variable", ["NVIDIA_VISIBLE_DEVICES=void", "CUDA_VISIBLE_DEVICES=", "PATH=/cuda/bin"])
def test_an_image_that_hides_devices_asks_for_none(variable: str) -> None:
    assert not site_scene({}, image=image_running("python", environment=[variable])).ask(GPU).asking


def test_a_command_with_a_device_asks_for_a_gpu() -> None:
    (asking,) = site_scene({}, image=image_running("serve", "--device=cuda")).ask(GPU).asking
    assert asking.is_certain


def test_code_that_speaks_of_cuda_asks_for_nothing_certain() -> None:
    scene = site_scene({"app/main.py": b"device = 'cuda' if torch.cuda.is_available() else 'cpu'\n"})
    (asking,) = scene.ask(GPU).asking
    assert (asking.is_certain, asking.where) == (False, "app/main.py")


@pytest.mark.parametrize(
    ("version", "requires", "loads"),
    [
        ("2.13.0+cu128", (), True),
        ("2.13.0", ("nvidia-cublas-cu12==12.8 ; platform_system == 'Linux'",), True),
        ("2.13.0+cpu", ("nvidia-cublas-cu12==12.8",), False),
        ("2.13.0", ("numpy",), False),
    ],
)
def test_a_build_for_gpus_is_known_by_its_version_or_its_needs(
    version: str, requires: tuple[str, ...], loads: bool
) -> None:
    scene = site_scene(distribution_files(SITE, "torch", version, requires=requires))
    assert bool(scene.ask(GPU).loading) is loads


@pytest.mark.parametrize(
    "variable",
    [
        "NVIDIA_VISIBLE_DEVICES=none",
        "CUDA_VISIBLE_DEVICES=-1",
        "NVIDIA_DRIVER_CAPABILITIES=",
        "MY_CUDA_VISIBLE_DEVICES=0",
    ],
)
def test_a_variable_that_names_no_device_asks_for_none(variable: str) -> None:
    assert not site_scene({}, image=image_running("python", environment=[variable])).ask(GPU).asking


@pytest.mark.parametrize("command", [("python", "-m", "app"), ("serve", "--model=barracuda"), ("run", "bnccls")])
def test_a_command_without_such_a_word_asks_for_none(command: tuple[str, ...]) -> None:
    assert not site_scene({}, image=image_running(*command)).ask(GPU).asking


def test_code_of_installed_distributions_asks_for_nothing() -> None:
    """Every build of torch speaks of cuda, that for the processor too."""
    parts = distribution_files(SITE, "torch", "2.13.0+cpu", files={"torch/__init__.py": b"cuda = None\n"})
    assert not site_scene(parts).ask(GPU).asking


@pytest.mark.parametrize("name", ["onnxruntime", "numpy", "vllm"])
def test_only_known_builds_load_the_libraries_of_a_gpu(name: str) -> None:
    parts = distribution_files(SITE, name, "1.0+cu128", requires=["nvidia-cublas-cu12"])
    assert not site_scene(parts).ask(GPU).loading


def test_a_library_that_only_an_extra_asks_for_is_not_loaded() -> None:
    parts = distribution_files(SITE, "xgboost", requires=["nvidia-nccl-cu12 ; extra == 'gpu'"])
    assert not site_scene(parts).ask(GPU).loading
