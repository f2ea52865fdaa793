from __future__ import annotations

from pathlib import Path

import pytest

from builders.elves import compiled, tool, written
from builders.fatbins import LINKER, Variant, container, cubin, cuda_library, ptx
from builders.scenes import MemoryContents, entry_of, scene_of
from deadweight.core.changes import Changes, Link, Linking, writes
from deadweight.core.edit import Edit, Safety
from deadweight.core.entry import Entry, Kind
from deadweight.core.errors import UsageError
from deadweight.core.scene import Scene
from deadweight.edits.blank import EDIT

VARIANTS = (cubin(80, 70_000), cubin(86, 50_000), cubin(90, 9_001, specific=True), Variant(50, LINKER, 801, head=128))
LIBRARY = cuda_library([container(*VARIANTS, ptx(90, 5000))], data=b"d" * 999 + container(cubin(52, 4096), ptx(52, 88)))


def blanking(scene: Scene, staging: Path, *paths: str, so_far: Changes | None = None, **arguments: str) -> Changes:
    given = {"gpu": "sm_86", "ptx": "keep", **arguments}
    edit = Edit("blank", paths, Safety.SAFE, "gpu-code", "code for other GPUs", arguments=given)
    return EDIT.apply(edit, scene, so_far or Changes(), staging)


def blanked(staging: Path, library: bytes = LIBRARY, gpu: str = "sm_86", ptx: str = "keep") -> bytes:
    changes = blanking(scene_of({"lib/a.so": library}), staging, "lib/a.so", gpu=gpu, ptx=ptx)
    return changes.replaced["lib/a.so"].read_bytes()


def reasons(scene: Scene) -> dict[str, str]:
    return {gap.where: gap.reason for gap in scene.gaps if gap.stage == "blank"}


def expected(library: bytes, *gone: Variant) -> bytes:
    for variant in gone:
        assert library.count(variant.payload) == 1
        library = library.replace(variant.payload, bytes(variant.size))
    return library


def test_only_payloads_that_no_named_gpu_chooses_become_zeros(tmp_path: Path) -> None:
    assert blanked(tmp_path) == expected(LIBRARY, VARIANTS[0], VARIANTS[2], cubin(52, 4096))


def test_ptx_goes_where_a_cubin_stays_and_it_is_asked_for(tmp_path: Path) -> None:
    gone = (VARIANTS[0], VARIANTS[2], ptx(90, 5000), cubin(52, 4096))
    assert blanked(tmp_path, ptx="drop") == expected(LIBRARY, *gone)


def test_what_is_blanked_is_a_hole_and_is_stored_for_nothing(tmp_path: Path) -> None:
    entry = entry_of("lib/a.so", LIBRARY)
    changes = blanking(scene_of({"lib/a.so": LIBRARY}), tmp_path, "lib/a.so")
    (write,) = writes([entry], changes)
    assert write.entry.size == len(LIBRARY)
    assert write.entry.stored < len(LIBRARY) - 60_000


def test_a_real_library_with_code_put_in_runs_as_before(tmp_path: Path) -> None:
    """objcopy puts the container in as the CUDA linker does: allocated, in a section of its own."""
    (tmp_path / "fatbin").write_bytes(container(cubin(80, 30_000), cubin(90, 30_000)))
    plain = written(tmp_path / "plain.so", compiled())
    library = tmp_path / "library.so"
    section = f".nv_fatbin={tmp_path / 'fatbin'}"
    tool("objcopy", "--add-section", section, "--set-section-flags", ".nv_fatbin=alloc,readonly,data", plain, library)
    body = blanked(tmp_path, library.read_bytes(), gpu="sm_80")
    assert body == expected(library.read_bytes(), cubin(90, 30_000))
    result = written(tmp_path / "result.so", body)
    assert tool("readelf", "-hlSWsd", result).replace("result", "library") == tool("readelf", "-hlSWsd", library)


def test_a_library_for_these_gpus_alone_is_left_and_said(tmp_path: Path) -> None:
    scene = scene_of({"lib/a.so": cuda_library([container(cubin(86))])})
    assert not blanking(scene, tmp_path, "lib/a.so")
    assert "no code but for these GPUs" in reasons(scene)["lib/a.so"]


@pytest.mark.parametrize("body", [LIBRARY[:-9], b"no library", cuda_library([b"something else"])])
def test_what_cannot_be_read_is_left_with_the_reason(body: bytes, tmp_path: Path) -> None:
    scene = scene_of({"lib/a.so": body})
    assert not blanking(scene, tmp_path, "lib/a.so")
    assert "left as it is" in reasons(scene)["lib/a.so"]
    assert not list(tmp_path.iterdir())


def test_a_library_that_something_holds_a_checksum_of_is_left(tmp_path: Path) -> None:
    scene = scene_of({"lib/a.so": LIBRARY, "lib/.a.so.hmac": b"1"})
    assert not blanking(scene, tmp_path, "lib/a.so")
    assert ".a.so.hmac" in reasons(scene)["lib/a.so"]
    signed = scene_of({"lib/a.so": entry_of("lib/a.so", LIBRARY).but(xattrs=(("security.ima", b"1"),))})
    assert not blanking(signed, tmp_path, "lib/a.so")


def test_what_earlier_edits_took_is_not_blanked(tmp_path: Path) -> None:
    scene = scene_of({"lib/a.so": LIBRARY, "lib/b.so": LIBRARY, "lib/c.so": LIBRARY})
    so_far = Changes(removed=frozenset({"lib/a.so"}), linked={"lib/b.so": Link("lib/c.so", Linking.HARD)})
    changes = blanking(scene, tmp_path, "lib/a.so", "lib/b.so", "lib/c.so", so_far=so_far)
    assert changes.replaced.keys() == {"lib/c.so"}


def test_what_a_swap_brought_is_not_overwritten(tmp_path: Path) -> None:
    """It comes first, and the plan's stretches are those of what it took the place of."""
    brought = tmp_path / "brought"
    brought.write_bytes(b"\x7fELF of another build")
    scene = scene_of({"lib/a.so": LIBRARY, "lib/b.so": LIBRARY})
    changes = blanking(scene, tmp_path, "lib/a.so", "lib/b.so", so_far=Changes(replaced={"lib/a.so": brought}))
    assert changes.replaced.keys() == {"lib/b.so"}


def test_a_hard_link_follows_its_first_name(tmp_path: Path) -> None:
    scene = scene_of({"lib/a.so": LIBRARY, "lib/b.so": Entry("lib/b.so", Kind.HARDLINK, target="lib/a.so")})
    assert blanking(scene, tmp_path, "lib/a.so", "lib/b.so").replaced.keys() == {"lib/a.so"}


def test_each_body_is_read_once(tmp_path: Path) -> None:
    scene = scene_of({"lib/a.so": LIBRARY})
    blanking(scene, tmp_path, "lib/a.so")
    contents = scene.artifact.contents
    assert isinstance(contents, MemoryContents)
    assert contents.read_bytes == len(LIBRARY)


def test_a_plan_that_names_no_gpu_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no GPU architecture"):
        blanking(scene_of({"lib/a.so": LIBRARY}), tmp_path, "lib/a.so", gpu="")
