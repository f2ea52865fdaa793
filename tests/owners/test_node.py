"""What belongs to Node.js itself."""

from __future__ import annotations

from builders.scenes import scene_of
from deadweight.core.owner import NOBODY, Owner, OwnerKind

HEADER = b"""#define NODE_MAJOR_VERSION 22
#define NODE_MINOR_VERSION 4
#define NODE_PATCH_VERSION 1
#define NODE_VERSION_IS_LTS 0
"""


def test_the_program_and_its_headers_are_nodes_and_its_packages_are_not() -> None:
    own = ("usr/local/bin/node", "usr/local/include/node/v8.h", "usr/local/share/doc/node/gdbinit", "usr/local/LICENSE")
    others = {"usr/local/bin/tool": b"x", "usr/local/lib/node_modules/npm/package.json": b'{"name": "npm"}'}
    files = {"usr/local/include/node/node_version.h": HEADER, **dict.fromkeys(own, b"x"), **others}
    ownership = scene_of(files).ownership
    assert {ownership.of(path) for path in own} == {Owner(OwnerKind.INTERPRETER, "node", "22.4.1")}
    assert ownership.of("usr/local/bin/tool") == NOBODY
    assert ownership.of("usr/local/lib/node_modules/npm/package.json").kind is OwnerKind.NPM


def test_without_its_header_a_program_of_that_name_is_nobodys() -> None:
    assert scene_of({"usr/local/bin/node": b"x"}).ownership.of("usr/local/bin/node") == NOBODY
