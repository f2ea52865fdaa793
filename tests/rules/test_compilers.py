from __future__ import annotations

import pytest

from builders.findings import found_by, paths_of
from builders.scenes import artifact_of, distribution_files, scene_from
from builders.sites import image_running
from deadweight.core.edit import Safety
from deadweight.core.entry import Entry
from deadweight.rules.compilers import RULE

SITE = "usr/lib/python3/dist-packages"


def _installed(**packages: tuple[str, ...]) -> dict[str, bytes | Entry]:
    """A system with these Debian packages, underscores standing for hyphens, and the files of each."""
    names = {name.replace("_", "-"): paths for name, paths in packages.items()}
    status = "".join(f"Package: {name}\nStatus: install ok installed\nVersion: 1\n\n" for name in names)
    files: dict[str, bytes | Entry] = {"var/lib/dpkg/status": status.encode()}
    for name, paths in names.items():
        listed = "/.\n/usr\n/usr/bin\n" + "".join(f"/{path}\n" for path in paths)
        files[f"var/lib/dpkg/info/{name}.list"] = listed.encode()
        files.update(dict.fromkeys(paths, b"12345"))
    return files


def test_finds_a_compiler_with_a_proof() -> None:
    (finding,) = found_by(RULE, _installed(gcc_12=("usr/bin/gcc-12", "usr/lib/gcc/x86_64-linux-gnu/12/cc1")))
    assert finding.paths == ("usr/bin/gcc-12", "usr/lib/gcc/x86_64-linux-gnu/12/cc1")
    assert finding.owner == "gcc-12 1"
    assert (finding.size, finding.safety) == (10, Safety.PROVEN)


def test_finds_each_package_by_itself() -> None:
    files = _installed(make=("usr/bin/make",), libssl_dev=("usr/include/openssl/ssl.h",), curl=("usr/bin/curl",))
    assert {finding.owner for finding in found_by(RULE, files)} == {"make 1", "libssl-dev 1"}


@pytest.mark.parametrize(
    "name",
    [
        "g++",
        "cpp-12",
        "gcc-x86-64-linux-gnu",
        "binutils-common",
        "cmake-data",
        "linux-libc-dev",
        "clang-15",
        "libasan8",
    ],
)
def test_finds_tools_of_building_by_their_name(name: str) -> None:
    assert len(found_by(RULE, _installed(**{name: ("usr/bin/x",)}))) == 1


@pytest.mark.parametrize(
    "name",
    ["libgcc-s1", "libstdc++6", "libgomp1", "libatomic1", "libgfortran5", "gcc-12-base", "makedev", "libc6", "bash"],
)
def test_leaves_libraries_that_programs_run_with(name: str) -> None:
    assert found_by(RULE, _installed(**{name: ("usr/lib/x",)})) == ()


def test_finds_a_suggestion_where_something_compiles_when_it_runs() -> None:
    files = {**_installed(gcc_12=("usr/bin/gcc-12",)), **distribution_files(SITE, "triton")}
    (finding,) = found_by(RULE, files)
    assert finding.safety is Safety.SUGGESTED
    assert "triton" in finding.evidence[1].says


def test_finds_a_suggestion_where_the_application_compiles() -> None:
    source = b"import torch\nmodel = torch.compile(net)\n"
    files = {**_installed(gcc_12=("usr/bin/gcc-12",)), "app/main.py": source}
    (finding,) = found_by(RULE, files, reads=len(source))
    assert finding.safety is Safety.SUGGESTED
    assert (finding.evidence[1].where, "torch.compile" in finding.evidence[1].says) == ("app/main.py", True)


def test_leaves_the_copyright_file_and_the_directories_that_are_shared() -> None:
    files = _installed(gcc_12=("usr/bin/gcc-12", "usr/share/doc/gcc-12/copyright"))
    assert paths_of(found_by(RULE, files)) == {"usr/bin/gcc-12"}


def test_leaves_a_system_without_compilers_unread() -> None:
    files = {**_installed(curl=("usr/bin/curl",)), "app/main.py": b"torch.compile", "app/gcc": b"", "app/x-dev": b""}
    assert found_by(RULE, files, reads=0) == ()


@pytest.mark.parametrize("name", ["cppimport", "flashinfer-python", "cupy-cuda12x", "pytensor", "brian2"])
def test_finds_a_suggestion_for_each_that_compiles_as_it_runs(name: str) -> None:
    """cppimport compiles a module when it is imported."""
    (finding,) = found_by(RULE, {**_installed(gcc_12=("usr/bin/gcc-12",)), **distribution_files(SITE, name)})
    assert finding.safety is Safety.SUGGESTED


@pytest.mark.parametrize("name", ["numba", "cffi", "numpy", "tritonclient", "stanza"])
def test_what_runs_without_a_compiler_asks_for_none(name: str) -> None:
    """numba and cffi's ABI mode bring all that they need."""
    (finding,) = found_by(RULE, {**_installed(gcc_12=("usr/bin/gcc-12",)), **distribution_files(SITE, name)})
    assert finding.safety is Safety.PROVEN


@pytest.mark.parametrize(
    "source",
    [
        b"from torch.utils.cpp_extension import load\n",
        b"ffibuilder.set_source('_x', 'int x;')\n",
        b"import pyximport; pyximport.install()\n",
        b"@torch.compile\ndef f(x): ...\n",
        b"from numba.pycc import CC\n",
    ],
)
def test_every_way_to_compile_in_the_application_makes_a_suggestion(source: bytes) -> None:
    files = {**_installed(gcc_12=("usr/bin/gcc-12",)), "app/main.py": source}
    (finding,) = found_by(RULE, files, reads=len(source))
    assert finding.safety is Safety.SUGGESTED


@pytest.mark.parametrize("command", [("make", "serve"), ("sh", "-c", "exec make serve")])
def test_finds_only_to_suggest_what_the_image_is_started_with(command: tuple[str, ...]) -> None:
    files = _installed(make=("usr/bin/make", "usr/include/gnumake.h"), gcc_12=("usr/bin/gcc-12",))
    found = RULE.find(scene_from(artifact_of(files, image=image_running(*command))))
    assert {finding.owner: finding.safety for finding in found} == {
        "gcc-12 1": Safety.PROVEN,
        "make 1": Safety.SUGGESTED,
    }


def test_finds_only_to_suggest_what_a_start_script_calls() -> None:
    files = {**_installed(make=("usr/bin/make",)), "app/start.sh": b"#!/bin/sh\nmake assets\n"}
    (finding,) = RULE.find(scene_from(artifact_of(files, image=image_running("/app/start.sh"))))
    assert finding.safety is Safety.SUGGESTED
    assert finding.evidence[-1].where == "usr/bin/make"


def test_a_word_that_is_only_the_name_of_a_header_starts_nothing() -> None:
    files = _installed(libfoo_dev=("usr/include/serve", "usr/lib/x86_64-linux-gnu/libfoo.so"))
    (finding,) = RULE.find(scene_from(artifact_of(files, image=image_running("serve"))))
    assert finding.safety is Safety.PROVEN
