from __future__ import annotations

from builders.native import library
from builders.scenes import distribution_files
from builders.sites import SITE, found_paths, only, site_scene
from deadweight.core.edit import Safety
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


def test_leaves_a_stripped_library() -> None:
    assert not found_paths(RULE, site_scene({"lib/x.so": library(200, "-s")}))


def test_leaves_what_is_no_elf_file() -> None:
    assert not found_paths(RULE, site_scene({"lib/x.so": b"INPUT(libc.so.6)\n", "lib/y.a": b"!<arch>\n"}))
