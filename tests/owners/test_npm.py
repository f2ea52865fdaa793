"""Whose the files under node_modules are, with a tree that npm itself made."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from builders.scenes import scene_of
from builders.trees import files_of
from deadweight.core.owner import Owner, OwnerKind


def manifest(name: str, version: str = "1.0.0", **more: object) -> bytes:
    return json.dumps({"name": name, "version": version, **more}).encode()


def package(name: str, version: str = "1.0.0") -> Owner:
    return Owner(OwnerKind.NPM, name, version)


@pytest.mark.skipif(shutil.which("npm") is None, reason="this machine has no npm")
def test_a_tree_that_npm_made_is_attributed_as_its_lock_lists_it(tmp_path: Path) -> None:
    for name, needs in {"outer": {"@scope/inner": "file:../inner"}, "inner": {}}.items():
        folder = tmp_path / name
        folder.mkdir()
        full = "@scope/inner" if name == "inner" else name
        (folder / "package.json").write_bytes(manifest(full, "2.0.0", dependencies=needs))
        (folder / "index.js").write_text("module.exports = 1\n")
    (tmp_path / "app").mkdir()
    (tmp_path / "app/package.json").write_bytes(manifest("app", dependencies={"outer": "file:../outer"}))
    command = ["npm", "install", "--install-links", "--offline", "--no-audit", "--no-fund"]
    subprocess.run(command, cwd=tmp_path / "app", check=True, capture_output=True)
    lock = json.loads((tmp_path / "app/package-lock.json").read_bytes())["packages"]
    expected = {f"{path}/index.js": path for path in lock if path}
    assert len(expected) == 2
    ownership = scene_of(files_of(tmp_path / "app")).ownership
    for file, path in expected.items():
        assert ownership.of(file) == package(path.rpartition("node_modules/")[2], "2.0.0")


def test_a_file_goes_with_the_nearest_package() -> None:
    files = {
        "app/node_modules/a/package.json": manifest("a"),
        "app/node_modules/a/lib/x.js": b"1",
        "app/node_modules/a/node_modules/b/package.json": manifest("b", "2.0.0"),
        "app/node_modules/a/node_modules/b/x.js": b"2",
        "app/node_modules/a/node_modules/bb.js": b"3",
        "app/index.js": b"4",
    }
    ownership = scene_of(files).ownership
    assert ownership.of("app/node_modules/a/lib/x.js") == package("a")
    assert ownership.of("app/node_modules/a/node_modules/b/x.js") == package("b", "2.0.0")
    assert ownership.of("app/node_modules/a/node_modules/bb.js") == package("a")
    assert ownership.of("app/index.js").kind is OwnerKind.APPLICATION
    assert ownership.contests == ()


def test_a_manifest_of_a_folder_in_a_package_is_no_package() -> None:
    files = {"node_modules/a/package.json": manifest("a"), "node_modules/a/esm/package.json": b'{"type": "module"}'}
    assert scene_of(files).ownership.of("node_modules/a/esm/package.json") == package("a")


def test_a_scope_is_part_of_the_name() -> None:
    files = {"node_modules/@s/a/package.json": b"{}", "node_modules/@s/a/x.js": b"1"}
    assert scene_of(files).ownership.of("node_modules/@s/a/x.js") == package("@s/a", "")


def test_a_store_of_pnpm_and_global_packages_are_read() -> None:
    store = "srv/node_modules/.pnpm/a@1.0.0/node_modules/a"
    globally = "usr/local/lib/node_modules/npm"
    files = {f"{store}/package.json": manifest("a"), f"{globally}/package.json": manifest("npm", "10.0.0")}
    ownership = scene_of(files).ownership
    assert ownership.of(f"{store}/package.json") == package("a")
    assert ownership.of(f"{globally}/package.json") == package("npm", "10.0.0")


@pytest.mark.parametrize("body", [b"", b"[]", b'{"name": 3}', b"\xff", b"[" * 100_000, b'{"name": "\xff"}'])
def test_a_manifest_that_cannot_be_read_leaves_the_package_the_name_of_its_folder(body: bytes) -> None:
    ownership = scene_of({"node_modules/a/package.json": body, "node_modules/a/x.js": b"1"}).ownership
    assert ownership.of("node_modules/a/x.js") == package("a", "")
