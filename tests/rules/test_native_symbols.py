from __future__ import annotations

from builders.elves import built, relocated_library
from builders.native import library
from builders.scenes import distribution_files
from builders.sites import SITE, found_paths, only, site_scene
from deadweight.core.edit import Safety
from deadweight.native.elf import Shape
from deadweight.rules.native_symbols import RULE


def test_finds_an_unstripped_library_and_counts_what_would_go() -> None:
    body = library()
    found = only(RULE, site_scene(distribution_files(SITE, "pkg", files={"pkg/_x.so": body, "pkg/__init__.py": b""})))
    assert found.paths == (f"{SITE}/pkg/_x.so",)
    assert 4096 < found.size < len(body)
    assert (found.edits[0].kind, found.safety, found.owner) == ("strip", Safety.SAFE, "pkg 1.0")
    assert ".symtab" in found.evidence[0].says or ".strtab" in found.evidence[0].says


def test_finds_one_thing_for_each_owner() -> None:
    scene = site_scene(
        distribution_files(SITE, "one", files={"one/_a.so": library(), "one/_b.so": library(300)}),
        distribution_files(SITE, "two", files={"two/_a.so": library()}),
    )
    assert [(one.owner, len(one.paths)) for one in RULE.find(scene)] == [("one 1.0", 2), ("two 1.0", 1)]


def test_what_moves_segments_in_the_file_is_found_apart_and_takes_a_proof() -> None:
    """patchelf leaves the symbols between segments: only there does anything that a program header covers move."""
    hollow, plain = built(relocated_library(Shape(64, "<"))), library()
    scene = site_scene(distribution_files(SITE, "pkg", files={"pkg/_a.so": plain, "pkg/_b.so": hollow}))
    found = {one.paths: one for one in RULE.find(scene)}
    assert {paths: one.safety for paths, one in found.items()} == {
        (f"{SITE}/pkg/_a.so",): Safety.SAFE,
        (f"{SITE}/pkg/_b.so",): Safety.PROVEN,
    }
    assert "move up in the file" in found[(f"{SITE}/pkg/_b.so",)].says
    assert [one.edits[0].safety for one in found.values()] == [Safety.SAFE, Safety.PROVEN]


def test_leaves_a_stripped_library() -> None:
    assert not found_paths(RULE, site_scene({"lib/x.so": library(200, "-s")}))


def test_leaves_what_is_no_elf_file() -> None:
    assert not found_paths(RULE, site_scene({"lib/x.so": b"INPUT(libc.so.6)\n", "lib/y.a": b"!<arch>\n"}))
