from __future__ import annotations

from builders.scenes import distribution_files
from builders.sites import SITE, image_running, site_scene
from deadweight.core.artifact import Image
from deadweight.facts.lighter_equivalents import PROPOSALS, Proposal

TORCH = {
    **distribution_files(SITE, "torch", "2.11.0", requires=["sympy", "nvidia-cublas-cu12==12.8", "triton==3.6"]),
    **distribution_files(SITE, "sympy"),
    **distribution_files(SITE, "triton", "3.6"),
    **distribution_files(SITE, "nvidia-cublas-cu12", "12.8", {"nvidia/cublas/lib.so": b"x"}, ["nvidia-nvrtc-cu12"]),
    **distribution_files(SITE, "nvidia-nvrtc-cu12", "12.8", {"nvidia/nvrtc/lib.so": b"x"}),
}
OPENCV = distribution_files(SITE, "opencv-python", "4.10.0.84", {"cv2/__init__.py": b"imshow = None\n"})


def proposed(*parts: dict[str, bytes], image: Image | None = None) -> tuple[Proposal, ...]:
    return site_scene(*parts, image=image).ask(PROPOSALS)


def only(*parts: dict[str, bytes], image: Image | None = None) -> Proposal:
    (one,) = proposed(*parts, image=image)
    return one


def against(*parts: dict[str, bytes], image: Image | None = None) -> list[tuple[str, str]]:
    return [(sign.says, sign.where) for sign in only(*parts, image=image).objections]


def test_libraries_that_only_the_heavy_one_needs_go_with_it_at_any_remove() -> None:
    found = only(TORCH)
    assert found.heavy.name == "torch"
    assert [one.name for one in found.leaving] == ["nvidia-cublas-cu12", "nvidia-nvrtc-cu12", "triton"]


def test_what_requires_the_heavy_one_keeps_none_of_its_libraries() -> None:
    """An image of an embedding service: sentence-transformers requires torch, and torch alone asked for CUDA."""
    above = distribution_files(SITE, "sentence-transformers", requires=["torch>=2"])
    assert [one.name for one in only(TORCH, above).leaving] == ["nvidia-cublas-cu12", "nvidia-nvrtc-cu12", "triton"]


def test_a_library_that_something_else_requires_stays_with_what_it_needs() -> None:
    other = distribution_files(SITE, "kernels", requires=["nvidia-cublas-cu12"])
    assert [one.name for one in only(TORCH, other).leaving] == ["triton"]


def test_a_library_that_something_else_imports_stays() -> None:
    importing = distribution_files(SITE, "kernels", files={"kernels/__init__.py": b"import triton\n"})
    assert "triton" not in {one.name for one in only(TORCH, importing).leaving}
    own = {"app/main.py": b"def go():\n    import triton\n"}
    assert "triton" not in {one.name for one in only(TORCH, own).leaving}


def test_a_guarded_import_in_another_distribution_keeps_nothing() -> None:
    """transformers tries triton and does without."""
    body = b"try:\n    import triton\nexcept ImportError:\n    triton = None\n"
    guarded = distribution_files(SITE, "guarded", files={"guarded/__init__.py": body})
    assert "triton" in {one.name for one in only(TORCH, guarded).leaving}


def test_the_build_for_the_processor_has_no_lighter_one() -> None:
    assert proposed(distribution_files(SITE, "torch", "2.11.0+cpu", requires=["sympy"])) == ()
    assert proposed(distribution_files(SITE, "numpy")) == ()


def test_an_image_that_asks_for_a_gpu_speaks_against_it() -> None:
    image = image_running("serve", environment=["NVIDIA_VISIBLE_DEVICES=all"])
    assert against(TORCH, image=image) == [("the image sets NVIDIA_VISIBLE_DEVICES", "the image's configuration")]


def test_code_that_takes_a_gpu_for_granted_speaks_against_it() -> None:
    ((says, where),) = against(TORCH, {"app/main.py": b'import torch\n\nmodel = load().to("cuda")\n'})
    assert (where, says) == ("app/main.py", "the application takes a GPU for granted: '\"cuda\"' in line 3")


def test_code_that_asks_first_does_not() -> None:
    body = b'import torch\ndevice = "cuda" if torch.cuda.is_available() else "cpu"\n'
    assert against(TORCH, {"app/main.py": body}) == []


def test_a_distribution_that_works_only_with_it_speaks_against_it() -> None:
    ((says, where),) = against(TORCH, distribution_files(SITE, "flash-attn"))
    assert says == "flash-attn works only with torch"
    assert where == f"{SITE}/flash_attn-1.0.dist-info"


def test_calls_in_the_application_and_in_what_uses_it_speak_against_it() -> None:
    viewer = distribution_files(SITE, "viewer", files={"viewer/__init__.py": b"import cv2\ncv2.namedWindow('x')\n"})
    own = {"app/main.py": b"import cv2\nimport os\ncv2.waitKey(0)\n"}
    assert against(OPENCV, viewer, own) == [
        ("this needs it: 'waitKey' in line 3", "app/main.py"),
        ("this needs it: 'namedWindow' in line 2", f"{SITE}/viewer/__init__.py"),
    ]


def test_its_own_sources_and_those_that_do_not_import_it_say_nothing() -> None:
    other = {"app/other.py": b"import tkinter\nwaitKey = 1\n"}
    assert against(OPENCV, other, {"app/main.py": b"import cv2\ncv2.imread('x')\n"}) == []


def test_who_requires_it_by_a_name_that_the_lighter_one_does_not_have_speaks_against_it() -> None:
    user = distribution_files(SITE, "user", requires=["opencv-python>=4"])
    assert against(OPENCV, user) == [("it is required by its name: opencv-python>=4", f"{SITE}/user-1.0.dist-info")]
    assert against(TORCH, distribution_files(SITE, "user", requires=["torch"])) == []


def test_a_command_that_needs_it_speaks_against_it() -> None:
    spark = distribution_files(SITE, "pyspark", "3.5.1", requires=["py4j"])
    found = against(spark, image=image_running("spark-submit", "main.py"))
    assert ("the artifact is started with 'spark-submit'", "its commands") in found
