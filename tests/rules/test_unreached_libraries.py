from __future__ import annotations

from builders.reach import reached_scene
from builders.scenes import distribution_files
from builders.sites import SITE
from deadweight.rules.unreached_libraries import RULE

ELF = b"\x7fELF\x02\x01\x01" + bytes(64)
FILES = distribution_files(SITE, "one", files={"one/__init__.py": b"", "one/fast.so": ELF, "one.libs/libz.so": ELF})
REACHED = [f"{SITE}/{name}" for name in ("one-1.0.dist-info", "one/__init__.py", "one/fast.so")]


def test_finds_native_libraries_that_nothing_reaches() -> None:
    (found,) = RULE.find(reached_scene(FILES, REACHED))
    assert found.paths == (f"{SITE}/one.libs/libz.so",)


def test_leaves_every_library_that_is_reached_and_all_that_is_no_native_code() -> None:
    assert list(RULE.find(reached_scene(FILES, [*REACHED, f"{SITE}/one.libs/libz.so"]))) == []


def test_leaves_what_the_system_and_the_application_have() -> None:
    files = {**FILES, "app/tool": ELF, "usr/lib/libx.so": ELF}
    (found,) = RULE.find(reached_scene(files, REACHED))
    assert found.owner == "one 1.0"


def test_leaves_everything_where_it_is_not_known_what_is_reached() -> None:
    assert list(RULE.find(reached_scene(FILES, [], known=False))) == []
