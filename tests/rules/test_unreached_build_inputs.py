"""Headers go where no compiler stays to read them."""

from __future__ import annotations

import pytest

from builders.reach import reached_scene
from builders.scenes import distribution_files
from builders.sites import SITE
from deadweight.core.entry import Entry
from deadweight.core.trace import Touch, Trace, Use
from deadweight.facts.trace import TRACE
from deadweight.rules.unreached_build_inputs import RULE

FILES: dict[str, bytes | Entry] = {
    "etc/os-release": b"ID=debian\n",
    "usr/bin/gcc": b"\x7fELF",
    **distribution_files(
        SITE,
        "torch",
        files={
            "torch/__init__.py": b"",
            "torch/include/ATen.h": b"x" * 50,
            "torch/lib/libx.a": b"y",
            "torch/x.json": b"",
        },
    ),
    **distribution_files(SITE, "triton", files={"triton/__init__.py": b"", "triton/cuda.h": b"x"}),
}
REACHED = (f"{SITE}/torch-1.0.dist-info", f"{SITE}/torch/__init__.py")


def paths(*reached: str) -> set[str]:
    return {path for one in RULE.find(reached_scene(FILES, (*REACHED, *reached))) for path in one.paths}


def test_finds_headers_and_static_libraries_where_no_compiler_is_reached() -> None:
    assert paths() == {f"{SITE}/torch/include/ATen.h", f"{SITE}/torch/lib/libx.a"} or paths() == {
        f"{SITE}/torch/include",
        f"{SITE}/torch/lib",
    }


@pytest.mark.parametrize("compiler", ["usr/bin/gcc", f"{SITE}/triton-1.0.dist-info"])
def test_leaves_them_where_something_reached_can_compile(compiler: str) -> None:
    assert paths(compiler) == set()


def test_what_a_watched_run_opened_stays() -> None:
    scene = reached_scene(FILES, REACHED)
    scene.learn(TRACE, Trace(scene.artifact.digest, "x", (Touch(f"{SITE}/torch/include/ATen.h", {Use.OPENED: 1}),)))
    assert [path for one in RULE.find(scene) for path in one.paths if "include" in path] == []


def test_the_compilers_of_a_directory_lie_elsewhere() -> None:
    bare = {path: body for path, body in FILES.items() if not path.startswith(("etc/", "usr/bin"))}
    assert list(RULE.find(reached_scene(bare, REACHED))) == []
