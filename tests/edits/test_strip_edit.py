from collections.abc import Mapping
from pathlib import Path

import pytest

from builders.elves import Blueprint, Piece, built, compiled, damaged, plain_library, text
from builders.scenes import MemoryContents, entry_of, scene_of
from deadweight.core.changes import Changes, Link, Linking
from deadweight.core.edit import Edit, Safety
from deadweight.core.entry import Entry, Kind
from deadweight.core.scene import Scene
from deadweight.edits.strip import EDIT
from deadweight.native.elf import Shape
from deadweight.native.strip import Stripped, strip


def stripping(scene: Scene, staging: Path, *paths: str, so_far: Changes | None = None) -> Changes:
    edit = Edit("strip", paths, Safety.SAFE, "native-symbols", "symbols")
    return EDIT.apply(edit, scene, so_far or Changes(), staging)


def reasons(scene: Scene) -> dict[str, str]:
    return {gap.where: gap.reason for gap in scene.gaps if gap.stage == "strip"}


def scene_with(**files: bytes) -> Scene:
    return scene_of({f"lib/{name}.so": body for name, body in files.items()})


def test_libraries_are_replaced_by_what_strip_makes_of_them(tmp_path: Path) -> None:
    scene = scene_with(one=compiled(), two=compiled("int two(void) { return 2; }\n"))
    changes = stripping(scene, tmp_path, "lib/one.so", "lib/two.so")
    assert changes.replaced.keys() == {"lib/one.so", "lib/two.so"}
    (tmp_path / "original").write_bytes(compiled())
    assert isinstance(strip(tmp_path / "original", tmp_path / "expected"), Stripped)
    assert changes.replaced["lib/one.so"].read_bytes() == (tmp_path / "expected").read_bytes()
    assert reasons(scene) == {}


def test_only_results_are_left_in_the_staging_folder(tmp_path: Path) -> None:
    changes = stripping(scene_with(one=compiled(), two=compiled()[:-9]), tmp_path, "lib/one.so", "lib/two.so")
    assert set(tmp_path.iterdir()) == set(changes.replaced.values())


def test_bodies_are_read_once(tmp_path: Path) -> None:
    scene = scene_with(one=compiled())
    stripping(scene, tmp_path, "lib/one.so")
    contents = scene.artifact.contents
    assert isinstance(contents, MemoryContents)
    assert contents.read_bytes == len(compiled())


def test_what_cannot_be_stripped_is_a_gap_with_the_reason(tmp_path: Path) -> None:
    scene = scene_with(cut=compiled()[:-9], packed=compiled() + b"payload" * 100)
    assert not stripping(scene, tmp_path, "lib/cut.so", "lib/packed.so")
    assert "no whole ELF file" in reasons(scene)["lib/cut.so"]
    assert "appended" in reasons(scene)["lib/packed.so"]


def test_a_library_with_nothing_to_gain_is_no_gap(tmp_path: Path) -> None:
    stripped = compiled(flags=("-shared", "-fPIC", "-s", "-fno-ident", "-nostdlib"))
    scene = scene_with(done=stripped)
    assert not stripping(scene, tmp_path, "lib/done.so")
    assert scene.gaps == ()


@pytest.mark.parametrize("beside", ["lib/libsoftokn3.chk", "lib/.libsoftokn3.so.hmac", "lib/libsoftokn3.so.hmac"])
def test_a_library_whose_checksum_lies_beside_it_is_left(beside: str, tmp_path: Path) -> None:
    """NSS, libgcrypt and GnuTLS refuse to start in FIPS mode when a byte of the file is another."""
    scene = scene_of({"lib/libsoftokn3.so": compiled(), beside: b"checksum"})
    assert not stripping(scene, tmp_path, "lib/libsoftokn3.so")
    assert beside in reasons(scene)["lib/libsoftokn3.so"]


def test_the_fips_provider_of_openssl_is_left(tmp_path: Path) -> None:
    scene = scene_of({"usr/lib/ossl-modules/fips.so": compiled()})
    assert not stripping(scene, tmp_path, "usr/lib/ossl-modules/fips.so")
    assert "OpenSSL" in reasons(scene)["usr/lib/ossl-modules/fips.so"]


def test_a_file_that_the_kernel_has_a_signature_of_is_left(tmp_path: Path) -> None:
    signed = entry_of("lib/one.so", compiled()).but(xattrs=(("security.ima", b"signature"),))
    scene = scene_of({"lib/one.so": signed})
    assert not stripping(scene, tmp_path, "lib/one.so")
    assert "security.ima" in reasons(scene)["lib/one.so"]


def test_a_library_for_another_machine_is_stripped_and_said_to_be_unchecked(tmp_path: Path) -> None:
    foreign = damaged(built(plain_library(Shape(64, ">"), Piece(".debug_info", body=b"d" * 500))), 18, ">H", 22)
    scene = scene_with(foreign=foreign)
    assert stripping(scene, tmp_path, "lib/foreign.so").replaced.keys() == {"lib/foreign.so"}
    assert "only their headers" in reasons(scene)["lib/foreign.so"]


def test_what_earlier_edits_took_is_not_stripped(tmp_path: Path) -> None:
    scene = scene_with(gone=compiled(), linked=compiled(), kept=compiled())
    so_far = Changes(removed=frozenset({"lib/gone.so"}), linked={"lib/linked.so": Link("lib/kept.so", Linking.HARD)})
    paths = ("lib/gone.so", "lib/linked.so", "lib/kept.so")
    assert stripping(scene, tmp_path, *paths, so_far=so_far).replaced.keys() == {"lib/kept.so"}


def test_a_hard_link_follows_its_first_name(tmp_path: Path) -> None:
    files: Mapping[str, bytes | Entry] = {
        "lib/a.so": compiled(),
        "lib/b.so": Entry("lib/b.so", Kind.HARDLINK, target="lib/a.so"),
    }
    assert stripping(scene_of(files), tmp_path, "lib/a.so", "lib/b.so").replaced.keys() == {"lib/a.so"}


def test_a_file_without_symbols_of_any_kind_is_left_in_silence(tmp_path: Path) -> None:
    scene = scene_with(bare=built(Blueprint((text(),), 1)))
    assert not stripping(scene, tmp_path, "lib/bare.so")
    assert scene.gaps == ()
