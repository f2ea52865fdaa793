"""A CUDA wheel as it is published, slimmed for one GPU: every cubin that is kept is as NVIDIA's own tool reads it."""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from builders.journeys import deadweight, run
from deadweight.native.elf import elf_layout
from deadweight.native.fatbin import CUBIN, SECTIONS, Container, Place, containers
from deadweight.native.gpu_choice import needless

pytestmark = pytest.mark.journey

GPU = 86
LIBRARIES = tuple(f"bitsandbytes/libbitsandbytes_cuda{version}.so" for version in (118, 128, 130))
"""Built by CUDA 11.8 (code not compressed), 12.8 (compressed as LZ4) and 13.0 (as zstd)."""


def fetched(name: str, folder: Path) -> Path:
    """The published wheel of the name."""
    words = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
    if subprocess.run([*words, "--dest", str(folder), name], capture_output=True, check=False).returncode:
        pytest.skip(f"{name} cannot be fetched")
    return next(folder.glob(f"{name.replace('-', '_')}-*.whl"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fetched("bitsandbytes", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def before(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpacked(wheel, tmp_path_factory.mktemp("before"))


@pytest.fixture(scope="module")
def after(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("after")
    out = folder / wheel.name
    report = deadweight("slim", wheel, "-o", out, "--select", "gpu-code", "--option", f"gpu=sm_{GPU}")
    (cut,) = report["cuts"]
    assert (cut["cause"], cut["size"]) == ("gpu-code", 0)
    assert out.stat().st_size < wheel.stat().st_size - 0.9 * cut["stored"] < 0.5 * wheel.stat().st_size
    return unpacked(out, folder / "site")


@pytest.fixture(scope="module")
def cuobjdump(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cuobjdump")
    found = next(unpacked(fetched("nvidia-cuda-cuobjdump", folder), folder / "site").rglob("bin/cuobjdump"))
    found.chmod(0o755)
    return found


def unpacked(wheel: Path, folder: Path) -> Path:
    with zipfile.ZipFile(wheel) as opened:
        assert opened.testzip() is None
        opened.extractall(folder)
    return folder


def held(path: Path) -> list[Container]:
    """The containers of linked code, which cuobjdump lists."""
    with path.open("rb") as stream:
        layout = elf_layout(stream, path.stat().st_size)
        assert layout is not None
        linked = [Place(one.offset, one.size, True) for one in layout.sections if one.name == ".nv_fatbin"]
        stream.seek(0)
        return list(containers(stream, linked))


def payloads(path: Path, found: list[Container]) -> Iterator[tuple[str, str, bool]]:
    """Name, digest (empty for zeros alone) and whether it is for the GPU, of each entry."""
    with path.open("rb") as stream:
        for container in found:
            gone = needless(container, (GPU,))
            for code in container.codes:
                stream.seek(code.at)
                body = stream.read(code.size)
                yield code.name, hashlib.sha256(body).hexdigest() if any(body) else "", code not in gone


@pytest.mark.parametrize("name", LIBRARIES)
def test_our_list_of_cubins_is_that_of_cuobjdump(name: str, before: Path, cuobjdump: Path) -> None:
    listed = re.findall(r"\.(sm_\d+\w?)\.cubin", run(cuobjdump, "--list-elf", before / name))
    ours = Counter(code.name for one in held(before / name) for code in one.codes if code.kind == CUBIN)
    assert Counter(listed) == ours
    assert len(ours) > 4


@pytest.mark.parametrize("name", LIBRARIES)
def test_kept_code_is_byte_for_byte_as_it_was_and_headers_walk_alike(name: str, before: Path, after: Path) -> None:
    walked = held(before / name)
    assert held(after / name) == walked
    was, now = list(payloads(before / name, walked)), list(payloads(after / name, walked))
    assert [one for one in was if one[2]] == [one for one in now if one[2]]
    assert {name for name, _, kept in now if kept and name.startswith("sm_")} == {f"sm_{GPU}"}
    assert {digest for _, digest, kept in now if not kept} == {""}
    assert "" not in {digest for _, digest, _ in was}


@pytest.mark.parametrize("name", LIBRARIES)
def test_the_cubin_that_cuobjdump_takes_out_of_the_result_is_that_of_the_original(
    name: str, before: Path, after: Path, cuobjdump: Path, tmp_path: Path
) -> None:
    """cuobjdump reads every payload: it is given the library with all but the wanted entry cut off the container."""
    taken = []
    for place in (before, after):
        body = (place / name).read_bytes()
        codes = [code for one in held(place / name) for code in one.codes if code.name == f"sm_{GPU}"]
        entries = b"".join(body[code.at - 64 : code.end] for code in codes)
        alone = tmp_path / f"{place.name}.fatbin"
        alone.write_bytes(body[held(place / name)[0].at :][:8] + len(entries).to_bytes(8, "little") + entries)
        folder = tmp_path / place.name
        folder.mkdir()
        run(cuobjdump, "--extract-elf", "all", alone, cwd=folder)
        taken.append([path.read_bytes() for path in sorted(folder.iterdir())])
    assert taken[0] == taken[1]
    assert taken[0]
    assert taken[0][0].startswith(b"\x7fELF")


@pytest.mark.parametrize("name", LIBRARIES)
def test_nothing_else_of_a_library_changed_and_the_loader_takes_it_alike(name: str, before: Path, after: Path) -> None:
    was, now = (before / name).read_bytes(), (after / name).read_bytes()
    with (before / name).open("rb") as stream:
        layout = elf_layout(stream, len(was))
    assert layout is not None
    at = 0
    for one in sorted((one for one in layout.sections if one.name in SECTIONS), key=lambda one: one.offset):
        assert was[at : one.offset] == now[at : one.offset]
        at = one.end
    assert was[at:] == now[at:]
    told = [_listed(place / name).replace(str(place), "") for place in (before, after)]
    assert told[0] == told[1]


def _listed(library: Path) -> str:
    ran = subprocess.run(["ldd", str(library)], capture_output=True, text=True, check=False)
    return re.sub(r" \(0x[0-9a-f]+\)", "", ran.stdout)


def test_the_result_installs_and_its_record_is_true(after: Path) -> None:
    (record,) = after.glob("*.dist-info/RECORD")
    rows = [line.rsplit(",", 2) for line in record.read_text("utf-8").splitlines()]
    for name, digest, size in rows:
        if digest:
            body = (after / name).read_bytes()
            assert int(size) == len(body)
            coded = base64.urlsafe_b64encode(hashlib.sha256(body).digest()).rstrip(b"=").decode()
            assert digest == f"sha256={coded}"
