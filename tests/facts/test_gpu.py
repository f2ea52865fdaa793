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
